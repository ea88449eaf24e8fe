import { describe, expect, it } from 'vitest';
import { call, door, problem, problemOf, twoApis } from './client.js';

describe('policies', () => {
  const PATH = '/v1/policies/endpoint/two-apis';
  const DESCRIBED = { document: twoApis, description: 'two APIs' };

  it('are stored under their kind and name, at each of the paths', async () => {
    const { http, services } = door();
    for (const kind of ['endpoint', 'resource', 'identity']) {
      const { body } = await http.put(`/v1/policies/${kind}/p`).send(DESCRIBED).expect(201);
      expect(body).toMatchObject({ kind, name: 'p', version: 1, document: twoApis, description: 'two APIs' });
    }
    expect(services.calls.map(({ args }) => args[0])).toEqual(['endpoint', 'resource', 'identity']);
    expect(problemOf(await http.put('/v1/policies/widget/p').send(DESCRIBED))).toEqual(
      problem(400, 'malformed-request', ' not-allowed-value'),
    );
  });

  it('tell the services who asks and in which state', async () => {
    const { http, services } = door();
    await http.put(PATH).set('X-Request-ID', 'r1').set('If-None-Match', '*').send(DESCRIBED);
    expect(services.calls[0]?.args[3]).toEqual({ requestId: 'r1', by: null, when: { ifNoneMatch: '*' } });
  });

  it('are listed without document and findings', async () => {
    const { http } = door();
    await http.put(PATH).send(DESCRIBED);
    const { body, headers } = await http.get('/v1/policies/endpoint').expect(200);
    expect(body.nextCursor).toBeNull();
    expect(body.items).toHaveLength(1);
    expect(Object.keys(body.items[0])).not.toContain('document');
    expect(headers['postern-revision']).toBe('1');
  });

  it('have versions, which can be read and restored', async () => {
    const { http } = door();
    await http.put(PATH).send(DESCRIBED);
    await http.put(PATH).send({ document: { ...twoApis, Id: 'second' } });
    const { body } = await http.get(`${PATH}/versions`).expect(200);
    expect(body.items.map(({ version }: { version: number }) => version)).toEqual([2, 1]);
    const first = await http.get(`${PATH}/versions/1`).expect(200);
    expect(first.body.document).toEqual(twoApis);
    expect(first.headers.etag).toBe('"1"');
    await http.get(`${PATH}/versions/3`).expect(404);

    const stale = await http.post(`${PATH}/versions/1/restore`).set('If-Match', '"1"');
    expect(problemOf(stale)).toEqual(problem(412, 'precondition-failed'));
    const restored = await http.post(`${PATH}/versions/1/restore`).set('If-Match', '"2"').expect(200);
    expect(restored.body).toMatchObject({ version: 3, document: twoApis });
    expect(restored.headers).toMatchObject({ etag: '"3"', 'postern-revision': '3' });
  });

  it('may be anything for the services to judge', async () => {
    const { http, services } = door();
    const documents = [null, 5, 'x', [], {}, { Statement: [{ Effect: 'allow' }] }];
    for (const document of documents) {
      await http.put(PATH).send({ document });
      await http.post('/v1/policies/endpoint/validate').send({ document }).expect(200);
    }
    const seen = services.calls.map(({ name, args }) =>
      name === 'put' ? (args[2] as { document: unknown }).document : args[1],
    );
    expect(seen).toEqual(documents.flatMap((document) => [document, document]));
  });

  it.each([
    [{}, [' missing-member']],
    [[], [' wrong-type']],
    [{ document: {}, descripton: 'x' }, ['/descripton unknown-member']],
    [{ document: {}, description: null }, ['/description wrong-type']],
    [{ document: {}, description: 'x'.repeat(1001) }, ['/description too-long']],
    // Characters are counted, not the two units that one may be.
    [{ document: {}, description: '\ud83d\ude00'.repeat(1001) }, ['/description too-long']],
    [{ document: {}, description: 'a\u0000b' }, ['/description malformed']],
    [{ document: {}, description: 'a\ud800b' }, ['/description malformed']],
    [{ description: 5, 'a/b~c': 1 }, [' missing-member', '/a~1b~0c unknown-member', '/description wrong-type']],
  ])('400 for %j', async (body, errors) => {
    const response = await door().http.put(PATH).send(body);
    expect(problemOf(response)).toEqual(problem(400, 'malformed-request', ...errors));
  });

  it('may have a description of any other text', async () => {
    await door()
      .http.put(PATH)
      .send({ document: {}, description: '\ud83d\ude00'.repeat(1000) })
      .expect(201);
  });
});

describe.each([
  [
    'endpoints',
    'endpointId',
    'vpce-1a2b3c4d',
    { vpcId: 'vpc-1a2b3c4d', policy: 'two-apis', context: { 'aws:ResourceOrgID': 'o-1' } },
  ],
  ['apis', 'apiId', 'a1b2c3d4e5', { accountId: '123412341234', region: 'us-east-1', policy: null, methods: [] }],
])('%s', (collection, idName, id, record) => {
  it('are created, read, listed, replaced and removed', async () => {
    const { http } = door();
    const path = `/v1/${collection}/${id}`;
    const created = await http.put(path).send(record).expect(201);
    expect(created.body).toMatchObject({ ...record, [idName]: id, revision: 1 });
    expect(created.headers).toMatchObject({ location: path, etag: '"1"', 'postern-revision': '1' });
    expect((await http.get(path).expect(200)).body).toEqual(created.body);
    await http.get(path).set('If-None-Match', '"1"').expect(304);
    expect((await http.get(`/v1/${collection}?prefix=${id[0]}`).expect(200)).body.items).toEqual([created.body]);
    await http
      .put(path)
      .send({ ...record, description: 'new' })
      .expect(200);
    await http.delete(path).set('If-Match', '"1"').expect(412);
    expect((await http.delete(path).expect(204)).headers['postern-revision']).toBe('3');
    expect(problemOf(await http.get(path))).toEqual(problem(404, 'not-found'));
  });
});

describe('records that are malformed', () => {
  const api = { accountId: '123412341234', region: 'us-east-1', policy: null };
  const method = { httpMethod: 'GET', path: '/', authorizationType: 'NONE' };

  it.each([
    ['endpoints/e', { vpcId: 'vpc-1' }, [' missing-member']],
    [
      'endpoints/e',
      { vpcId: '1', policy: 'a b', region: 'US', context: [] },
      ['/vpcId malformed', '/region malformed', '/policy malformed', '/context wrong-type'],
    ],
    [
      'endpoints/e',
      { vpcId: 'vpc-1', policy: null, context: { 'a:b': null, 'a:c': {}, 'a:d': [[]] } },
      ['/context/a:b wrong-type', '/context/a:c wrong-type', '/context/a:d/0 wrong-type'],
    ],
    ['apis/a', { ...api, accountId: 5, policy: {} }, ['/accountId wrong-type', '/policy wrong-type']],
    [
      'apis/a',
      { ...api, endpointType: 'private', authorizationType: 'none' },
      ['/endpointType not-allowed-value', '/authorizationType not-allowed-value'],
    ],
    [
      'apis/a',
      { ...api, methods: [method, { ...method, httpMethod: 'get', path: 'x', verb: 1 }] },
      ['/methods/1/verb unknown-member', '/methods/1/httpMethod not-allowed-value', '/methods/1/path malformed'],
    ],
  ])('%s %j', async (path, body, errors) => {
    const { errors: found, ...rest } = problemOf(await door().http.put(`/v1/${path}`).send(body));
    expect(rest).toMatchObject({ status: 400, code: 'malformed-request' });
    expect(found.sort()).toEqual([...errors].sort());
  });
});

describe('decisions', () => {
  it('are handed on as they came, and answered with 200 and the revision', async () => {
    const { http, services } = door();
    const body = {
      ...call,
      context: { 'aws:CalledVia': ['a', 1, true] },
      identityPolicies: ['n', 'n@3', twoApis],
      permissionsBoundary: {},
    };
    const response = await http.post('/v1/decisions').set('X-Request-ID', 'r1').send(body).expect(200);
    expect(response.body).toMatchObject({ decision: 'Allow', message: null });
    expect(response.headers['postern-revision']).toBe('0');
    expect(services.calls).toEqual([{ name: 'decide', args: [body, { requestId: 'r1', by: null, minimal: false }] }]);
  });

  it.each([
    ['return=minimal', true],
    ['respond-async, return=minimal', true],
    ['Return="minimal"; foo=1', true],
    ['return=representation', false],
    ['handling=strict', false],
    ['return=minimalist', false],
  ])('Prefer: %s', async (prefer, minimal) => {
    const { http } = door();
    for (const [path, body] of [
      ['/v1/decisions', call],
      ['/v1/simulations', { request: { principal: 'p', resource: 'r' } }],
    ] as const) {
      const response = await http.post(path).set('Prefer', prefer).send(body).expect(200);
      expect(response.headers['preference-applied']).toBe(minimal ? 'return=minimal' : undefined);
      expect(Object.hasOwn(response.body, 'determining')).toBe(!minimal);
    }
  });

  it.each([
    [{}, [' missing-member', ' missing-member', ' missing-member']],
    [
      { ...call, endpoint: 'vpce_1', action: null, resources: [] },
      ['/resources unknown-member', '/action wrong-type', '/endpoint malformed'],
    ],
    [{ ...call, identityPolicies: 'n' }, ['/identityPolicies wrong-type']],
    [
      { ...call, identityPolicies: [5, 'a b', 'n@0', null] },
      [
        '/identityPolicies/0 wrong-type',
        '/identityPolicies/1 malformed',
        '/identityPolicies/2 malformed',
        '/identityPolicies/3 wrong-type',
      ],
    ],
    [{ ...call, authorizerResult: 'allow' }, ['/authorizerResult not-allowed-value']],
    [
      { ...call, context: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`a:${i}`, 1])) },
      ['/context out-of-range'],
    ],
    [{ ...call, context: { 'a:b': 'x'.repeat(4097) } }, ['/context/a:b too-long']],
  ])('400 for %j', async (body, errors) => {
    const { errors: found, ...rest } = problemOf(await door().http.post('/v1/decisions').send(body));
    expect(rest).toMatchObject({ status: 400, code: 'malformed-request' });
    expect(found.sort()).toEqual([...errors].sort());
  });

  it('in a batch, a malformed item spoils no other', async () => {
    const { http } = door();
    const requests = [call, null, { ...call, endpoint: 5 }, { ...call, x: 1 }];
    const { body } = await http.post('/v1/decisions/batch').send({ requests }).expect(200);
    expect(body.decisions.map(({ reason }: { reason: string }) => reason)).toEqual([
      'ALLOWED',
      'INVALID_REQUEST',
      'INVALID_REQUEST',
      'INVALID_REQUEST',
    ]);
    expect(body.decisions[2].errors).toEqual([
      { pointer: '/endpoint', code: 'wrong-type', detail: 'must be a string' },
    ]);
    expect(body.decisions[3].errors).toMatchObject([{ pointer: '/x', code: 'unknown-member' }]);
    for (const body of [{}, { requests: {} }, { requests: [], more: 1 }]) {
      expect((await http.post('/v1/decisions/batch').send(body)).status).toBe(400);
    }
  });

  it('of a simulation take policies by name, in full, or null', async () => {
    const { http, services } = door();
    const body = {
      endpointPolicy: null,
      resourcePolicy: twoApis,
      scope: 'endpoint',
      request: { principal: 'p', resource: 'r' },
    };
    await http.post('/v1/simulations').send(body).expect(200);
    await http
      .post('/v1/simulations')
      .send({ ...body, endpointPolicy: 'n@1' })
      .expect(200);
    expect(services.calls[0]?.args[0]).toEqual(body);
    const wrong = await http.post('/v1/simulations').send({ ...body, endpointPolicy: 5, scope: 'half' });
    expect(problemOf(wrong)).toEqual(
      problem(
        400,
        'malformed-request',
        ...['/endpointPolicy wrong-type', '/scope not-allowed-value'],
        ...['/request/principal malformed-principal', '/request/resource malformed-arn'],
      ),
    );
  });
});
