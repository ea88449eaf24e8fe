import { beforeAll, describe, expect, it } from 'vitest';
import {
  api,
  arn,
  call,
  denyAll,
  endpoint,
  identity,
  type Postern,
  policy,
  postern,
  SESSION,
  statement,
  stored,
  USER,
} from './postern.js';

let served: Postern;

beforeAll(async () => {
  served = await postern();
  await stored(served, 'policies/endpoint/team', { document: denyAll });
  await stored(served, 'policies/endpoint/team', {
    document: policy(statement({ Sid: 'first' }), statement({ Sid: 'second' })),
  });
  await stored(served, 'policies/resource/orders', {
    document: policy(
      statement({ Sid: 'Open' }),
      statement({
        Sid: 'OnlyOurVpc',
        Effect: 'Deny',
        Condition: { StringNotEquals: { 'aws:SourceVpc': 'vpc-1a2b3c4d' } },
      }),
      statement({ Effect: 'Deny', Resource: 'execute-api:/*/DELETE/*' }),
      statement({ Effect: 'Deny', Action: 'execute-api:ManageConnections' }),
    ),
  });
  await stored(served, 'policies/identity/reader', { document: identity.silent });
  await stored(served, 'policies/identity/reader', { document: identity.allow });
  await stored(served, 'endpoints/vpce-1a2b3c4d', endpoint({ policy: 'team' }));
  await stored(served, 'endpoints/vpce-open', endpoint());
  await stored(served, 'endpoints/vpce-other', endpoint({ policy: 'team', vpcId: 'vpc-5a6b7c8d' }));
  await stored(served, 'apis/a1b2c3d4e5', api({ policy: 'orders' }));
  await stored(served, 'apis/iam', api({ policy: 'orders', authorizationType: 'AWS_IAM' }));
  await stored(served, 'apis/custom', api({ policy: 'orders', authorizationType: 'CUSTOM' }));
});

const ask = async (changed: object = {}) => {
  const { status, body } = await served.post('/v1/decisions', call(changed));
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
};
const team = { layer: 'endpoint', name: 'team', version: 2 };
const orders = { layer: 'resource', name: 'orders', version: 1 };
const inline = (layer: string, index?: number) => ({
  layer,
  name: null,
  version: null,
  ...(index === undefined ? {} : { index }),
});

describe('an Allow', () => {
  it('is whole', async () => {
    expect(await ask()).toEqual({
      decision: 'Allow',
      reason: 'ALLOWED',
      layer: null,
      message: null,
      determining: [
        { ...team, pointer: '/Statement/0', sid: 'first', effect: 'Allow' },
        { ...orders, pointer: '/Statement/0', sid: 'Open', effect: 'Allow' },
      ],
      policies: [
        { ...team, outcome: 'allow' },
        { ...orders, outcome: 'allow' },
      ],
      assumed: [],
      revision: expect.any(Number),
      decisionId: expect.stringMatching(/.{8,}/),
    });
  });

  it('names the default full access as null', async () => {
    const { policies, determining } = await ask({ endpoint: 'vpce-open' });
    expect(policies[0]).toEqual({ ...inline('endpoint'), outcome: 'allow' });
    expect(determining[0]).toMatchObject({ layer: 'endpoint', name: null, version: null, effect: 'Allow' });
  });
});

describe('a Deny', () => {
  it('has all matching Denies of the layer it names, and a message', async () => {
    const body = await ask({ endpoint: 'vpce-other', resource: arn('prod/DELETE/pets') });
    expect(body).toMatchObject({ decision: 'Deny', reason: 'EXPLICIT_DENY', layer: 'resource' });
    expect(body.determining.map(({ sid: _, ...each }: { sid: unknown }) => each)).toEqual([
      { ...orders, pointer: '/Statement/1', effect: 'Deny' },
      { ...orders, pointer: '/Statement/2', effect: 'Deny' },
    ]);
    expect(body.determining[0].sid).toBe('OnlyOurVpc');
    expect(body.determining[1].sid ?? null).toBeNull();
    expect(body.policies).toEqual([
      { ...team, outcome: 'allow' },
      { ...orders, outcome: 'explicitDeny' },
    ]);
    // On NONE the resource policy sees nobody; whom the message names there is not said.
    expect(body.message).toMatch(
      /^User: \S+ is not authorized to perform: execute-api:Invoke on resource: arn:aws:\S+ with an explicit deny in a resource-based policy$/,
    );
  });

  it('of one statement that is no list points at it', async () => {
    const { body } = await served.post('/v1/simulations', {
      scope: 'endpoint',
      endpointPolicy: { Statement: statement({ Effect: 'Deny', Sid: 'x' }) },
      request: { principal: USER, resource: arn() },
    });
    expect(body.determining).toEqual([{ ...inline('endpoint'), pointer: '/Statement', sid: 'x', effect: 'Deny' }]);
  });

  it('that is implicit has nothing that determined it', async () => {
    const body = await ask({ action: 'execute-api:InvalidateCache', endpoint: 'vpce-open' });
    expect(body).toMatchObject({ reason: 'IMPLICIT_DENY', layer: 'resource', determining: [] });
    expect(body.policies.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['allow', 'implicitDeny']);
    expect(body.message).toContain('is not authorized to perform: execute-api:InvalidateCache on resource: arn:aws:');
  });

  it('before any policy has judged none', async () => {
    const body = await ask({ endpoint: 'vpce-none' });
    expect(body).toMatchObject({ determining: [], policies: [], assumed: [], layer: null });
    expect(body.message).toEqual(expect.any(String));
  });
});

describe('policies of the caller', () => {
  const iam = (changed: object) => ask({ resource: arn('prod/GET/pets', 'iam'), ...changed });

  it('come in the order of the layers, inline ones with their place', async () => {
    const { policies, determining, reason } = await iam({
      principal: SESSION,
      identityPolicies: [identity.silent, 'reader', 'reader@1'],
      permissionsBoundary: identity.allow,
      sessionPolicies: ['reader', identity.silent],
    });
    expect(reason).toBe('ALLOWED');
    expect(policies).toEqual([
      { ...team, outcome: 'allow' },
      { ...orders, outcome: 'allow' },
      { ...inline('identity', 0), outcome: 'implicitDeny' },
      { layer: 'identity', name: 'reader', version: 2, index: 1, outcome: 'allow' },
      { layer: 'identity', name: 'reader', version: 1, index: 2, outcome: 'implicitDeny' },
      { ...inline('boundary'), outcome: 'allow' },
      { layer: 'session', name: 'reader', version: 2, index: 0, outcome: 'allow' },
      { ...inline('session', 1), outcome: 'implicitDeny' },
    ]);
    expect(determining.map(({ layer, name }: { layer: string; name: string }) => [layer, name])).toEqual([
      ['endpoint', 'team'],
      ['resource', 'orders'],
      ['identity', 'reader'],
      ['boundary', null],
      ['session', 'reader'],
    ]);
  });

  it('have all their Denies in determining', async () => {
    const { determining, layer } = await iam({ identityPolicies: [identity.deny, identity.allow, identity.deny] });
    expect(layer).toBe('identity');
    expect(determining.map(({ index, effect }: { index: number; effect: string }) => [index, effect])).toEqual([
      [0, 'Deny'],
      [2, 'Deny'],
    ]);
  });

  it('of an authorizer are of their own layer', async () => {
    const body = await ask({ resource: arn('prod/GET/pets', 'custom'), authorizerPolicy: identity.deny });
    expect(body.policies.at(-1)).toEqual({ ...inline('authorizer'), outcome: 'explicitDeny' });
    expect(body.determining).toEqual([
      expect.objectContaining({ ...inline('authorizer'), pointer: '/Statement/0', effect: 'Deny' }),
    ]);
  });

  it('are not judged where the type has no use for them', async () => {
    const { policies } = await ask({ identityPolicies: [identity.deny], permissionsBoundary: identity.deny });
    expect(policies.map(({ layer }: { layer: string }) => layer)).toEqual(['endpoint', 'resource']);
  });
});

describe('assumed', () => {
  const iam = async (changed: object) => (await ask({ resource: arn('prod/GET/pets', 'iam'), ...changed })).assumed;

  it('says what was taken for granted on AWS_IAM', async () => {
    expect(await iam({ principal: SESSION })).toEqual(['NO_IDENTITY_POLICIES', 'NO_BOUNDARY', 'NO_SESSION_POLICIES']);
    expect(await iam({ principal: SESSION, identityPolicies: [] })).toEqual(['NO_BOUNDARY', 'NO_SESSION_POLICIES']);
    expect(await iam({ principal: SESSION, identityPolicies: [], sessionPolicies: ['reader'] })).toEqual([
      'NO_BOUNDARY',
    ]);
    expect(await iam({ principal: SESSION, permissionsBoundary: 'reader' })).toEqual([
      'NO_IDENTITY_POLICIES',
      'NO_SESSION_POLICIES',
    ]);
  });

  it('is empty on other types', async () => {
    expect((await ask()).assumed).toEqual([]);
    expect((await ask({ resource: arn('prod/GET/pets', 'custom'), authorizerResult: 'Allow' })).assumed).toEqual([]);
  });
});

describe('what a resource policy sees where the method is not AWS_IAM', () => {
  it('is nobody, without any key of the principal', async () => {
    const tag = { StringEquals: { 'aws:PrincipalTag/team': 'blue' } };
    await stored(served, 'policies/endpoint/tag', {
      document: policy(statement({ Principal: { AWS: USER }, Condition: tag })),
    });
    await stored(served, 'policies/resource/tag', { document: policy(statement({ Condition: tag })) });
    await stored(served, 'policies/resource/user', { document: policy(statement({ Principal: { AWS: USER } })) });
    await stored(served, 'endpoints/vpce-tag', endpoint({ policy: 'tag' }));
    const reason = async (policyName: string, authorizationType: string) => {
      await stored(served, 'apis/seen', api({ policy: policyName, authorizationType }));
      const body = await ask({
        endpoint: 'vpce-tag',
        resource: arn('p/GET/x', 'seen'),
        context: { 'aws:PrincipalTag/team': 'blue' },
        ...(authorizationType === 'COGNITO_USER_POOLS' ? { authorizerResult: 'Authenticated' } : {}),
      });
      return `${body.reason} ${body.layer}`;
    };
    for (const policyName of ['tag', 'user']) {
      expect(await reason(policyName, 'AWS_IAM'), policyName).toBe('ALLOWED null');
      expect(await reason(policyName, 'NONE'), policyName).toBe('IMPLICIT_DENY resource');
      expect(await reason(policyName, 'COGNITO_USER_POOLS'), policyName).toBe('IMPLICIT_DENY resource');
    }
  });
});
