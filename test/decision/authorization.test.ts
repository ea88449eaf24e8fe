import { describe, expect, it } from 'vitest';
import { ACCOUNT, iam, type Says, type Situation, sts, verdict } from './build.js';

const OTHER = '999988887777';
const alice = iam('user/alice');
const role = iam('role/app');
const session = sts('assumed-role/app/s1');
const kate = sts('federated-user/kate');

/** First column, resource policy, table A, table B. */
const tables = [
  ['allow', 'allow', 'Allow', 'Allow'],
  ['allow', 'silent', 'Allow', 'Implicit deny'],
  ['allow', 'deny', 'Explicit deny', 'Explicit deny'],
  ['silent', 'allow', 'Allow', 'Implicit deny'],
  ['silent', 'silent', 'Implicit deny', 'Implicit deny'],
  ['silent', 'deny', 'Explicit deny', 'Explicit deny'],
  ['deny', 'allow', 'Explicit deny', 'Explicit deny'],
  ['deny', 'silent', 'Explicit deny', 'Explicit deny'],
  ['deny', 'deny', 'Explicit deny', 'Explicit deny'],
] as const;

/** A cell of the tables as this service says it: the resource policy's Deny is named before the first column's. */
function cell(
  outcome: (typeof tables)[number][2 | 3],
  first: string,
  attached: Says,
  own: string,
  silent: string,
): string {
  if (outcome === 'Allow') return 'ALLOWED';
  if (outcome === 'Implicit deny') return `IMPLICIT_DENY ${silent}`;
  return `EXPLICIT_DENY ${attached === 'deny' ? 'resource' : first === 'deny' ? own : '?'}`;
}

describe.each(tables)('first column %s, resource policy %s', (first, attached, tableA, tableB) => {
  const iamCall = (principal: string): Situation => ({ type: 'AWS_IAM', principal, identity: first, attached });

  it.each([alice, role, session])('AWS_IAM in one account, %s: table A', (principal) => {
    expect(verdict(iamCall(principal))).toBe(cell(tableA, first, attached, 'identity', 'identity'));
  });

  it.each([
    iam('user/alice', OTHER),
    iam('role/app', OTHER),
    sts('assumed-role/app/s1', OTHER),
    `arn:aws-cn:iam::${ACCOUNT}:user/alice`,
  ])('AWS_IAM between accounts, %s: table B', (principal) => {
    const silent = first === 'silent' ? 'identity' : 'resource';
    expect(verdict(iamCall(principal))).toBe(cell(tableB, first, attached, 'identity', silent));
  });

  const answers = { allow: 'Allow', silent: 'Silent', deny: 'Deny' } as const;
  it.each(['anonymous', alice])('CUSTOM, called by %s: table A, whatever the account', (principal) => {
    const expected = cell(tableA, first, attached, 'authorizer', 'authorizer');
    expect(verdict({ type: 'CUSTOM', principal, attached, authorizer: answers[first] })).toBe(expected);
    expect(verdict({ type: 'CUSTOM', principal, attached, authorizerPolicy: first })).toBe(expected);
  });
});

describe('NONE: the resource policy alone, for an anonymous caller', () => {
  it.each([
    ['allow', 'ALLOWED'],
    ['silent', 'IMPLICIT_DENY resource'],
    ['deny', 'EXPLICIT_DENY resource'],
  ] as const)('%s', (attached, expected) => {
    expect(verdict({ attached })).toBe(expected);
    const signed = {
      principal: alice,
      identity: 'allow',
      boundary: 'deny',
      session: 'deny',
      authorizer: 'Deny',
    } as const;
    expect(verdict({ attached, ...signed })).toBe(expected);
  });

  it('does not know who signed', () => {
    const attached = [{ Effect: 'Allow', Principal: { AWS: [alice, ACCOUNT] }, Action: '*', Resource: '*' }];
    expect(verdict({ attached, principal: alice })).toBe('IMPLICIT_DENY resource');
    const byKey = [
      { Effect: 'Allow', Action: '*', Resource: '*', Condition: { ArnEquals: { 'aws:PrincipalArn': alice } } },
    ];
    expect(verdict({ attached: byKey, principal: alice })).toBe('IMPLICIT_DENY resource');
    expect(verdict({ attached: byKey, principal: alice, type: 'AWS_IAM' })).toBe('ALLOWED');
    const bySuppliedKey = [
      { Effect: 'Allow', Action: '*', Resource: '*', Condition: { StringEquals: { 'aws:PrincipalTag/team': 'blue' } } },
    ];
    const context = { 'aws:PrincipalTag/team': 'blue' };
    expect(verdict({ attached: bySuppliedKey, principal: alice, context })).toBe('IMPLICIT_DENY resource');
    // The endpoint policy still knows.
    expect(verdict({ endpoint: bySuppliedKey, attached: 'allow', principal: alice, context })).toBe('ALLOWED');
  });
});

describe('COGNITO_USER_POOLS: the token, then the resource policy alone', () => {
  it.each([
    ['Authenticated', 'allow', 'ALLOWED'],
    ['Authenticated', 'silent', 'IMPLICIT_DENY resource'],
    ['Authenticated', 'deny', 'EXPLICIT_DENY resource'],
    ['Unauthenticated', 'allow', 'NOT_AUTHENTICATED authorizer'],
    ['Unauthenticated', 'deny', 'NOT_AUTHENTICATED authorizer'],
    // What only a Lambda authorizer says, or nothing.
    ['Allow', 'allow', 'NOT_AUTHENTICATED authorizer'],
    ['Silent', 'allow', 'NOT_AUTHENTICATED authorizer'],
    [undefined, 'allow', 'NOT_AUTHENTICATED authorizer'],
  ] as const)('%s, resource policy %s: %s', (authorizer, attached, expected) => {
    expect(verdict({ type: 'COGNITO_USER_POOLS', authorizer, attached })).toBe(expected);
  });

  it('takes no policy for an answer', () => {
    const situation = { type: 'COGNITO_USER_POOLS', authorizerPolicy: 'allow', attached: 'allow' } as const;
    expect(verdict(situation)).toBe('NOT_AUTHENTICATED authorizer');
  });
});

describe('CUSTOM: the authorizer', () => {
  it.each([
    ['Unauthorized', 'allow', 'NOT_AUTHENTICATED authorizer'],
    ['Authenticated', 'allow', 'NOT_AUTHENTICATED authorizer'],
    [undefined, 'allow', 'NOT_AUTHENTICATED authorizer'],
    [undefined, 'silent', 'NOT_AUTHENTICATED authorizer'],
    // A Deny of the resource policy stands before the authorizer is called.
    ['Unauthorized', 'deny', 'EXPLICIT_DENY resource'],
    [undefined, 'deny', 'EXPLICIT_DENY resource'],
  ] as const)('%s, resource policy %s: %s', (authorizer, attached, expected) => {
    expect(verdict({ type: 'CUSTOM', authorizer, attached })).toBe(expected);
  });
});

/** Semantics 5.2: what a grant of the resource policy is worth when another layer is silent. */
describe('in one account, a resource policy that allows', () => {
  const byArn = { Principal: '*', Condition: { ArnEquals: { 'aws:PrincipalArn': role } } };
  it.each<[string, string, object, boolean, boolean, boolean]>([
    ['its user', alice, { Principal: { AWS: alice } }, true, true, true],
    ['its role', session, { Principal: { AWS: role } }, true, false, false],
    ['its role, a role being the caller', role, { Principal: { AWS: role } }, true, false, false],
    ['its session', session, { Principal: { AWS: session } }, true, true, true],
    ['everyone with the ARN of its role', session, byArn, true, true, true],
    ['everyone', session, { Principal: '*' }, true, true, true],
    ['everyone', alice, { Principal: { AWS: '*' } }, true, true, true],
    ['its federated session', kate, { Principal: { AWS: kate } }, true, true, true],
    ['everyone, for a federated session', kate, { Principal: '*' }, true, true, true],
    [
      'a user of that name, for a federated session (reading U28)',
      kate,
      { Principal: { AWS: iam('user/kate') } },
      false,
      false,
      false,
    ],
    ['its account by id (reading U3)', alice, { Principal: { AWS: ACCOUNT } }, false, false, false],
    ['its account by root (reading U3)', session, { Principal: { AWS: iam('root') } }, false, false, false],
    ['its account, for a federated session', kate, { Principal: { AWS: ACCOUNT } }, false, false, false],
    ['its session and its role', session, { Principal: { AWS: [role, session] } }, true, true, true],
    ['its role and its account', session, { Principal: { AWS: [ACCOUNT, role] } }, true, false, false],
  ])('%s (%s)', (_, principal, grant, identitySilent, boundarySilent, sessionSilent) => {
    const attached = [{ Effect: 'Allow', Action: '*', Resource: '*', ...grant }];
    const allowed = (layers: Partial<Situation>): boolean =>
      verdict({ type: 'AWS_IAM', principal, attached, ...layers }) === 'ALLOWED';
    for (const identity of ['silent', undefined] as const) expect(allowed({ identity })).toBe(identitySilent);
    // With or without an allow of its own, which the boundary and the session policy limit.
    for (const identity of ['silent', 'allow'] as const) {
      expect(allowed({ identity, boundary: 'silent' })).toBe(boundarySilent);
      expect(allowed({ identity, session: 'silent' })).toBe(sessionSilent);
      expect(allowed({ identity, boundary: 'silent', session: 'silent' })).toBe(boundarySilent && sessionSilent);
    }
    // Where the others allow, a grant is what it is without them.
    expect(allowed({ identity: 'silent', boundary: 'allow', session: 'allow' })).toBe(identitySilent);
    for (const layer of ['identity', 'boundary', 'session'] as const) {
      expect(
        verdict({ type: 'AWS_IAM', principal, attached, identity: 'allow', session: 'allow', [layer]: 'deny' }),
      ).toBe(`EXPLICIT_DENY ${layer}`);
    }
  });

  it('its account delegates: with an identity policy it is allowed', () => {
    const attached = [{ Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: '*', Resource: '*' }];
    expect(verdict({ type: 'AWS_IAM', principal: alice, attached, identity: 'allow' })).toBe('ALLOWED');
  });
});

describe('the own side of a caller: identity policies within boundary and session policy', () => {
  it.each<[string, Partial<Situation>, string]>([
    ['identity alone', { identity: 'allow' }, 'ALLOWED'],
    ['one of several', { identity: ['silent', 'allow'] }, 'ALLOWED'],
    ['a Deny among several', { identity: ['allow', 'deny', 'allow'] }, 'EXPLICIT_DENY identity'],
    ['none', { identity: [] }, 'IMPLICIT_DENY identity'],
    ['not said', {}, 'IMPLICIT_DENY identity'],
    ['boundary allows', { identity: 'allow', boundary: 'allow' }, 'ALLOWED'],
    ['boundary silent', { identity: 'allow', boundary: 'silent' }, 'IMPLICIT_DENY boundary'],
    ['boundary alone gives nothing', { identity: 'silent', boundary: 'allow' }, 'IMPLICIT_DENY identity'],
    ['session silent', { identity: 'allow', session: 'silent' }, 'IMPLICIT_DENY session'],
    ['one of several session policies', { identity: 'allow', session: ['silent', 'allow'] }, 'ALLOWED'],
    ['session alone gives nothing', { identity: 'silent', session: 'allow' }, 'IMPLICIT_DENY identity'],
    ['no session policies', { identity: 'allow', session: [] }, 'ALLOWED'],
    ['boundary before session', { identity: 'allow', boundary: 'silent', session: 'silent' }, 'IMPLICIT_DENY boundary'],
    ['identity before boundary', { identity: 'silent', boundary: 'silent' }, 'IMPLICIT_DENY identity'],
  ])('%s', (_, layers, expected) => {
    expect(verdict({ type: 'AWS_IAM', principal: session, attached: 'silent', ...layers })).toBe(expected);
    const abroad = sts('assumed-role/app/s1', OTHER);
    expect(verdict({ type: 'AWS_IAM', principal: abroad, attached: 'allow', ...layers })).toBe(expected);
  });
});

describe('who calls an AWS_IAM method', () => {
  const call = (principal: string, rest: Partial<Situation>): string =>
    verdict({ type: 'AWS_IAM', principal, ...rest });

  it('anonymous: not authenticated, whatever the policies', () => {
    for (const attached of ['allow', 'silent', 'deny'] as const) {
      expect(call('anonymous', { attached, identity: 'allow' })).toBe('NOT_AUTHENTICATED authorizer');
    }
  });

  it('the root user: all of its own account, elsewhere what the resource policy gives', () => {
    const [here, abroad] = [iam('root'), iam('root', OTHER)];
    expect(call(here, {})).toBe('ALLOWED');
    expect(call(here, { identity: [] })).toBe('ALLOWED');
    expect(call(here, { attached: 'deny' })).toBe('EXPLICIT_DENY resource');
    expect(call(abroad, { attached: 'allow' })).toBe('ALLOWED');
    expect(call(abroad, { attached: 'silent' })).toBe('IMPLICIT_DENY resource');
    expect(call(abroad, { attached: 'deny' })).toBe('EXPLICIT_DENY resource');
    const toAccount = [{ Effect: 'Allow', Principal: { AWS: OTHER }, Action: '*', Resource: '*' }];
    expect(call(abroad, { attached: toAccount })).toBe('ALLOWED');
  });

  it('a service: the resource policy alone', () => {
    const toService = [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: '*', Resource: '*' }];
    expect(call('lambda.amazonaws.com', { attached: toService })).toBe('ALLOWED');
    expect(call('ec2.amazonaws.com', { attached: toService, identity: 'allow' })).toBe('IMPLICIT_DENY resource');
    expect(call('ec2.amazonaws.com', { attached: 'deny' })).toBe('EXPLICIT_DENY resource');
  });

  it('a federated session: nothing of its own without a session policy', () => {
    expect(call(kate, { identity: 'allow' })).toBe('IMPLICIT_DENY session');
    expect(call(kate, { identity: 'allow', session: [] })).toBe('IMPLICIT_DENY session');
    expect(call(kate, { identity: 'allow', session: 'allow' })).toBe('ALLOWED');
    expect(call(kate, { identity: 'silent', session: 'allow' })).toBe('IMPLICIT_DENY identity');
    const abroad = sts('federated-user/kate', OTHER);
    expect(call(abroad, { identity: 'allow', attached: 'allow' })).toBe('IMPLICIT_DENY session');
    expect(call(abroad, { identity: 'allow', session: 'allow', attached: 'allow' })).toBe('ALLOWED');
  });

  it('a role whose session is not known: a session entry denies it, and does not allow it', () => {
    const statement = (Effect: string) => [{ Effect, Principal: { AWS: session }, Action: '*', Resource: '*' }];
    expect(call(role, { attached: statement('Allow') })).toBe('IMPLICIT_DENY identity');
    expect(call(role, { attached: statement('Deny'), identity: 'allow' })).toBe('EXPLICIT_DENY resource');
    expect(call(iam('role/path/app'), { attached: statement('Deny'), identity: 'allow' })).toBe(
      'EXPLICIT_DENY resource',
    );
  });
});
