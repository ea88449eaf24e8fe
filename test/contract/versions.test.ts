import { beforeEach, describe, expect, it } from 'vitest';
import { allowAll, denyAll, type Postern, policy, postern, problemOf, silent, statement, stored } from './postern.js';

const PATH = '/v1/policies/resource/orders';
let served: Postern;

beforeEach(async () => {
  served = await postern();
});

const put = async (document: object) => (await stored(served, 'policies/resource/orders', { document })).body.version;

describe('versions', () => {
  it('count each policy apart', async () => {
    expect([await put(allowAll), await put(denyAll), await put(allowAll)]).toEqual([1, 2, 3]);
    const other = await stored(served, 'policies/resource/other', { document: allowAll });
    expect(other.body.version).toBe(1);
  });

  it('do not count a write of what is there', async () => {
    expect([await put(allowAll), await put(allowAll), await put(denyAll)]).toEqual([1, 1, 2]);
  });

  it('are never used again after delete and re-create', async () => {
    await put(allowAll);
    await put(denyAll);
    await served.http.delete(PATH);
    expect(await put(allowAll)).toBe(3);
    await served.http.delete(PATH);
    await served.http.delete(PATH);
    expect(await put(allowAll)).toBe(4);
  });

  it('are listed and read', async () => {
    await put(allowAll);
    await put(denyAll);

    const listed = await served.http.get(`${PATH}/versions`);
    expect(listed.status).toBe(200);
    expect(listed.body.nextCursor).toBeNull();
    expect(listed.body.items.map(({ version }: { version: number }) => version).sort()).toEqual([1, 2]);

    const first = await served.http.get(`${PATH}/versions/1`);
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({ version: 1, document: allowAll });
    expect((await served.http.get(`${PATH}/versions/2`)).body).toMatchObject({ version: 2, document: denyAll });
  });

  it('list in pages', async () => {
    for (let n = 0; n < 5; n++) await put(policy(statement({ Sid: `n${n}` })));
    const seen: number[] = [];
    let cursor: string | null = '';
    for (let pages = 0; cursor !== null && pages < 5; pages++) {
      const query: string = cursor === '' ? 'limit=2' : `limit=2&cursor=${encodeURIComponent(cursor)}`;
      const { status, body } = await served.http.get(`${PATH}/versions?${query}`);
      expect(status).toBe(200);
      expect(body.items.length).toBeLessThanOrEqual(2);
      seen.push(...body.items.map(({ version }: { version: number }) => version));
      cursor = body.nextCursor;
    }
    expect([...seen].sort()).toEqual([1, 2, 3, 4, 5]);
  });

  it.each(['0', '-1', 'x', '1.5', '99999999999999999999'])('%s is none', async (version) => {
    await put(allowAll);
    expect([400, 404]).toContain((await served.http.get(`${PATH}/versions/${version}`)).status);
    expect([400, 404]).toContain((await served.http.post(`${PATH}/versions/${version}/restore`)).status);
  });
});

describe('restore', () => {
  it('makes an old version the newest and answers with it', async () => {
    await put(allowAll);
    await put(denyAll);
    const restored = await served.http.post(`${PATH}/versions/1/restore`);

    expect(restored.status).toBe(200);
    expect(restored.body).toMatchObject({ kind: 'resource', name: 'orders', version: 3, document: allowAll });
    expect(restored.headers.etag).toBe(`"${restored.body.revision}"`);
    expect((await served.http.get(PATH)).body).toEqual(restored.body);
  });

  it('of the newest version changes nothing', async () => {
    await put(allowAll);
    const before = await served.http.get(PATH);
    const restored = await served.http.post(`${PATH}/versions/1/restore`);

    expect(restored.status).toBe(200);
    expect(restored.headers.etag).toBe(before.headers.etag);
    expect(restored.body.version).toBe(1);
  });

  it('is preconditioned like a PUT', async () => {
    await put(allowAll);
    const old = (await served.http.get(PATH)).headers.etag!;
    await put(denyAll);
    const path = `${PATH}/versions/1/restore`;

    expect((await served.http.post(path).set('If-Match', old)).status).toBe(412);
    expect((await served.http.post(path).set('If-None-Match', '*')).status).toBe(412);
    expect((await served.http.get(PATH)).body.version).toBe(2);
    const present = (await served.http.get(PATH)).headers.etag!;
    expect((await served.http.post(path).set('If-Match', present)).status).toBe(200);
  });

  it('of a version that was never written is 404', async () => {
    await put(silent);
    expect(problemOf(await served.http.post(`${PATH}/versions/2/restore`)).status).toBe(404);
  });

  it('acts at once', async () => {
    await put(allowAll);
    await put(denyAll);
    await stored(served, 'endpoints/vpce-1', { vpcId: 'vpc-1a2b3c4d', policy: null });
    await stored(served, 'apis/a1', { accountId: '123412341234', region: 'us-east-1', policy: 'orders' });
    const ask = async () => {
      const { body } = await served.post('/v1/decisions', {
        principal: 'anonymous',
        resource: 'arn:aws:execute-api:us-east-1:123412341234:a1/prod/GET/',
        endpoint: 'vpce-1',
      });
      return body.decision;
    };
    expect(await ask()).toBe('Deny');
    await served.http.post(`${PATH}/versions/1/restore`);
    expect(await ask()).toBe('Allow');
  });
});
