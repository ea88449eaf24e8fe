import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  allowAll,
  api,
  denyAll,
  endpoint,
  identity,
  type Postern,
  policy,
  postern,
  problem,
  problemOf,
  silent,
  statement,
  stored,
} from './postern.js';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const PATH = '/v1/policies/endpoint/team-a';
let served: Postern;

beforeEach(async () => {
  served = await postern();
});

describe('PUT of a policy', () => {
  it('creates with 201, Location and the whole record', async () => {
    const created = await served.put(PATH, { document: allowAll, description: 'all' });

    expect(created.status).toBe(201);
    expect(created.headers.location).toMatch(/\/v1\/policies\/endpoint\/team-a$/);
    const text = JSON.stringify(allowAll);
    expect(created.body).toEqual({
      kind: 'endpoint',
      name: 'team-a',
      version: 1,
      document: allowAll,
      description: 'all',
      digest: `sha256:${createHash('sha256').update(text).digest('hex')}`,
      revision: expect.any(Number),
      attachedTo: [],
      createdAt: expect.stringMatching(TIME),
      updatedAt: expect.stringMatching(TIME),
      findings: expect.any(Array),
    });
    expect(created.headers.etag).toBe(`"${created.body.revision}"`);
  });

  it('replaces with 200, the next version and a greater revision', async () => {
    const created = await served.put(PATH, { document: allowAll });
    const replaced = await served.put(PATH, { document: denyAll });

    expect(replaced.status).toBe(200);
    expect(replaced.body).toMatchObject({ version: 2, document: denyAll, createdAt: created.body.createdAt });
    expect(replaced.body.revision).toBeGreaterThan(created.body.revision);
    expect(replaced.headers.etag).toBe(`"${replaced.body.revision}"`);
  });

  it('that changes nothing keeps version, revision, time and ETag', async () => {
    const created = await served.put(PATH, { document: allowAll, description: 'all' });
    const again = await served.put(PATH, { document: allowAll, description: 'all' });

    expect(again.status).toBe(200);
    expect(again.headers.etag).toBe(created.headers.etag);
    expect(again.body).toEqual(created.body);
    expect(again.headers['postern-revision']).toBe(created.headers['postern-revision']);
  });

  it('keeps a document as it was parsed, member order and all', async () => {
    const text =
      '{"document":{ "Statement": {"Resource":"*", "Action":"\\u0065xecute-api:Invoke","Effect":"Allow","Principal":"*"}, "Version":"2012-10-17" }}';
    const created = await served.http.put(PATH).type('json').send(text);
    const kept = JSON.stringify(JSON.parse(text).document);

    expect(created.status).toBe(201);
    expect(created.body.digest).toBe(`sha256:${createHash('sha256').update(kept).digest('hex')}`);
    const read = await served.http.get(PATH);
    expect(JSON.stringify(read.body.document)).toBe(kept);
  });

  it('with a new description alone is a write', async () => {
    const created = await served.put(PATH, { document: allowAll, description: 'one' });
    const described = await served.put(PATH, { document: allowAll, description: 'two' });

    expect(described.body.description).toBe('two');
    expect(described.headers.etag).not.toBe(created.headers.etag);
    expect(described.body.digest).toBe(created.body.digest);
  });

  it('keeps the short form of a resource policy as written', async () => {
    const short = policy(statement({ Resource: 'execute-api:/prod/GET/pets' }));

    const created = await served.put('/v1/policies/resource/short', { document: short });
    expect(created.body.document).toEqual(short);
  });

  it('refuses the short form elsewhere', async () => {
    const short = policy(statement({ Resource: 'execute-api:/*' }));

    const refused = await served.put(PATH, { document: short });
    expect(refused.status).toBe(422);
    expect(problemOf(refused).pointers).toEqual(['/document/Statement/0/Resource']);
  });

  it('says where it is attached, and the ETag stays', async () => {
    const created = await served.put(PATH, { document: allowAll });
    await stored(served, 'endpoints/vpce-b', endpoint({ policy: 'team-a' }));
    await stored(served, 'endpoints/vpce-a', endpoint({ policy: 'team-a' }));

    const read = await served.http.get(PATH);
    expect([...read.body.attachedTo].sort()).toEqual(['vpce-a', 'vpce-b']);
    expect(read.headers.etag).toBe(created.headers.etag);
  });

  it('knows three kinds, each with its own names', async () => {
    await stored(served, 'policies/endpoint/same', { document: allowAll });
    await stored(served, 'policies/resource/same', { document: denyAll });
    await stored(served, 'policies/identity/same', { document: identity.allow });

    for (const [kind, document] of [
      ['endpoint', allowAll],
      ['resource', denyAll],
      ['identity', identity.allow],
    ] as const) {
      expect((await served.http.get(`/v1/policies/${kind}/same`)).body).toMatchObject({ kind, version: 1, document });
    }
  });
});

describe('GET and DELETE of a policy', () => {
  it('404 when absent, also its versions', async () => {
    for (const path of [PATH, `${PATH}/versions`, `${PATH}/versions/1`]) {
      expect(problemOf(await served.http.get(path)), path).toMatchObject({
        status: 404,
        type: 'application/problem+json',
      });
    }
    expect((await served.http.delete(PATH)).status).toBe(404);
    expect((await served.http.post(`${PATH}/versions/1/restore`)).status).toBe(404);
  });

  it('404 with one code', async () => {
    const codes = await Promise.all([PATH, `${PATH}/versions/1`].map((path) => served.http.get(path)));
    expect(new Set(codes.map(({ body }) => body.code)).size).toBe(1);
    expect(problemOf(codes[0]!)).toEqual(problem(404, 'not-found'));
  });

  it('DELETE answers 204 without a body, then 404', async () => {
    await served.put(PATH, { document: allowAll });
    const deleted = await served.http.delete(PATH);

    expect([deleted.status, deleted.text]).toEqual([204, '']);
    expect((await served.http.get(PATH)).status).toBe(404);
    expect((await served.http.delete(PATH)).status).toBe(404);
  });
});

describe('findings', () => {
  it('are advice on a valid document, with pointers relative to it', async () => {
    const document = policy(statement({ Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-*' } } }));
    const { status, body } = await served.put(PATH, { document });

    expect(status).toBe(201);
    expect(body.findings.length).toBeGreaterThan(0);
    for (const finding of body.findings) {
      expect(finding).toEqual({
        severity: expect.stringMatching(/^(warning|info)$/),
        code: expect.any(String),
        pointer: expect.stringMatching(/^(\/Statement.*)?$/),
        detail: expect.any(String),
      });
    }
    expect((await served.http.get(PATH)).body.findings).toEqual(body.findings);
  });
});

describe('an identity policy', () => {
  it('has no Principal', async () => {
    const { status, body } = await served.put('/v1/policies/identity/x', { document: silent });
    expect(status).toBe(422);
    expect(body.errors[0].pointer).toBe('/document/Statement/0/Principal');
  });

  it('cannot be attached to an API', async () => {
    await stored(served, 'policies/identity/x', { document: identity.allow });
    expect((await served.put('/v1/apis/abc', api({ policy: 'x' }))).status).toBe(409);
  });
});
