import { beforeAll, describe, expect, it } from 'vitest';
import { allowAll, api, endpoint, type Postern, postern, problemOf, stored } from './postern.js';

// Bytewise: upper case before `_` before lower case, digits before letters, `-` before `.` before digits.
const policyNames = ['0', '1', 'A', 'Z', 'a', 'a-b', 'a.b', 'a0', 'aB', 'a_b', 'aa', 'b'];
const endpointIds = ['1', 'A', 'a', 'a-b', 'a0', 'aB', 'aa', 'vpce-1', 'vpce-2'];
const apiIds = ['1', 'A', 'a', 'a0', 'aB', 'aa', 'b', 'b1', 'b2'];
const lists = [
  { path: '/v1/policies/resource', id: 'name', ids: policyNames, body: { document: allowAll }, prefix: 'a' },
  { path: '/v1/endpoints', id: 'endpointId', ids: endpointIds, body: endpoint(), prefix: 'a' },
  { path: '/v1/apis', id: 'apiId', ids: apiIds, body: api(), prefix: 'a' },
] as const;

describe.each(lists)('$path', ({ path, id, ids, body, prefix }) => {
  let served: Postern;

  beforeAll(async () => {
    served = await postern();
    for (const each of [...ids].reverse()) await stored(served, `${path.slice('/v1/'.length)}/${each}`, body);
  });

  const page = async (query: string) => {
    const answer = await served.http.get(`${path}${query}`);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    const items = answer.body.items as Record<string, unknown>[];
    return { items, names: items.map((item) => item[id]), nextCursor: answer.body.nextCursor as string | null };
  };

  it('is in bytewise order, whole, and ends with nextCursor null', async () => {
    const { names, nextCursor } = await page('');
    expect(names).toEqual(ids);
    expect(nextCursor).toBeNull();
  });

  it.each([1, 2, 4])('comes in pages of %i', async (limit) => {
    const seen: unknown[] = [];
    let cursor: string | null = null;
    do {
      const query: string = `?limit=${limit}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
      const { names, nextCursor } = await page(query);
      expect(names.length).toBeLessThanOrEqual(limit);
      seen.push(...names);
      cursor = nextCursor;
    } while (cursor !== null && seen.length < 50);
    expect(seen).toEqual(ids);
  });

  it('has no next page after a page that ends with the last', async () => {
    expect((await page(`?limit=${ids.length}`)).nextCursor).toBeNull();
  });

  it('takes a prefix, byte by byte, also with a limit and a cursor', async () => {
    const wanted = ids.filter((each) => each.startsWith(prefix));
    expect((await page(`?prefix=${prefix}`)).names).toEqual(wanted);
    const first = await page(`?prefix=${prefix}&limit=2`);
    const second = await page(`?prefix=${prefix}&limit=1000&cursor=${encodeURIComponent(first.nextCursor!)}`);
    expect([...first.names, ...second.names]).toEqual(wanted);
    expect(second.nextCursor).toBeNull();
    expect((await page('?prefix=nothing')).names).toEqual([]);
  });

  it('has summaries: no document, no findings', async () => {
    for (const item of (await page('')).items) {
      expect(item).not.toHaveProperty('document');
      expect(item).not.toHaveProperty('findings');
    }
  });

  it.each(['?limit=1', '?limit=1000'])('takes %s', async (query) => {
    await page(query);
  });

  it.each([
    '?limit=0',
    '?limit=1001',
    '?limit=-1',
    '?limit=x',
    '?limit=1.5',
    '?limit=',
    '?limit=1&limit=2',
    '?unknown=1',
    '?Limit=1',
    '?cursor=%00',
    '?cursor=not-one-of-ours!',
    '?limit[]=1',
  ])('%s is 400', async (query) => {
    expect(problemOf(await served.http.get(`${path}${query}`))).toMatchObject({
      status: 400,
      type: 'application/problem+json',
    });
  });
});

describe('the default page', () => {
  it('has 100 items', async () => {
    const served = await postern();
    for (let n = 0; n < 101; n++) await stored(served, `endpoints/e${String(n).padStart(3, '0')}`, endpoint());
    const { body } = await served.http.get('/v1/endpoints');
    expect(body.items.length).toBe(100);
    const next = await served.http.get(`/v1/endpoints?cursor=${encodeURIComponent(body.nextCursor)}`);
    expect(next.body.items.map(({ endpointId }: { endpointId: string }) => endpointId)).toEqual(['e100']);
    expect(next.body.nextCursor).toBeNull();
  });

  it('survives that the record at its cursor is deleted', async () => {
    const served = await postern();
    for (const id of ['a', 'b', 'c', 'd']) await stored(served, `endpoints/${id}`, endpoint());
    const { body } = await served.http.get('/v1/endpoints?limit=2');
    await served.http.delete('/v1/endpoints/b');
    await served.http.delete('/v1/endpoints/c');
    const next = await served.http.get(`/v1/endpoints?cursor=${encodeURIComponent(body.nextCursor)}`);
    expect(next.body.items.map(({ endpointId }: { endpointId: string }) => endpointId)).toEqual(['d']);
  });
});

describe('query parameters', () => {
  it.each([
    ['get', '/v1/policies/resource/x?pretty=1'],
    ['get', '/v1/endpoints/x?fields=a'],
    ['get', '/v1/policies/resource/x/versions?prefix=1&nothing=1'],
    ['delete', '/v1/apis/x?force=true'],
    ['post', '/v1/decisions?explain=true'],
    ['post', '/v1/decisions/batch?x'],
    ['post', '/v1/simulations?x=1'],
    ['put', '/v1/endpoints/x?dryRun=true'],
    ['post', '/v1/policies/resource/validate?x=1'],
    ['post', '/v1/policies/resource/x/versions/1/restore?x=1'],
  ] as const)('unknown ones are refused: %s %s', async (method, path) => {
    const served = await postern();
    await stored(served, 'endpoints/kept', endpoint());
    const answer = await (method === 'post' || method === 'put'
      ? served.http[method](path).send(path.includes('endpoints') ? endpoint() : {})
      : served.http[method](path));
    expect(problemOf(answer)).toMatchObject({ status: 400, type: 'application/problem+json' });
    expect((await served.http.get('/v1/endpoints/x')).status).toBe(404);
  });

  it('a kind or name that cannot be is no 200', async () => {
    const served = await postern();
    for (const kind of ['session', 'Endpoint', 'toString', '__proto__']) {
      expect([400, 404], kind).toContain((await served.http.get(`/v1/policies/${kind}`)).status);
      expect([400, 404], kind).toContain((await served.put(`/v1/policies/${kind}/x`, { document: allowAll })).status);
    }
    for (const name of ['-a', '.a', '_a', 'a%20b', 'a%2Fb', '%C3%A9', 'a'.repeat(129), 'a@1', 'a%00', '%']) {
      const { status, type } = await served.put(`/v1/policies/resource/${name}`, { document: allowAll });
      expect([status, type], name).toEqual([400, 'application/problem+json']);
    }
    expect((await served.put(`/v1/policies/resource/${'a'.repeat(128)}`, { document: allowAll })).status).toBe(201);
    expect((await served.put(`/v1/endpoints/${'a'.repeat(65)}`, endpoint())).status).toBe(400);
    expect((await served.put(`/v1/endpoints/${'a'.repeat(64)}`, endpoint())).status).toBe(201);
    expect((await served.put('/v1/endpoints/a_b', endpoint())).status).toBe(400);
    expect((await served.put(`/v1/apis/${'a'.repeat(65)}`, api())).status).toBe(400);
    expect((await served.put(`/v1/apis/${'a'.repeat(64)}`, api())).status).toBe(201);
    expect((await served.put('/v1/apis/a-b', api())).status).toBe(400);
  });
});
