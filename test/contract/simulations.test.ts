import { beforeAll, describe, expect, it } from 'vitest';
import {
  allowAll,
  api,
  arn,
  denyAll,
  endpoint,
  faults,
  faultsOf,
  identity,
  type Postern,
  policy,
  postern,
  silent,
  statement,
  stored,
  USER,
  verdict,
} from './postern.js';

let served: Postern;
const request = { principal: 'anonymous', resource: arn() };
const simulate = (body: object) => served.post('/v1/simulations', { request, ...body });
const ask = async (body: object) => verdict(await simulate(body));
const ALLOWED = 'Allow ALLOWED null';

beforeAll(async () => {
  served = await postern();
  await stored(served, 'policies/endpoint/e', { document: allowAll });
  await stored(served, 'policies/endpoint/e', { document: denyAll });
  await stored(served, 'policies/resource/r', { document: denyAll });
  await stored(served, 'policies/resource/r', { document: allowAll });
  await stored(served, 'policies/resource/empty', { document: silent });
  await stored(served, 'policies/identity/i', { document: identity.allow });
  await stored(served, 'endpoints/vpce-deny', endpoint({ policy: 'e' }));
  await stored(served, 'endpoints/vpce-open', endpoint({ context: { 'x:from': 'endpoint' } }));
  await stored(served, 'apis/a1b2c3d4e5', api({ policy: 'r' }));
  await stored(served, 'apis/bare', api());
  await stored(served, 'apis/iam', api({ policy: 'empty', authorizationType: 'AWS_IAM' }));
  await stored(served, 'apis/public', api({ policy: 'r', endpointType: 'EDGE' }));
});

describe('without stored records', () => {
  it('an absent or null endpoint policy is full access', async () => {
    expect(await ask({ resourcePolicy: allowAll })).toBe(ALLOWED);
    expect(await ask({ resourcePolicy: allowAll, endpointPolicy: null })).toBe(ALLOWED);
    expect(await ask({ resourcePolicy: allowAll, endpointPolicy: denyAll })).toBe('Deny EXPLICIT_DENY endpoint');
  });

  it('an absent or null resource policy is none attached', async () => {
    expect(await ask({})).toBe('Deny NO_RESOURCE_POLICY resource');
    expect(await ask({ resourcePolicy: null })).toBe('Deny NO_RESOURCE_POLICY resource');
  });

  it('looks up names by kind, with versions', async () => {
    expect(await ask({ resourcePolicy: 'r' })).toBe(ALLOWED);
    expect(await ask({ resourcePolicy: 'r@1' })).toBe('Deny EXPLICIT_DENY resource');
    expect(await ask({ resourcePolicy: 'r@2', endpointPolicy: 'e@1' })).toBe(ALLOWED);
    expect(await ask({ resourcePolicy: 'r', endpointPolicy: 'e' })).toBe('Deny EXPLICIT_DENY endpoint');
    const { body } = await simulate({ resourcePolicy: 'r@1' });
    expect(body.policies[1]).toEqual({ layer: 'resource', name: 'r', version: 1, outcome: 'explicitDeny' });
  });

  it.each([
    ['/endpointPolicy', { endpointPolicy: 'r' }],
    ['/resourcePolicy', { resourcePolicy: 'e' }],
    ['/resourcePolicy', { resourcePolicy: 'r@3' }],
    ['/permissionsBoundary', { permissionsBoundary: 'r' }],
    ['/identityPolicies/0', { identityPolicies: ['none'] }],
    ['/sessionPolicies/1', { sessionPolicies: ['i', 'i@2'] }],
  ])('an unknown policy at %s is 400: %j', async (pointer, body) => {
    const answer = await simulate(body);
    expect([answer.body.code, faultsOf(answer)]).toEqual(['unknown-policy', faults(400, pointer)]);
  });

  it('takes any well-formed ARN, verb and context', async () => {
    for (const resource of [
      arn('prod/get/pets'),
      arn('prod/ANY/pets'),
      arn('prod/$connect'),
      arn('prod/POST/@connections/x'),
      'arn:aws:execute-api:us-east-1:123412341234:/domainnames/x.example.com+abc123',
    ]) {
      expect(await ask({ resourcePolicy: allowAll, request: { ...request, resource } }), resource).toBe(ALLOWED);
    }
  });

  it('context may set any key, derived ones too', async () => {
    const context = {
      'aws:SourceVpce': 'vpce-9',
      'aws:CurrentTime': '2020-01-01T00:00:00Z',
      'aws:PrincipalAccount': '999999999999',
    };
    const Condition = {
      StringEquals: { 'aws:SourceVpce': 'vpce-9' },
      DateLessThan: { 'aws:CurrentTime': '2021-01-01T00:00:00Z' },
    };
    const body = { resourcePolicy: policy(statement({ Condition })), request: { ...request, context } };
    expect(await ask(body)).toBe(ALLOWED);
    expect(await ask({ ...body, request: { ...request, context: { ...context, 'aws:SourceVpce': 'vpce-8' } } })).toBe(
      'Deny IMPLICIT_DENY resource',
    );
    expect(await ask({ ...body, request: { ...request, context: {} } })).toBe('Deny IMPLICIT_DENY resource');
  });

  it('the type is NONE by default and may be given', async () => {
    expect(await ask({ resourcePolicy: allowAll, authorizationType: 'AWS_IAM' })).toBe(
      'Deny NOT_AUTHENTICATED authorizer',
    );
    expect(await ask({ resourcePolicy: allowAll, authorizationType: 'CUSTOM', authorizerResult: 'Allow' })).toBe(
      ALLOWED,
    );
    expect(await ask({ resourcePolicy: silent, authorizationType: 'CUSTOM', authorizerPolicy: identity.allow })).toBe(
      ALLOWED,
    );
    const both = { authorizationType: 'CUSTOM', authorizerResult: 'Allow', authorizerPolicy: identity.allow };
    expect((await simulate({ resourcePolicy: silent, ...both })).status).toBe(400);
  });

  it('stores nothing', async () => {
    const before = (await served.http.get('/v1/export')).body;
    await simulate({ resourcePolicy: allowAll });
    const after = (await served.http.get('/v1/export')).body;
    expect(after.revision).toBe(before.revision);
  });
});

describe('scope endpoint', () => {
  it('judges the endpoint policy alone', async () => {
    expect(await ask({ scope: 'endpoint' })).toBe(ALLOWED);
    expect(await ask({ scope: 'endpoint', endpointPolicy: silent })).toBe('Deny IMPLICIT_DENY endpoint');
    const { body } = await simulate({ scope: 'endpoint', resourcePolicy: denyAll, authorizationType: 'AWS_IAM' });
    expect(body).toMatchObject({ decision: 'Allow', policies: [{ layer: 'endpoint', outcome: 'allow' }] });
    expect(body.policies.length).toBe(1);
  });

  it('with a boundary for NotPrincipal', async () => {
    const listed = { AWS: [USER, 'arn:aws:iam::123412341234:root'] };
    const { Principal: _, ...rest } = statement({ Effect: 'Deny', NotPrincipal: listed }) as Record<string, unknown>;
    const body = {
      scope: 'endpoint',
      endpointPolicy: policy(statement(), rest),
      request: { ...request, principal: USER },
    };
    expect(await ask(body)).toBe(ALLOWED);
    expect(await ask({ ...body, permissionsBoundary: 'i' })).toBe('Deny EXPLICIT_DENY endpoint');
  });
});

describe('with stored records', () => {
  it('what the body leaves out comes from them', async () => {
    expect(await ask({ endpoint: 'vpce-deny', api: 'a1b2c3d4e5' })).toBe('Deny EXPLICIT_DENY endpoint');
    expect(await ask({ endpoint: 'vpce-open', api: 'a1b2c3d4e5' })).toBe(ALLOWED);
    expect(await ask({ api: 'a1b2c3d4e5' })).toBe(ALLOWED);
    expect(await ask({ endpoint: 'vpce-open' })).toBe('Deny NO_RESOURCE_POLICY resource');
    expect(await ask({ endpoint: 'vpce-open', resourcePolicy: 'r' })).toBe(ALLOWED);
  });

  it('what the body gives goes before them, null too', async () => {
    expect(await ask({ endpoint: 'vpce-deny', api: 'a1b2c3d4e5', endpointPolicy: null })).toBe(ALLOWED);
    expect(await ask({ endpoint: 'vpce-deny', api: 'a1b2c3d4e5', endpointPolicy: 'e@1' })).toBe(ALLOWED);
    expect(await ask({ api: 'a1b2c3d4e5', resourcePolicy: null })).toBe('Deny NO_RESOURCE_POLICY resource');
    expect(await ask({ api: 'a1b2c3d4e5', resourcePolicy: denyAll })).toBe('Deny EXPLICIT_DENY resource');
  });

  it('the type comes from the API', async () => {
    const resource = arn('prod/GET/pets', 'iam');
    const body = { api: 'iam', request: { principal: USER, resource }, identityPolicies: ['i'] };
    expect(await ask(body)).toBe(ALLOWED);
    expect(await ask({ ...body, authorizationType: 'NONE' })).toBe('Deny IMPLICIT_DENY resource');
  });

  it('an API without a policy', async () => {
    const resource = arn('prod/GET/pets', 'bare');
    expect(await ask({ api: 'bare', request: { ...request, resource } })).toBe('Deny NO_RESOURCE_POLICY resource');
    expect(await ask({ api: 'bare', resourcePolicy: 'r', request: { ...request, resource } })).toBe(ALLOWED);
  });

  it('that are not stored, or another API than that of the ARN, are unknown', async () => {
    expect(await ask({ endpoint: 'vpce-none', api: 'a1b2c3d4e5' })).toBe('Deny UNKNOWN_ENDPOINT null');
    expect(await ask({ endpoint: 'vpce-open', api: 'none' })).toBe('Deny UNKNOWN_API null');
    const resource = arn('prod/GET/pets', 'public');
    expect(await ask({ api: 'public', request: { ...request, resource } })).toBe('Deny API_NOT_PRIVATE null');
  });

  it('the source comes from the endpoint', async () => {
    const Condition = {
      StringEquals: { 'aws:SourceVpce': 'vpce-open', 'aws:SourceVpc': 'vpc-1a2b3c4d', 'x:from': 'endpoint' },
    };
    const resourcePolicy = policy(statement({ Condition }));
    expect(await ask({ endpoint: 'vpce-open', resourcePolicy })).toBe(ALLOWED);
    expect(await ask({ endpoint: 'vpce-deny', endpointPolicy: null, resourcePolicy })).toBe(
      'Deny IMPLICIT_DENY resource',
    );
    expect(await ask({ resourcePolicy })).toBe('Deny IMPLICIT_DENY resource');
  });
});

describe('documents are checked as on PUT', () => {
  it('422 at their place, all of them', async () => {
    const bad = { Statement: { ...statement(), Effect: 'allow' } };
    const answer = await simulate({ endpointPolicy: bad, resourcePolicy: bad, identityPolicies: [allowAll] });
    expect(faultsOf(answer)).toEqual(
      faults(
        422,
        '/endpointPolicy/Statement/Effect',
        '/resourcePolicy/Statement/Effect',
        '/identityPolicies/0/Statement/0/Principal',
      ),
    );
    const short = policy(statement({ Resource: 'execute-api:/*' }));
    expect(faultsOf(await simulate({ endpointPolicy: short }))).toEqual(
      faults(422, '/endpointPolicy/Statement/0/Resource'),
    );
    expect(await ask({ resourcePolicy: short })).toBe(ALLOWED);
  });
});

describe('a malformed simulation', () => {
  it.each([
    ['/scope', { scope: 'all' }],
    ['/authorizationType', { authorizationType: 'IAM' }],
    ['/endpointPolicy', { endpointPolicy: 5 }],
    ['/resourcePolicy', { resourcePolicy: [] }],
    ['/explain', { explain: 'yes' }],
    ['/endpoint', { endpoint: null }],
    ['/request', { request: null }],
    ['/request/principal', { request: { ...request, principal: '*' } }],
    ['/request/action', { request: { ...request, action: '*' } }],
    ['/request/resource', { request: { ...request, resource: '*' } }],
    ['/request/context/a', { request: { ...request, context: { a: 'b' } } }],
    ['/request/context/aws:VpcSourceIp', { request: { ...request, context: { 'aws:VpcSourceIp': 'x' } } }],
    ['/request/context/aws:CurrentTime', { request: { ...request, context: { 'aws:CurrentTime': 'now' } } }],
    ['/requests', { requests: [] }],
  ])('%s %j', async (pointer, body) => {
    expect(faultsOf(await simulate(body))).toEqual(faults(400, pointer));
  });

  it('needs a request', async () => {
    expect((await served.post('/v1/simulations', { resourcePolicy: allowAll })).status).toBe(400);
  });
});
