import { beforeEach, describe, expect, it } from 'vitest';
import { allowAll, api, denyAll, endpoint, type Postern, postern, problem, problemOf, stored } from './postern.js';

const records = [
  {
    path: '/v1/policies/endpoint/r',
    one: { document: allowAll },
    two: { document: denyAll },
    bad: { document: 1, x: 1 },
  },
  { path: '/v1/endpoints/r', one: endpoint(), two: endpoint({ vpcId: 'vpc-5a6b7c8d' }), bad: { nothing: 1 } },
  { path: '/v1/apis/r', one: api(), two: api({ region: 'eu-west-1' }), bad: { nothing: 1 } },
];

describe.each(records)('$path', ({ path, one, two, bad }) => {
  let served: Postern;
  let etag: string;

  beforeEach(async () => {
    served = await postern();
    etag = (await served.put(path, one)).headers.etag!;
  });

  const put = (header: string, value: string, body: object = two, at = path) =>
    served.http.put(at).set(header, value).send(body);
  const failed = problem(412, 'precondition-failed');

  it('has a strong ETag: the quoted revision of its last write', async () => {
    const read = await served.http.get(path);
    expect(etag).toMatch(/^"\d+"$/);
    expect(read.headers.etag).toBe(etag);
    expect(etag).toBe(`"${read.body.revision}"`);
  });

  it('is replaced with the right If-Match, with a list that has it, and with *', async () => {
    expect((await put('If-Match', etag)).status).toBe(200);
    const next = (await served.http.get(path)).headers.etag!;
    expect((await put('If-Match', `"0", ${next}`, one)).status).toBe(200);
    expect((await put('If-Match', '*')).status).toBe(200);
  });

  it('is not replaced with a wrong or weak If-Match', async () => {
    expect(problemOf(await put('If-Match', '"0"'))).toEqual(failed);
    expect(problemOf(await put('If-Match', `W/${etag}`))).toEqual(failed);
    expect((await served.http.get(path)).headers.etag).toBe(etag);
  });

  it('412 for If-Match when it is absent', async () => {
    expect(problemOf(await put('If-Match', etag, one, `${path}absent`))).toEqual(failed);
    expect(problemOf(await put('If-Match', '*', one, `${path}absent`))).toEqual(failed);
    expect(problemOf(await served.http.delete(`${path}absent`).set('If-Match', '*'))).toEqual(failed);
    expect((await served.http.get(`${path}absent`)).status).toBe(404);
  });

  it('If-None-Match: * creates only', async () => {
    expect(problemOf(await put('If-None-Match', '*'))).toEqual(failed);
    expect((await put('If-None-Match', '*', one, `${path}new`)).status).toBe(201);
    expect(problemOf(await put('If-None-Match', '*', one, `${path}new`))).toEqual(failed);
  });

  it('412 also when the PUT would change nothing', async () => {
    expect(problemOf(await put('If-Match', '"0"', one))).toEqual(failed);
    expect(problemOf(await put('If-None-Match', '*', one))).toEqual(failed);
  });

  it('a PUT that changes nothing answers 200 with the same ETag', async () => {
    const again = await put('If-Match', etag, one);
    expect([again.status, again.headers.etag]).toEqual([200, etag]);
  });

  it('an old ETag never returns, also when what it stood for does', async () => {
    await served.put(path, two);
    const back = await served.put(path, one);
    expect(back.headers.etag).not.toBe(etag);
    await served.http.delete(path);
    const again = await served.put(path, one);
    expect(again.status).toBe(201);
    expect([etag, back.headers.etag]).not.toContain(again.headers.etag);
    expect(problemOf(await put('If-Match', back.headers.etag!))).toEqual(failed);
  });

  it('GET with If-None-Match is 304 with the ETag and no body', async () => {
    for (const value of [etag, `"0", ${etag}`, `W/${etag}`, '*']) {
      const { status, text, headers } = await served.http.get(path).set('If-None-Match', value);
      expect([status, text, headers.etag], value).toEqual([304, '', etag]);
      expect(headers['postern-revision'], value).toMatch(/^\d+$/);
    }
    expect((await served.http.get(path).set('If-None-Match', '"0"')).status).toBe(200);
    expect((await served.http.get(`${path}absent`).set('If-None-Match', '*')).status).toBe(404);
  });

  it('DELETE is preconditioned', async () => {
    expect(problemOf(await served.http.delete(path).set('If-Match', '"0"'))).toEqual(failed);
    expect((await served.http.get(path)).status).toBe(200);
    expect((await served.http.delete(path).set('If-Match', etag)).status).toBe(204);
  });

  it('of two writers with one ETag one wins', async () => {
    const answers = await Promise.all([
      put('If-Match', etag, two),
      put('If-Match', etag, { ...two, description: 'x' }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
  });

  it('of two creators with If-None-Match one wins', async () => {
    const at = `${path}race`;
    const answers = await Promise.all([put('If-None-Match', '*', one, at), put('If-None-Match', '*', two, at)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 412]);
  });

  it('a malformed body changes nothing', async () => {
    const refused = await served.put(path, bad);
    expect(refused.status).toBe(400);
    expect((await served.http.get(path)).headers.etag).toBe(etag);
  });
});

describe('preconditions come first', () => {
  it('before the document, the attachments and the references', async () => {
    const served = await postern();
    await served.put('/v1/policies/resource/p', { document: allowAll });
    await served.put('/v1/apis/a', api({ policy: 'p' }));
    const invalid = { document: { Version: '2012-10-17', Statement: [{ Effect: 'allow' }] } };

    const put = (path: string, body: object) => served.http.put(path).set('If-Match', '"0"').send(body);
    expect((await put('/v1/policies/resource/p', invalid)).status).toBe(412);
    expect((await put('/v1/apis/a', api({ policy: 'nowhere' }))).status).toBe(412);
    expect((await served.http.delete('/v1/policies/resource/p').set('If-Match', '"0"')).status).toBe(412);
    expect((await served.http.delete('/v1/policies/resource/p')).status).toBe(409);
  });
});

describe('a PUT whose members come in another order', () => {
  let served: Postern;
  beforeEach(async () => {
    served = await postern();
  });

  const reversed = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(reversed)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([name, member]) => [name, reversed(member)]),
          )
        : value;
  const methods = ['/b', '/a'].map((path) => ({ stage: '*', httpMethod: 'GET', path, authorizationType: 'NONE' }));
  const context = { 'x:b': ['2', '1'], 'x:a': true, 'aws:ResourceOrgID': 'o-1' };
  const records = {
    'endpoints/vpce-order': { ...endpoint(), description: 'x', context },
    'apis/order': { ...api(), methods, context },
  };

  it.each(Object.entries(records))('changes nothing: %s', async (path, body) => {
    const written = await stored(served, path, body);
    const again = await served.put(`/v1/${path}`, reversed(body) as object);
    expect([again.status, again.headers.etag]).toEqual([200, written.headers.etag]);
    expect(again.body).toEqual(written.body);
    expect(again.body).toMatchObject(body);
  });

  it('changes nothing in an import, either', async () => {
    for (const [path, body] of Object.entries(records)) await stored(served, path, body);
    const imported = reversed({
      formatVersion: 1,
      endpoints: [{ endpointId: 'vpce-order', ...records['endpoints/vpce-order'] }],
      apis: [{ apiId: 'order', ...records['apis/order'] }],
    });
    const { status, body } = await served.post('/v1/import', imported as object);
    expect([status, body.changes, body.unchanged]).toEqual([200, [], 2]);
  });

  it('of lists, it is another record', async () => {
    const { headers } = await stored(served, 'apis/order', records['apis/order']);
    const other = await stored(served, 'apis/order', { ...records['apis/order'], methods: [...methods].reverse() });
    expect(other.headers.etag).not.toBe(headers.etag);
    expect(other.body.methods).toEqual([...methods].reverse());
  });
});
