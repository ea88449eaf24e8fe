import { beforeAll, describe, expect, it } from 'vitest';
import {
  allowAll,
  api,
  arn,
  call,
  denyAll,
  endpoint,
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
const documents = { allow: allowAll, deny: denyAll, silent };
const types = ['NONE', 'AWS_IAM', 'CUSTOM', 'COGNITO_USER_POOLS'] as const;
type Type = (typeof types)[number];
/** API ids of a type and a resource policy: `custom0deny`. */
const idOf = (type: Type, resource: string) => `${type.replaceAll('_', '').toLowerCase()}0${resource}`;

beforeAll(async () => {
  served = await postern();
  for (const [name, document] of Object.entries(documents)) {
    await stored(served, `policies/endpoint/${name}`, { document });
    await stored(served, `policies/resource/${name}`, { document });
    await stored(served, `endpoints/vpce-${name}`, endpoint({ policy: name }));
  }
  await stored(served, 'endpoints/vpce-default', endpoint());
  await stored(served, 'endpoints/vpce-west', endpoint({ region: 'us-west-2' }));
  for (const authorizationType of types) {
    for (const name of Object.keys(documents)) {
      await stored(served, `apis/${idOf(authorizationType, name)}`, api({ policy: name, authorizationType }));
    }
    await stored(served, `apis/${idOf(authorizationType, 'none')}`, api({ authorizationType }));
  }
  await stored(served, 'apis/public', api({ policy: 'deny', endpointType: 'REGIONAL' }));
  await stored(served, 'apis/edge', api({ policy: 'deny', endpointType: 'EDGE' }));
  await stored(served, 'apis/empty', api({ policy: 'deny', methods: [] }));
});

const ask = async (changed: object) =>
  verdict(await served.post('/v1/decisions', call({ endpoint: 'vpce-default', ...changed })));
const on = (type: Type, resource: string, changed: object = {}) =>
  ask({ resource: arn('p/GET/x', idOf(type, resource)), ...changed });

describe('what is not stored', () => {
  it('is a Deny, the endpoint before the API before its type before the method', async () => {
    const none = arn('p/GET/x', 'nowhere');
    expect(await ask({ endpoint: 'vpce-none', resource: none })).toBe('Deny UNKNOWN_ENDPOINT null');
    expect(await ask({ endpoint: 'VPCE-default', resource: none })).toBe('Deny UNKNOWN_ENDPOINT null');
    expect(await ask({ endpoint: 'vpce-deny', resource: none })).toBe('Deny UNKNOWN_API null');
    expect(await ask({ endpoint: 'vpce-deny', resource: arn('p/GET/x', 'public') })).toBe('Deny API_NOT_PRIVATE null');
    expect(await ask({ resource: arn('p/GET/x', 'edge') })).toBe('Deny API_NOT_PRIVATE null');
    expect(await ask({ endpoint: 'vpce-deny', resource: arn('p/GET/x', 'empty') })).toBe('Deny UNKNOWN_METHOD null');
  });

  it('an API of another account, Region, partition or letter case is unknown', async () => {
    const allowed = arn('p/GET/x', idOf('NONE', 'allow'));
    expect(await ask({ resource: allowed })).toBe('Allow ALLOWED null');
    for (const [from, to] of [
      ['us-east-1', 'us-east-2'],
      ['123412341234', '123412341235'],
      ['arn:aws:', 'arn:aws-cn:'],
      ['none0', 'None0'],
    ] as const) {
      expect(await ask({ resource: allowed.replace(from, to) }), to).toBe('Deny UNKNOWN_API null');
    }
    expect(await ask({ endpoint: 'vpce-west', resource: allowed })).toBe('Deny UNKNOWN_API null');
  });

  it.each(['constructor', 'toString', 'proto'])('an API called %s is unknown', async (id) => {
    expect(await ask({ resource: arn('p/GET/x', id) })).toBe('Deny UNKNOWN_API null');
  });

  describe('a private custom domain', () => {
    const resource = 'arn:aws:execute-api:us-east-1:123412341234:/domainnames/api.example.com+abc123';

    it('is UNKNOWN_API, whatever the policies allow', async () => {
      expect(await ask({ resource })).toBe('Deny UNKNOWN_API null');
      expect(await ask({ resource, endpoint: 'vpce-allow', identityPolicies: [identity.allow] })).toBe(
        'Deny UNKNOWN_API null',
      );
      expect(await ask({ resource, endpoint: 'vpce-none' })).toBe('Deny UNKNOWN_ENDPOINT null');
    });

    it('in a batch, explained, in minimal answers and in a replay, too', async () => {
      const asked = call({ endpoint: 'vpce-default', resource });
      const batch = await served.post('/v1/decisions/batch', { requests: [asked] });
      expect(batch.body.decisions).toMatchObject([{ decision: 'Deny', reason: 'UNKNOWN_API', layer: null }]);
      const explained = await served.post('/v1/decisions/explain', asked);
      expect(verdict(explained)).toBe('Deny UNKNOWN_API null');
      expect(explained.body.remedies).toEqual([]);
      const minimal = await served.http.post('/v1/decisions').set('Prefer', 'return=minimal').send(asked);
      expect(verdict(minimal)).toBe('Deny UNKNOWN_API null');
      const answer = { decision: 'Deny', reason: 'UNKNOWN_API', layer: null };
      const entry = { type: 'decision', decisionId: 'd', at: '2026-11-23T20:11:07.123Z', request: asked, answer };
      const replayed = await served.post('/v1/replay', { entries: [entry] });
      expect(replayed.body).toMatchObject({ entries: 1, counts: { unchanged: 1 } });
    });

    it.each(['GET', 'execute-api:Invoke'])('AuthZEN denies %s on it', async (name) => {
      const answer = await served.post('/access/v1/evaluation', {
        subject: { type: 'aws', id: USER },
        action: { name },
        resource: { type: 'execute-api', id: resource },
        context: { endpoint: 'vpce-default' },
      });
      expect([answer.status, answer.body]).toMatchObject([200, { decision: false }]);
    });

    it.each([
      '/domainnames/',
      '/domainnames/api.example.com',
      '/domainnames/api.example.com+',
      '/domainnames/+abc123',
      '/domainnames/*',
      '/domainnames/api..com+abc123',
      '/domainnames/api.example.com+abc123/prod/GET/pets',
      '/domainNames/api.example.com+abc123',
      'domainnames/api.example.com+abc123',
    ])('%s is malformed', async (path) => {
      expect(await ask({ resource: `arn:aws:execute-api:us-east-1:123412341234:${path}` })).toBe(
        '400 malformed-request',
      );
    });
  });
});

describe('the endpoint layer comes first, whatever the others say', () => {
  it.each(types)('on %s', async (type) => {
    for (const resource of ['allow', 'deny', 'silent', 'none']) {
      expect(await on(type, resource, { endpoint: 'vpce-deny' }), resource).toBe('Deny EXPLICIT_DENY endpoint');
      expect(await on(type, resource, { endpoint: 'vpce-silent' }), resource).toBe('Deny IMPLICIT_DENY endpoint');
    }
  });
});

describe('no resource policy', () => {
  it.each(types)('on %s is NO_RESOURCE_POLICY before anything of the caller', async (type) => {
    expect(await on(type, 'none')).toBe('Deny NO_RESOURCE_POLICY resource');
    expect(await on(type, 'none', { principal: 'anonymous' })).toBe('Deny NO_RESOURCE_POLICY resource');
  });
});

describe('NONE', () => {
  it('asks the resource policy alone', async () => {
    for (const principal of [USER, 'anonymous']) {
      expect(await on('NONE', 'allow', { principal })).toBe('Allow ALLOWED null');
      expect(await on('NONE', 'deny', { principal })).toBe('Deny EXPLICIT_DENY resource');
      expect(await on('NONE', 'silent', { principal })).toBe('Deny IMPLICIT_DENY resource');
    }
  });

  it('ignores what it has no use for', async () => {
    const others = { identityPolicies: [identity.deny], sessionPolicies: [identity.deny], authorizerResult: 'Deny' };
    expect(await on('NONE', 'allow', others)).toBe('Allow ALLOWED null');
    expect(await on('NONE', 'allow', { authorizerPolicy: identity.deny })).toBe('Allow ALLOWED null');
  });
});

describe('CUSTOM', () => {
  it.each([
    ['Allow', 'allow', 'Allow ALLOWED null'],
    ['Allow', 'silent', 'Allow ALLOWED null'],
    ['Allow', 'deny', 'Deny EXPLICIT_DENY resource'],
    ['Silent', 'allow', 'Allow ALLOWED null'],
    ['Silent', 'silent', 'Deny IMPLICIT_DENY authorizer'],
    ['Silent', 'deny', 'Deny EXPLICIT_DENY resource'],
    ['Deny', 'allow', 'Deny EXPLICIT_DENY authorizer'],
    ['Deny', 'silent', 'Deny EXPLICIT_DENY authorizer'],
    ['Deny', 'deny', 'Deny EXPLICIT_DENY resource'],
    ['Unauthorized', 'allow', 'Deny NOT_AUTHENTICATED authorizer'],
    ['Unauthorized', 'silent', 'Deny NOT_AUTHENTICATED authorizer'],
    ['Unauthorized', 'deny', 'Deny EXPLICIT_DENY resource'],
    [undefined, 'allow', 'Deny NOT_AUTHENTICATED authorizer'],
    [undefined, 'silent', 'Deny NOT_AUTHENTICATED authorizer'],
    [undefined, 'deny', 'Deny EXPLICIT_DENY resource'],
    ['Authenticated', 'allow', 'Deny NOT_AUTHENTICATED authorizer'],
    ['Unauthenticated', 'allow', 'Deny NOT_AUTHENTICATED authorizer'],
  ])('authorizer %s, resource policy %s: %s', async (authorizerResult, resource, expected) => {
    expect(await on('CUSTOM', resource, { authorizerResult })).toBe(expected);
  });

  it.each([
    ['allow', 'silent', 'Allow ALLOWED null'],
    ['silent', 'allow', 'Allow ALLOWED null'],
    ['silent', 'silent', 'Deny IMPLICIT_DENY authorizer'],
    ['deny', 'allow', 'Deny EXPLICIT_DENY authorizer'],
    ['deny', 'deny', 'Deny EXPLICIT_DENY resource'],
  ] as const)(
    'the policy of an authorizer that is %s, resource policy %s: %s',
    async (authorizer, resource, expected) => {
      expect(await on('CUSTOM', resource, { authorizerPolicy: identity[authorizer] })).toBe(expected);
    },
  );
});

describe('COGNITO_USER_POOLS', () => {
  it.each([
    ['Authenticated', 'allow', 'Allow ALLOWED null'],
    ['Authenticated', 'silent', 'Deny IMPLICIT_DENY resource'],
    ['Authenticated', 'deny', 'Deny EXPLICIT_DENY resource'],
    ['Unauthenticated', 'allow', 'Deny NOT_AUTHENTICATED authorizer'],
    ['Unauthenticated', 'deny', 'Deny NOT_AUTHENTICATED authorizer'],
    [undefined, 'allow', 'Deny NOT_AUTHENTICATED authorizer'],
    ['Allow', 'allow', 'Deny NOT_AUTHENTICATED authorizer'],
    ['Silent', 'allow', 'Deny NOT_AUTHENTICATED authorizer'],
  ])('token %s, resource policy %s: %s', async (authorizerResult, resource, expected) => {
    expect(await on('COGNITO_USER_POOLS', resource, { authorizerResult })).toBe(expected);
  });
});

describe('a boundary counts for NotPrincipal, on every type and at the endpoint', () => {
  it('a listed principal that has one is denied', async () => {
    const listed = { AWS: [USER, 'arn:aws:iam::123412341234:root'] };
    const { Principal: _, ...rest } = statement({ Effect: 'Deny', NotPrincipal: listed }) as Record<string, unknown>;
    await stored(served, 'policies/endpoint/except', { document: policy(statement(), rest) });
    await stored(served, 'endpoints/vpce-except', endpoint({ policy: 'except' }));
    for (const type of ['NONE', 'AWS_IAM'] as const) {
      const changed = { endpoint: 'vpce-except' };
      expect(await on(type, 'allow', changed), type).toBe('Allow ALLOWED null');
      expect(await on(type, 'allow', { ...changed, permissionsBoundary: identity.allow }), type).toBe(
        'Deny EXPLICIT_DENY endpoint',
      );
    }
  });
});
