import { describe, expect, it } from 'vitest';
import { decide } from '../../src/decision/decide.js';
import { ACCOUNT, decided, iam, inputOf, policy, type Says, type Situation, sts, verdict } from './build.js';

const alice = iam('user/alice');
const session = sts('assumed-role/app/s1');
const TYPES = ['NONE', 'AWS_IAM', 'CUSTOM', 'COGNITO_USER_POOLS'] as const;

/** Everything behind the endpoint policy says yes. */
const open = {
  principal: alice,
  attached: 'allow',
  identity: 'allow',
} as const satisfies Situation;
const openTo = (type: (typeof TYPES)[number]): Situation => ({
  ...open,
  type,
  authorizer: type === 'CUSTOM' ? 'Allow' : type === 'COGNITO_USER_POOLS' ? 'Authenticated' : undefined,
});

describe('the endpoint policy comes first, for every authorization type', () => {
  it.each(TYPES)('%s', (type) => {
    expect(verdict(openTo(type))).toBe('ALLOWED');
    expect(verdict({ ...openTo(type), endpoint: 'allow' })).toBe('ALLOWED');
    expect(verdict({ ...openTo(type), endpoint: 'silent' })).toBe('IMPLICIT_DENY endpoint');
    expect(verdict({ ...openTo(type), endpoint: 'deny' })).toBe('EXPLICIT_DENY endpoint');
    const closed: Situation = {
      ...openTo(type),
      attached: 'deny',
      identity: 'deny',
      boundary: 'deny',
      authorizer: 'Deny',
    };
    expect(verdict({ ...closed, endpoint: 'silent' })).toBe('IMPLICIT_DENY endpoint');
    expect(verdict({ ...closed, attached: null, endpoint: 'deny' })).toBe('EXPLICIT_DENY endpoint');
  });

  it('never replaces what is behind it', () => {
    expect(verdict({ endpoint: 'allow', attached: 'silent' })).toBe('IMPLICIT_DENY resource');
    expect(verdict({ endpoint: 'allow', attached: null })).toBe('NO_RESOURCE_POLICY resource');
  });

  it('sees who signed, whatever the method asks for', () => {
    const endpoint = [{ Effect: 'Allow', Principal: { AWS: alice }, Action: '*', Resource: '*' }];
    for (const type of TYPES) {
      expect(verdict({ ...openTo(type), endpoint })).toBe('ALLOWED');
      expect(verdict({ ...openTo(type), endpoint, principal: 'anonymous' })).toBe('IMPLICIT_DENY endpoint');
    }
  });

  it('alone is asked with scope endpoint', () => {
    const rest = { attached: null, scope: 'endpoint', type: 'AWS_IAM', identity: 'deny' } as const;
    expect(verdict({ ...rest, endpoint: 'allow' })).toBe('ALLOWED');
    expect(verdict({ ...rest })).toBe('ALLOWED');
    expect(verdict({ ...rest, endpoint: 'silent' })).toBe('IMPLICIT_DENY endpoint');
    expect(verdict({ ...rest, endpoint: 'deny' })).toBe('EXPLICIT_DENY endpoint');
    expect(decided({ ...rest, endpoint: 'allow' })).toMatchObject({
      policies: [{ layer: 'endpoint', name: 'door', version: 7, outcome: 'allow' }],
      assumed: [],
    });
  });
});

describe('a permissions boundary always counts for NotPrincipal', () => {
  const levels = [ACCOUNT, iam('role/app'), session];
  const denyOthers: Says = [
    { Effect: 'Allow', Action: '*', Resource: '*' },
    { Effect: 'Deny', NotPrincipal: { AWS: levels }, Action: '*', Resource: '*' },
  ];
  it.each(['full', 'endpoint'] as const)('in the endpoint policy, scope %s', (scope) => {
    for (const type of TYPES) {
      const situation: Situation = { ...openTo(type), principal: session, endpoint: denyOthers, scope };
      expect(verdict(situation)).toBe('ALLOWED');
      expect(verdict({ ...situation, boundary: 'allow' })).toBe('EXPLICIT_DENY endpoint');
    }
  });
  it('in the resource policy of an AWS_IAM method', () => {
    const situation: Situation = { type: 'AWS_IAM', principal: session, attached: denyOthers };
    expect(verdict(situation)).toBe('ALLOWED');
    expect(verdict({ ...situation, boundary: 'allow' })).toBe('EXPLICIT_DENY resource');
  });
});

describe('no resource policy', () => {
  it.each(TYPES)('%s', (type) => {
    expect(verdict({ ...openTo(type), attached: null, authorizer: 'Unauthorized' })).toBe(
      'NO_RESOURCE_POLICY resource',
    );
    expect(verdict({ ...openTo(type), attached: null, principal: 'anonymous' })).toBe('NO_RESOURCE_POLICY resource');
  });
});

/** Contract 4: each situation has all that comes after its reason wrong as well. */
describe('of several reasons the first counts', () => {
  const all = { attached: 'deny', identity: 'deny', boundary: 'deny', session: 'deny', authorizer: 'Deny' } as const;
  it.each<[string, Situation, string]>([
    ['endpoint policy', { ...all, type: 'AWS_IAM', principal: alice, endpoint: 'silent' }, 'IMPLICIT_DENY endpoint'],
    ['AWS_IAM: not authenticated', { ...all, type: 'AWS_IAM' }, 'NOT_AUTHENTICATED authorizer'],
    ['AWS_IAM: resource', { ...all, type: 'AWS_IAM', principal: alice }, 'EXPLICIT_DENY resource'],
    ['AWS_IAM: identity', { ...all, type: 'AWS_IAM', principal: alice, attached: 'allow' }, 'EXPLICIT_DENY identity'],
    [
      'AWS_IAM: boundary',
      { ...all, type: 'AWS_IAM', principal: alice, attached: 'silent', identity: 'silent' },
      'EXPLICIT_DENY boundary',
    ],
    [
      'AWS_IAM: session',
      { type: 'AWS_IAM', principal: alice, identity: 'silent', boundary: 'silent', session: ['silent', 'deny'] },
      'EXPLICIT_DENY session',
    ],
    [
      'AWS_IAM: identity silent',
      { type: 'AWS_IAM', principal: alice, boundary: 'silent', session: 'silent' },
      'IMPLICIT_DENY identity',
    ],
    ['CUSTOM: resource', { ...all, type: 'CUSTOM', authorizer: 'Unauthorized' }, 'EXPLICIT_DENY resource'],
    [
      'CUSTOM: not authenticated',
      { ...all, type: 'CUSTOM', attached: 'silent', authorizer: undefined },
      'NOT_AUTHENTICATED authorizer',
    ],
    ['CUSTOM: authorizer', { ...all, type: 'CUSTOM', attached: 'allow' }, 'EXPLICIT_DENY authorizer'],
    [
      'CUSTOM: both silent',
      { ...all, type: 'CUSTOM', attached: 'silent', authorizer: 'Silent' },
      'IMPLICIT_DENY authorizer',
    ],
    ['Cognito: not authenticated', { ...all, type: 'COGNITO_USER_POOLS' }, 'NOT_AUTHENTICATED authorizer'],
    [
      'Cognito: resource',
      { ...all, type: 'COGNITO_USER_POOLS', authorizer: 'Authenticated' },
      'EXPLICIT_DENY resource',
    ],
    ['NONE: resource', { ...all }, 'EXPLICIT_DENY resource'],
  ])('%s', (_, situation, expected) => {
    expect(verdict(situation)).toBe(expected);
  });
});

describe('identity policies that a service is set to require', () => {
  const strict = { type: 'AWS_IAM', principal: alice, attached: 'allow', requireIdentityPolicies: true } as const;
  it('must be said, if only that there are none', () => {
    expect(verdict(strict)).toBe('IDENTITY_POLICIES_MISSING identity');
    expect(verdict({ ...strict, identity: [] })).toBe('ALLOWED');
    expect(verdict({ ...strict, attached: 'silent', identity: [] })).toBe('IMPLICIT_DENY identity');
    expect(verdict({ ...strict, attached: 'deny' })).toBe('EXPLICIT_DENY resource');
  });
  it('only where they count', () => {
    for (const type of ['NONE', 'CUSTOM', 'COGNITO_USER_POOLS'] as const) {
      expect(verdict({ ...openTo(type), identity: undefined, requireIdentityPolicies: true })).toBe('ALLOWED');
    }
  });
});

describe('what was taken for granted', () => {
  const ALL = ['NO_IDENTITY_POLICIES', 'NO_BOUNDARY', 'NO_SESSION_POLICIES'];
  it.each<[string, Situation, string[]]>([
    ['nothing said', { type: 'AWS_IAM', principal: alice, attached: 'allow' }, ALL],
    ['nothing said, and denied', { type: 'AWS_IAM', principal: alice, attached: 'deny' }, ALL],
    [
      'an empty list says that there are none',
      { type: 'AWS_IAM', principal: alice, identity: [], session: [] },
      ['NO_BOUNDARY'],
    ],
    ['all said', { type: 'AWS_IAM', principal: alice, identity: 'allow', boundary: 'allow', session: 'allow' }, []],
    ['not asked for: NONE', { attached: 'allow' }, []],
    ['not asked for: CUSTOM', { type: 'CUSTOM', attached: 'allow', authorizer: 'Allow' }, []],
    ['not reached: endpoint', { type: 'AWS_IAM', principal: alice, endpoint: 'deny' }, []],
  ])('%s', (_, situation, expected) => {
    expect(decided(situation).assumed).toEqual(expected);
  });
});

describe('what a decision rests on', () => {
  const sids = (...names: string[]): readonly object[] =>
    names.map((Sid) => ({ Sid, Effect: 'Allow', Action: '*', Resource: '*' }));
  const denies = (...names: string[]) => names.map((Sid) => ({ Sid, Effect: 'Deny', Action: '*', Resource: '*' }));

  it('an Allow: the first matching Allow of each layer that allowed', () => {
    const { determining, policies, message } = decided({
      type: 'AWS_IAM',
      principal: session,
      endpoint: sids('e1', 'e2'),
      attached: 'silent',
      identity: ['silent', sids('i1'), sids('i2')],
      boundary: sids('b1'),
      session: sids('s1'),
    });
    expect(message).toBeNull();
    expect(determining).toEqual([
      { layer: 'endpoint', name: 'door', version: 7, pointer: '/Statement/0', sid: 'e1', effect: 'Allow' },
      { layer: 'identity', name: null, version: null, index: 1, pointer: '/Statement/0', sid: 'i1', effect: 'Allow' },
      { layer: 'boundary', name: null, version: null, pointer: '/Statement/0', sid: 'b1', effect: 'Allow' },
      { layer: 'session', name: null, version: null, index: 0, pointer: '/Statement/0', sid: 's1', effect: 'Allow' },
    ]);
    expect(policies.map(({ layer, index, outcome }) => [layer, index, outcome])).toEqual([
      ['endpoint', undefined, 'allow'],
      ['resource', undefined, 'implicitDeny'],
      ['identity', 0, 'implicitDeny'],
      ['identity', 1, 'allow'],
      ['identity', 2, 'allow'],
      ['boundary', undefined, 'allow'],
      ['session', 0, 'allow'],
    ]);
  });

  it('an explicit deny: all matching Denies of the layer, of no other', () => {
    const situation = { type: 'AWS_IAM', principal: alice, boundary: 'deny' } as const;
    const identity: readonly Says[] = [[...sids('a'), ...denies('d1', 'd2')], 'allow', denies('d3')];
    expect(decided({ ...situation, identity }).determining).toEqual([
      { layer: 'identity', name: null, version: null, index: 0, pointer: '/Statement/1', sid: 'd1', effect: 'Deny' },
      { layer: 'identity', name: null, version: null, index: 0, pointer: '/Statement/2', sid: 'd2', effect: 'Deny' },
      { layer: 'identity', name: null, version: null, index: 2, pointer: '/Statement/0', sid: 'd3', effect: 'Deny' },
    ]);
    const attached = [...denies('r1'), ...sids('a')];
    expect(decided({ attached, endpoint: 'allow' }).determining).toEqual([
      { layer: 'resource', name: 'orders', version: 3, pointer: '/Statement/0', sid: 'r1', effect: 'Deny' },
    ]);
  });

  it.each<Situation>([
    { attached: 'silent' },
    { attached: null },
    { endpoint: 'silent' },
    { type: 'CUSTOM', attached: 'allow' },
    { type: 'AWS_IAM', attached: 'allow' },
    { type: 'AWS_IAM', principal: alice, attached: 'allow', requireIdentityPolicies: true },
  ])('any other Deny: nothing %#', (situation) => {
    expect(decided(situation)).toMatchObject({ decision: 'Deny', determining: [] });
  });

  it('the default full access is a policy without a name', () => {
    expect(decided({ attached: null }).policies).toEqual([
      { layer: 'endpoint', name: null, version: null, outcome: 'allow' },
    ]);
  });

  it('the policy of an authorizer is a layer of its own', () => {
    const authorizerPolicy = sids('a1');
    expect(decided({ type: 'CUSTOM', authorizerPolicy, attached: 'silent' })).toMatchObject({
      decision: 'Allow',
      determining: [{ layer: 'endpoint' }, { layer: 'authorizer', sid: 'a1', name: null, version: null }],
      policies: [{ layer: 'endpoint' }, { layer: 'resource' }, { layer: 'authorizer', outcome: 'allow' }],
    });
  });

  it('a statement outside a list is pointed to as it stands', () => {
    const input = inputOf({ attached: 'allow' });
    const bare = { Statement: { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' } } as const;
    const resourcePolicy = policy('resource', [bare.Statement]);
    expect(decide({ ...input, resourcePolicy }).determining.at(-1)).toMatchObject({
      pointer: '/Statement/0',
      sid: null,
    });
  });
});
