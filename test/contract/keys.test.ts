import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readConfig } from '../../src/config.js';
import { startServer } from '../../src/server.js';
import { allowAll, call, denyAll, endpoint, postern, problem, problemOf, ready, stored } from './postern.js';
import { BOOTSTRAP, type Secured, secured } from './secured.js';

let served: Secured;
beforeEach(async () => {
  served = await secured();
});
afterEach(() => {
  vi.useRealTimers();
});

const keysOf = async ({ as, http }: Secured) => (await as(BOOTSTRAP, http.get('/v1/keys'))).body.items;

describe('a key', () => {
  it('is shown once, when it is made, and lets its bearer in from then on', async () => {
    const { as, http } = served;
    const made = await as(BOOTSTRAP, http.put('/v1/keys/blue').send({ roles: ['read'], description: 'team blue' }));
    expect(made.status).toBe(201);
    expect(made.headers).toMatchObject({ location: '/v1/keys/blue', etag: '"1"', 'cache-control': 'no-store' });
    const { key, ...shown } = made.body;
    expect(key).toMatch(/^postern_[0-9A-Za-z]{49}$/);
    expect(shown).toMatchObject({
      ...{ name: 'blue', roles: ['read'], description: 'team blue', expiresAt: null, lastUsedAt: null, revision: 1 },
    });
    expect((await as(key, http.get('/v1/endpoints'))).status).toBe(200);
    const read = await as(BOOTSTRAP, http.get('/v1/keys/blue'));
    expect(read.body).toEqual({ ...shown, lastUsedAt: expect.any(String) });
    // It stands for no state: the use that it tells of is no write.
    expect(read.headers.etag).toBeUndefined();
    const again = await as(BOOTSTRAP, http.get('/v1/keys/blue').set('If-None-Match', '"1"'));
    expect([again.status, again.body]).toEqual([200, read.body]);
    expect(await keysOf(served)).toEqual([read.body]);
    for (const answer of [read, await as(BOOTSTRAP, http.get('/v1/export'))]) expect(answer.text).not.toContain(key);
  });

  it('keeps being the same when it is changed, which acts at once', async () => {
    const { as, http } = served;
    const key = await served.makeKey('blue', { roles: ['read'] });
    expect((await as(key, http.put('/v1/endpoints/e').send(endpoint()))).status).toBe(403);
    const changed = await as(BOOTSTRAP, http.put('/v1/keys/blue').send({ roles: ['write', 'decide'] }));
    expect([changed.status, changed.body.roles, changed.body.key]).toEqual([200, ['decide', 'write'], undefined]);
    expect((await as(key, http.put('/v1/endpoints/e').send(endpoint()))).status).toBe(201);
    const again = await as(BOOTSTRAP, http.put('/v1/keys/blue').send({ roles: ['decide', 'write'] }));
    expect([again.status, again.headers.etag]).toEqual([200, changed.headers.etag]);
  });

  it('is made, changed and revoked under preconditions', async () => {
    const { as, http, makeKey } = served;
    await makeKey('blue', { roles: ['read'] });
    const put = (header: string, value: string, name = 'blue') =>
      as(
        BOOTSTRAP,
        http
          .put(`/v1/keys/${name}`)
          .set(header, value)
          .send({ roles: ['decide'] }),
      );
    expect((await put('If-None-Match', '*')).status).toBe(412);
    expect((await put('If-Match', '"9"')).status).toBe(412);
    expect((await put('If-Match', '*', 'absent')).status).toBe(412);
    const { revision } = (await as(BOOTSTRAP, http.get('/v1/keys/blue'))).body;
    expect((await put('If-Match', `"${revision}"`)).status).toBe(200);
    expect((await as(BOOTSTRAP, http.delete('/v1/keys/blue').set('If-Match', '"1"'))).status).toBe(412);
    expect((await as(BOOTSTRAP, http.delete('/v1/keys/blue').set('If-Match', '"2"'))).status).toBe(204);
  });

  it('that two make at once is one of theirs, and the other is told', async () => {
    const { as, http } = served;
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => as(BOOTSTRAP, http.put('/v1/keys/blue').send({ roles: ['read'] }))),
    );
    const shown = answers.filter(({ body }) => body.key !== undefined);
    expect(shown.map(({ status }) => status)).toEqual([201]);
    expect((await as(shown[0]!.body.key, http.get('/v1/endpoints'))).status).toBe(200);
    for (const { status } of answers) expect([200, 201, 412]).toContain(status);
  });

  it('that is revoked is refused at once, and its name is free', async () => {
    const { as, http, makeKey } = served;
    const [key, other] = [await makeKey('blue', { roles: ['read'] }), await makeKey('red', { roles: ['read'] })];
    const { status, headers } = await as(BOOTSTRAP, http.delete('/v1/keys/blue'));
    expect([status, headers['postern-revision']]).toEqual([204, '3']);
    expect((await as(key, http.get('/v1/endpoints'))).status).toBe(401);
    expect((await as(other, http.get('/v1/endpoints'))).status).toBe(200);
    expect(problemOf(await as(BOOTSTRAP, http.get('/v1/keys/blue')))).toEqual(problem(404, 'not-found'));
    expect((await as(BOOTSTRAP, http.delete('/v1/keys/blue'))).status).toBe(404);
    const next = await makeKey('blue', { roles: ['read'] });
    expect(next).not.toBe(key);
    expect((await as(key, http.get('/v1/endpoints'))).status).toBe(401);
    expect((await as(next, http.get('/v1/endpoints'))).status).toBe(200);
  });

  it('is refused from the moment at which it expires', async () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 1), toFake: ['Date'] });
    served = await secured();
    const { as, http, makeKey } = served;
    const key = await makeKey('blue', { roles: ['read'], expiresAt: '2026-01-02T00:00:00Z' });
    vi.setSystemTime(Date.UTC(2026, 0, 2) - 1);
    expect((await as(key, http.get('/v1/endpoints'))).status).toBe(200);
    vi.setSystemTime(Date.UTC(2026, 0, 2));
    expect((await as(key, http.get('/v1/endpoints'))).status).toBe(401);
    expect((await keysOf(served))[0]).toMatchObject({ expiresAt: '2026-01-02T00:00:00.000Z' });
    await as(BOOTSTRAP, http.put('/v1/keys/blue').send({ roles: ['read'], expiresAt: '2026-01-03T00:00:00Z' }));
    expect((await as(key, http.get('/v1/endpoints'))).status).toBe(200);
  });

  it.each([
    ['without roles', {}, ''],
    ['with no role', { roles: [] }, '/roles'],
    ['with a role that there is not', { roles: ['root'] }, '/roles/0'],
    ['that has expired', { roles: ['read'], expiresAt: '2020-01-01T00:00:00Z' }, '/expiresAt'],
    ['that expires on no day', { roles: ['read'], expiresAt: '2036-13-01T00:00:00Z' }, '/expiresAt'],
    ['that expires on the 31st of February', { roles: ['read'], expiresAt: '2036-02-31T00:00:00Z' }, '/expiresAt'],
    ['that expires in local time', { roles: ['read'], expiresAt: '2036-01-01T00:00:00+01:00' }, '/expiresAt'],
    ['with a key of its own', { roles: ['read'], key: 'mine' }, '/key'],
  ])('%s is not made', async (_, body, pointer) => {
    const { as, http } = served;
    const answer = await as(BOOTSTRAP, http.put('/v1/keys/blue').send(body));
    expect(problemOf(answer)).toEqual(problem(400, 'malformed-request', pointer));
    expect(await keysOf(served)).toEqual([]);
  });

  it('is not called as the bootstrap key is', async () => {
    const answer = await served.put('/v1/keys/bootstrap', { roles: ['read'] });
    expect(problemOf(answer)).toEqual(problem(400, 'malformed-request', ''));
  });

  it('is no change of what decisions are made from', async () => {
    const { as, http, makeKey } = served;
    await makeKey('blue', { roles: ['read'] });
    await stored(served, 'endpoints/e', endpoint());
    const { body } = await as(BOOTSTRAP, http.get('/v1/changes'));
    expect(body).toMatchObject({ revision: 2, changes: [{ type: 'endpoint', id: 'e' }] });
    const pruned = await as(BOOTSTRAP, http.post('/v1/import?prune=true')).send({
      ...{ formatVersion: 1, policies: [], endpoints: [], apis: [] },
    });
    expect(pruned.status).toBe(200);
    expect(await keysOf(served)).toHaveLength(1);
  });
});

describe('who writes', () => {
  it('is named by history, changes and audit, with the request', async () => {
    const { as, http, makeKey } = served;
    const ann = await makeKey('ann', { roles: ['write'] });
    const write = (key: string, document: object, id: string) =>
      as(key, http.put('/v1/policies/resource/p').set('X-Request-ID', id).send({ document }));
    await write(ann, allowAll, 'first');
    await write(BOOTSTRAP, denyAll, 'second');
    await as(ann, http.delete('/v1/policies/resource/p').set('X-Request-ID', 'third'));
    await write(ann, allowAll, 'fourth');
    await as(BOOTSTRAP, http.delete('/v1/keys/ann'));
    const versions = await as(BOOTSTRAP, http.get('/v1/policies/resource/p/versions'));
    expect(versions.body.items.map(({ by }: { by: string }) => by)).toEqual(['ann', 'bootstrap', 'ann']);
    const audit = async (query = '') => (await as(BOOTSTRAP, http.get(`/v1/audit${query}`))).body;
    const { items, nextCursor } = await audit();
    expect(nextCursor).toBeNull();
    expect(items).toMatchObject([
      { revision: 6, by: 'bootstrap', op: 'delete', type: 'key', id: 'ann', before: { revision: 1 } },
      { revision: 5, by: 'ann', requestId: 'fourth', op: 'put', kind: 'resource', id: 'p', version: 3, before: null },
      { revision: 4, by: 'ann', requestId: 'third', op: 'delete', id: 'p', before: { revision: 3, version: 2 } },
      { revision: 3, by: 'bootstrap', requestId: 'second', version: 2, before: { revision: 2, version: 1 } },
      { revision: 2, by: 'ann', requestId: 'first', type: 'policy', version: 1, before: null },
      { revision: 1, by: 'bootstrap', op: 'put', type: 'key', id: 'ann', before: null },
    ]);
    const revisions = async (query: string) =>
      (await audit(query)).items.map(({ revision }: { revision: number }) => revision);
    expect(await revisions('?by=ann')).toEqual([5, 4, 2]);
    expect(await revisions('?kind=resource&id=p')).toEqual([5, 4, 3, 2]);
    expect(await revisions('?type=key')).toEqual([6, 1]);
    expect(await revisions('?to=2020-01-01T00:00:00Z')).toEqual([]);
    expect(await revisions(`?from=${items[0].at.slice(0, 19)}Z`)).toContain(6);
    const pages: number[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = await audit(`?limit=4${cursor && `&cursor=${cursor}`}`);
      pages.push(...page.items.map(({ revision }: { revision: number }) => revision));
      cursor = page.nextCursor;
    }
    expect(pages).toEqual([6, 5, 4, 3, 2, 1]);
  });

  it('of a key is told with what it may do since and until when, and never with what it is known by', async () => {
    const { as, http, makeKey } = served;
    await makeKey('ann', { roles: ['read', 'decide'] });
    const expiresAt = '2999-01-01T00:00:00.000Z';
    await as(BOOTSTRAP, http.put('/v1/keys/ann').send({ roles: ['admin'], expiresAt })).expect(200);
    await as(BOOTSTRAP, http.put('/v1/policies/resource/p').send({ document: allowAll }));
    await as(BOOTSTRAP, http.delete('/v1/keys/ann'));
    const { body } = await as(BOOTSTRAP, http.get('/v1/audit'));
    expect(body.items.map(({ granted }: { granted?: object }) => granted)).toEqual([
      undefined,
      undefined,
      { roles: ['admin'], expiresAt },
      { roles: ['decide', 'read'], expiresAt: null },
    ]);
  });

  it('is named by an import for all that it writes', async () => {
    const { as, http, makeKey } = served;
    const ops = await makeKey('ops', { roles: ['admin'] });
    const endpoints = [
      { endpointId: 'e1', ...endpoint() },
      { endpointId: 'e2', ...endpoint() },
    ];
    await as(ops, http.post('/v1/import').set('X-Request-ID', 'move').send({ formatVersion: 1, endpoints })).expect(
      200,
    );
    const { body } = await as(ops, http.get('/v1/audit?by=ops'));
    expect(body.items).toMatchObject([
      { revision: 2, id: 'e2', requestId: 'move', by: 'ops' },
      { revision: 2, id: 'e1', requestId: 'move', by: 'ops' },
    ]);
  });

  it.each([
    '?cursor=x',
    '?cursor=YQAgMSAx',
    '?from=yesterday',
    '?from=2026-13-01T00:00:00Z',
    '?to=2026-02-30T00:00:00.5Z',
    '?by=',
    '?limit=0',
    '?sort=at',
  ])('is not looked for with %s', async (query) => {
    const { as, http } = served;
    expect((await as(BOOTSTRAP, http.get(`/v1/audit${query}`))).status).toBe(400);
  });

  it('cannot be changed', async () => {
    const { as, http } = served;
    for (const method of ['put', 'post', 'delete', 'patch'] as const) {
      expect([404, 405]).toContain((await as(BOOTSTRAP, http[method]('/v1/audit'))).status);
    }
  });

  it('is nobody while nobody authenticates; keys and audit are there all the same', async () => {
    const open = await postern();
    expect((await open.put('/v1/keys/blue', { roles: ['read'] })).body.key).toBeDefined();
    const { body } = await open.http.get('/v1/audit');
    expect(body.items).toMatchObject([{ by: null, type: 'key', id: 'blue', requestId: expect.any(String) }]);
  });
});

describe('failed attempts', () => {
  it('of one source are limited, and never keep a valid key out', async () => {
    const { as, http, makeKey } = served;
    const key = await makeKey('blue', { roles: ['read'] });
    const statuses: number[] = [];
    for (let n = 0; n < 60; n++) {
      const wrong = await as(`postern_${String(n).padStart(49, '0')}`, http.get('/v1/endpoints'));
      statuses.push(wrong.status);
      if (wrong.status === 429) {
        expect(problemOf(wrong)).toEqual(problem(429, 'too-many-failures'));
        expect(Number(wrong.headers['retry-after'])).toBeGreaterThan(0);
      }
      expect((await as(key, http.get('/v1/endpoints'))).status).toBe(200);
    }
    expect(statuses).toEqual([...Array(20).fill(401), ...Array(40).fill(429)]);
    expect((await http.get('/v1/endpoints')).status).toBe(401);
    expect((await as(BOOTSTRAP, http.get('/v1/endpoints'))).status).toBe(200);
  });

  it('are not counted where there was no attempt, nor where a role is missing', async () => {
    const { as, http, makeKey } = served;
    const key = await makeKey('blue', { roles: ['decide'] });
    for (let n = 0; n < 60; n++) {
      expect((await http.get('/v1/endpoints')).status).toBe(401);
      expect((await as(key, http.get('/v1/endpoints'))).status).toBe(403);
    }
    expect((await as('wrong', http.get('/v1/endpoints'))).status).toBe(401);
  });
});

describe('a server', () => {
  let directory: string;
  const stops: (() => Promise<void>)[] = [];
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'postern-keys-'));
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
    rmSync(directory, { recursive: true });
  });
  async function start(settings: Readonly<Record<string, string>>) {
    const config = readConfig({
      POSTERN_PORT: '0',
      POSTERN_LOG_LEVEL: 'silent',
      POSTERN_DATA_DIR: directory,
      POSTERN_AUTH: 'required',
      ...settings,
    });
    const server = await startServer(config);
    stops.push(() => server.stop());
    const ask = async (key: string, method: string, path: string, body?: object) => {
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
      const response = await fetch(`${server.address}${path}`, {
        method,
        headers,
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? null : JSON.parse(text) };
    };
    return { ask, stop: () => stops.pop()!() };
  }

  it('starts with the bootstrap key, and goes on without it once there is a key; last uses outlive it', async () => {
    const file = join(directory, 'key');
    writeFileSync(file, `${BOOTSTRAP}\n`);
    await expect(start({})).rejects.toThrow(/POSTERN_AUTH: nobody could get in.*POSTERN_BOOTSTRAP_KEY/);
    const first = await start({ POSTERN_BOOTSTRAP_KEY_FILE: file });
    const { body: reader } = await first.ask(BOOTSTRAP, 'PUT', '/v1/keys/reader', { roles: ['read'] });
    expect((await first.ask(reader.key, 'GET', '/v1/endpoints')).status).toBe(200);
    await first.stop();
    await expect(start({}), 'no key may administer').rejects.toThrow(/POSTERN_AUTH/);

    const second = await start({ POSTERN_BOOTSTRAP_KEY: BOOTSTRAP });
    const { body: ops } = await second.ask(BOOTSTRAP, 'PUT', '/v1/keys/ops', { roles: ['admin'] });
    await second.stop();
    const third = await start({});
    expect((await third.ask(BOOTSTRAP, 'GET', '/v1/endpoints')).status).toBe(401);
    const { body } = await third.ask(ops.key, 'GET', '/v1/keys');
    expect(body.items).toMatchObject([
      { name: 'ops', lastUsedAt: expect.any(String) },
      { name: 'reader', lastUsedAt: expect.any(String) },
    ]);
    // The direct way in for decisions passes the same gate.
    expect((await third.ask(reader.key, 'POST', '/v1/decisions', call())).status).toBe(403);
    expect((await third.ask('wrong', 'POST', '/v1/decisions', call())).status).toBe(401);
    expect((await third.ask(ops.key, 'POST', '/v1/decisions', call())).status).toBe(200);
  });
});

it('without authentication a key is not looked at', async () => {
  const { http } = await ready();
  expect((await http.post('/v1/decisions').set('Authorization', 'Bearer wrong').send(call())).status).toBe(200);
});
