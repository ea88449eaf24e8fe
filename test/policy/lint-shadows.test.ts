import { describe, expect, it } from 'vitest';
import { ACCOUNT, API } from './ask.js';
import { allow, deny, FROM_US, type Json, OURS, places, ROLE, SHORT, when } from './lint-cases.js';

describe('an Allow is shadowed by a Deny', () => {
  const GET = { Resource: `${API}/prod/GET/pets`, ...FROM_US };

  it.each<[string, Json]>([
    ['of everything', deny({ Action: '*', Resource: '*' })],
    ['of a wider pattern', deny({ Resource: `${API}/????/GET/*` })],
    ['of the API being called', deny({ Resource: SHORT })],
    ['of the same condition', deny({ Resource: '*', ...FROM_US })],
    [
      'of a weaker condition',
      deny(when({ StringEqualsIfExists: { 'AWS:SourceVpce': ['vpce-5e6f7a8b', 'vpce-1a2b3c4d'] } })),
    ],
    ['of more actions', deny({ Action: ['execute-api:Inv*', 's3:*'] })],
  ])('%s', (_, wide) => {
    expect(places('shadowed-by-deny', allow(GET), wide)).toEqual(['/Statement/0']);
    expect(places('shadowed-by-deny', wide, allow({ ...GET, Principal: { AWS: ROLE } }))).toEqual(['/Statement/1']);
  });

  it.each<[string, Json]>([
    ['of another method', deny({ Resource: `${API}/prod/POST/*` })],
    ['of part of it', deny({ Resource: `${API}/prod/GET/pets?` })],
    ['of some callers', deny({ Principal: { AWS: ROLE } })],
    ['of all but some', { ...deny(), Principal: undefined, NotPrincipal: { AWS: ROLE } }],
    ['of another condition', deny(when({ StringEquals: { 'aws:SourceVpce': 'vpce-5e6f7a8b' } }))],
    ['of one condition more', deny(when({ ...FROM_US.Condition, Bool: { 'aws:SecureTransport': true } }))],
    ['of another action', deny({ Action: 'execute-api:InvalidateCache' })],
    ['of other actions', { ...deny(), Action: undefined, NotAction: 'execute-api:Invoke' }],
    ['of another stage', deny({ Resource: 'execute-api:/test/*' })],
  ])('not %s', (_, other) => {
    expect(places('shadowed-by-deny', allow(GET), other)).toEqual([]);
  });

  it.each<[string, unknown, unknown, number]>([
    ['a role and its session', { AWS: ROLE }, { AWS: `arn:aws:sts::${ACCOUNT}:assumed-role/orders/s1` }, 0],
    ['an account and its user', { AWS: ACCOUNT }, { AWS: `arn:aws:iam::${ACCOUNT}:user/alice` }, 0],
    ['an account in one partition', { AWS: ACCOUNT }, { AWS: `arn:aws:iam::${ACCOUNT}:root` }, 0],
    ['one user twice', { AWS: `arn:aws:iam::${ACCOUNT}:user/a` }, { AWS: [`arn:aws:iam::${ACCOUNT}:user/a`] }, 1],
    ['a service', { AWS: '999988887777', Service: 'lambda.amazonaws.com' }, { Service: 'lambda.amazonaws.com' }, 0],
  ])('for callers: %s', (_, wide, narrow, reversed) => {
    expect(places('shadowed-by-deny', allow({ Principal: narrow }), deny({ Principal: wide }))).toHaveLength(1);
    expect(places('shadowed-by-deny', allow({ Principal: wide }), deny({ Principal: narrow }))).toHaveLength(reversed);
  });
});

describe('two Denies leave nothing', () => {
  const spare = (operator: string, key: string, ...values: string[]) => deny(when({ [operator]: { [key]: values } }));
  const together = (...statements: readonly Json[]) => places('denies-leave-nothing', allow(), ...statements);

  it.each<[string, Json, Json]>([
    [
      'endpoints',
      spare('StringNotEquals', 'aws:SourceVpce', 'a', 'b'),
      spare('StringNotEquals', 'AWS:SourceVpce', 'c'),
    ],
    [
      'a wider and a narrower one',
      { ...deny(OURS), Resource: '*' },
      spare('StringNotEqualsIfExists', 'aws:SourceVpce', 'vpce-5e6f7a8b'),
    ],
    [
      'addresses',
      spare('NotIpAddress', 'aws:VpcSourceIp', '10.0.0.0/24', '10.0.1.0/24'),
      spare('NotIpAddress', 'aws:VpcSourceIp', '10.0.2.0/23'),
    ],
  ])('%s', (_, first, second) => {
    expect(together(first, second)).toHaveLength(1);
    expect(together(second, allow(), first)).toHaveLength(1);
  });

  it.each<[string, Json, Json]>([
    ['with a value in common', spare('StringNotEquals', 'acme:x', 'a', 'b'), spare('StringNotEquals', 'acme:x', 'b')],
    ['of different keys', spare('StringNotEquals', 'acme:x', 'a'), spare('StringNotEquals', 'acme:y', 'b')],
    [
      'of different APIs',
      deny({ ...OURS, Resource: `${API}/*` }),
      { ...spare('StringNotEquals', 'aws:SourceVpce', 'b'), Resource: `${API}5/*` },
    ],
    [
      'with two tests',
      deny(when({ StringNotEquals: { 'acme:x': 'a', 'acme:y': 'c' } })),
      spare('StringNotEquals', 'acme:x', 'b'),
    ],
    ['with a variable', spare('StringNotEquals', 'acme:x', '${aws:username}'), spare('StringNotEquals', 'acme:x', 'b')],
    [
      'of addresses in common',
      spare('NotIpAddress', 'acme:x', '10.0.0.0/24'),
      spare('NotIpAddress', 'acme:x', '10.0.0.128/32'),
    ],
    ['one of which spares nobody', spare('StringEquals', 'acme:x', 'a'), spare('StringEquals', 'acme:x', 'b')],
  ])('not %s', (_, first, second) => {
    expect(together(first, second)).toEqual([]);
  });
});
