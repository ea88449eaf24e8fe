import { beforeAll, describe, expect, it } from 'vitest';
import { allowAll, api, endpoint, faults, faultsOf, type Postern, postern, stored } from './postern.js';

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
let served: Postern;

beforeAll(async () => {
  served = await postern();
  await stored(served, 'policies/endpoint/e', { document: allowAll });
  await stored(served, 'policies/resource/r', { document: allowAll });
});

const system = { revision: expect.any(Number), createdAt: TIME, updatedAt: TIME };

describe('an endpoint', () => {
  it('is answered as written', async () => {
    const written = {
      vpcId: 'vpc-1a2b3c4d',
      region: 'eu-central-1',
      policy: 'e',
      context: { 'aws:ResourceOrgID': 'o-1', 'x:list': ['a', 'b'], 'x:number': 5, 'x:flag': true },
      description: 'ours',
    };
    const { status, headers, body } = await served.put('/v1/endpoints/vpce-1', written);
    expect([status, headers.location]).toEqual([201, expect.stringMatching(/\/v1\/endpoints\/vpce-1$/)]);
    expect(body).toEqual({ ...written, endpointId: 'vpce-1', ...system });
    expect((await served.http.get('/v1/endpoints/vpce-1')).body).toEqual(body);
  });

  it.each(['vpcId', 'policy'])('needs %s', async (name) => {
    const body: Record<string, unknown> = endpoint();
    delete body[name];
    const answer = await served.put('/v1/endpoints/bad', body);
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body.errors)).toContain(name);
  });

  it.each([
    ['/vpcId', { vpcId: 1 }],
    ['/vpcId', { vpcId: null }],
    ['/policy', { policy: 1 }],
    ['/policy', { policy: {} }],
    ['/region', { region: 5 }],
    ['/context', { context: [] }],
    ['/context', { context: 'x' }],
    ['/context/x', { context: { x: 'no prefix' } }],
    ['/context/a:b', { context: { 'a:b': null } }],
    ['/context/a:b', { context: { 'a:b': {} } }],
    ['/description', { description: 1 }],
    ['/endpointId', { endpointId: 'vpce-1' }],
    ['/revision', { revision: 1 }],
  ])('refuses at %s %j', async (pointer, changed) => {
    expect(faultsOf(await served.put('/v1/endpoints/bad', endpoint(changed)))).toEqual(faults(400, pointer));
  });
});

describe('an API', () => {
  const method = { httpMethod: 'GET', path: '/pets/{petId}', authorizationType: 'AWS_IAM' };

  it('is answered as written', async () => {
    const written = {
      accountId: '123412341234',
      region: 'us-east-1',
      partition: 'aws-cn',
      endpointType: 'REGIONAL',
      policy: 'r',
      authorizationType: 'CUSTOM',
      methods: [{ stage: 'prod', ...method }],
      context: { 'aws:ResourceOrgID': 'o-1' },
      description: 'ours',
    };
    const { status, headers, body } = await served.put('/v1/apis/abc', written);
    expect([status, headers.location]).toEqual([201, expect.stringMatching(/\/v1\/apis\/abc$/)]);
    expect(body).toEqual({ ...written, apiId: 'abc', ...system });
  });

  it.each(['accountId', 'region', 'policy'])('needs %s', async (name) => {
    const body: Record<string, unknown> = api();
    delete body[name];
    expect((await served.put('/v1/apis/bad', body)).status).toBe(400);
  });

  it.each([
    ['/accountId', { accountId: 123412341234 }],
    ['/accountId', { accountId: '12341234123' }],
    ['/accountId', { accountId: '1234123412345' }],
    ['/endpointType', { endpointType: 'private' }],
    ['/authorizationType', { authorizationType: 'IAM' }],
    ['/authorizationType', { authorizationType: null }],
    ['/methods', { methods: {} }],
    ['/methods/0', { methods: [5] }],
    ['/methods/0/httpMethod', { methods: [{ ...method, httpMethod: 'get' }] }],
    ['/methods/0/httpMethod', { methods: [{ ...method, httpMethod: 'FETCH' }] }],
    ['/methods/0/authorizationType', { methods: [{ ...method, authorizationType: 'JWT' }] }],
    ['/methods/0/path', { methods: [{ ...method, path: 'pets' }] }],
    ['/methods/0/path', { methods: [{ ...method, path: '' }] }],
    ['/context/aws:SourceVpce', { context: { 'aws:SourceVpce': 'vpce-1' } }],
  ])('refuses at %s %j', async (pointer, changed) => {
    expect(faultsOf(await served.put('/v1/apis/bad', api(changed)))).toEqual(faults(400, pointer));
  });

  it.each(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'ANY'])(
    'takes a method %s',
    async (httpMethod) => {
      expect((await served.put(`/v1/apis/m${httpMethod}`, api({ methods: [{ ...method, httpMethod }] }))).status).toBe(
        201,
      );
    },
  );

  it.each([
    ['the same', { path: '/a' }, { path: '/a' }],
    ['parameters of other names', { path: '/a/{x}/b' }, { path: '/a/{y}/b' }],
    ['proxies of other names', { path: '/a/{x+}' }, { path: '/a/{y+}' }],
    ['a stage given and its default', { path: '/a', stage: '*' }, { path: '/a' }],
  ])('refuses two entries of equal stage, verb and shape: %s', async (_, one, two) => {
    const answer = await served.put(
      '/v1/apis/twice',
      api({
        methods: [
          { ...method, ...one },
          { ...method, ...two },
        ],
      }),
    );
    expect([answer.status, answer.type]).toEqual([400, 'application/problem+json']);
    expect(faultsOf(answer).pointers![0]).toMatch(/^\/methods\/1/);
  });

  it.each([
    ['verbs', { httpMethod: 'GET' }, { httpMethod: 'ANY' }],
    ['stages', { stage: 'a' }, { stage: 'A' }],
    ['paths', { path: '/a/{x}' }, { path: '/a/{x+}' }],
    ['letter case', { path: '/a' }, { path: '/A' }],
  ])('takes two of other %s', async (_, one, two) => {
    const answer = await served.put(
      '/v1/apis/other',
      api({
        methods: [
          { ...method, ...one },
          { ...method, ...two },
        ],
      }),
    );
    expect([200, 201]).toContain(answer.status);
  });
});

describe("a record's context", () => {
  const derived = ['aws:PrincipalArn', 'aws:PrincipalAccount', 'aws:PrincipalType', 'aws:userid', 'aws:username'];
  const place = ['aws:SourceVpc', 'aws:SourceVpce', 'aws:ResourceAccount', 'aws:RequestedRegion'];
  const world = ['aws:CurrentTime', 'aws:EpochTime', 'aws:SecureTransport', 'aws:ViaAWSService'];
  const about = [
    'aws:PrincipalTag/team',
    'aws:PrincipalOrgID',
    'aws:PrincipalServiceName',
    'aws:PrincipalIsAWSService',
  ];
  const credentials = [
    'aws:TokenIssueTime',
    'aws:MultiFactorAuthPresent',
    'aws:SourceIdentity',
    'aws:FederatedProvider',
  ];

  it.each([...derived, ...place, ...world, ...about, ...credentials, 'AWS:SOURCEVPC', 'aws:principaltag/Team'])(
    'may not set %s',
    async (key) => {
      for (const [path, body] of [
        ['/v1/endpoints/bad', endpoint({ context: { [key]: 'x' } })],
        ['/v1/apis/bad', api({ context: { [key]: 'x' } })],
      ] as const) {
        const answer = await served.put(path, body);
        expect(faultsOf(answer), path).toEqual(faults(400, `/context/${key.replaceAll('/', '~1')}`));
      }
    },
  );

  it.each([
    ['aws:ResourceOrgID', 'o-1'],
    ['aws:ResourceOrgPaths', ['o-1/r-1/']],
    ['aws:VpceAccount', '123412341234'],
    ['execute-api:viaDomainArn', 'arn:aws:execute-api:us-east-1:123412341234:/domainnames/x+y'],
    ['custom:Key', 'anything'],
  ])('may set %s', async (key, value) => {
    expect([200, 201]).toContain(
      (await served.put('/v1/endpoints/good', endpoint({ context: { [key]: value } }))).status,
    );
    expect([200, 201]).toContain((await served.put('/v1/apis/good', api({ context: { [key]: value } }))).status);
  });

  it('refuses two keys that differ only in case, and a list for a single-valued key', async () => {
    const twice = await served.put('/v1/endpoints/bad', endpoint({ context: { 'a:B': '1', 'A:b': '1' } }));
    expect(twice.status).toBe(400);
    const list = await served.put('/v1/apis/bad', api({ context: { 'aws:ResourceOrgID': ['o-1'] } }));
    expect(faultsOf(list)).toEqual(faults(400, '/context/aws:ResourceOrgID'));
  });
});
