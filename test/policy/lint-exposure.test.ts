import { describe, expect, it } from 'vitest';
import { lintPolicy } from '../../src/policy/lint.js';
import { ACCOUNT, parsed } from './ask.js';
import { allow, deny, FROM_US, type Json, OURS, places, ROLE, when } from './lint-cases.js';

describe('`"Principal": "*"`', () => {
  it.each<[string, readonly Json[]]>([
    ['alone', [allow()]],
    ['as an AWS principal among others', [allow({ Principal: { AWS: [ROLE, '*'] } })]],
    ['with a condition that tells nobody apart', [allow(when({ Bool: { 'aws:SecureTransport': 'true' } }))]],
    ['with a header that anybody can send', [allow(when({ StringEquals: { 'aws:Referer': 'us' } }))]],
    ['for all but one place', [allow(OURS)]],
    [
      'for whoever has the key, or has not',
      [allow(when({ StringEqualsIfExists: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } }))],
    ],
    ['from all addresses', [allow(when({ IpAddress: { 'aws:VpcSourceIp': ['0.0.0.0/0', '::/0'] } }))]],
    ['with a pattern that takes all', [allow(when({ StringLike: { 'aws:SourceVpce': '*' } }))]],
    ['beside a Deny of some', [allow(), deny(FROM_US)]],
    ['beside a Deny about something else', [allow(), deny({ ...OURS, Resource: 'execute-api:/admin/*' })]],
    [
      'beside a Deny that needs more',
      [allow(), deny(when({ StringNotEquals: { 'aws:SourceVpce': 'vpce-1a2b3c4d', 'aws:UserAgent': 'us' } }))],
    ],
    [
      'beside a Deny that spares unsigned calls',
      [allow(), deny(when({ Bool: { 'aws:PrincipalIsAWSService': 'false' }, ...OURS.Condition }))],
    ],
    ['beside a Deny of named callers', [allow(), deny({ Principal: { AWS: ACCOUNT }, ...OURS })]],
  ])('allows everyone, %s', (_, statements) => {
    expect(places('allows-everyone', ...statements)).toHaveLength(1);
    expect(places('everyone-past-boundary', ...statements)).toEqual([]);
  });

  it.each<[string, readonly Json[]]>([
    ['in a Deny', [deny()]],
    ['beside a Deny of everybody', [allow(), deny()]],
    ['from one endpoint', [allow(FROM_US)]],
    [
      'from one endpoint, if it is known, as it always is',
      [allow(when({ StringEqualsIfExists: { 'aws:SourceVpce': 'vpce-1a2b3c4d' } }))],
    ],
    ['for one organization', [allow(when({ StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } }))]],
    ['for one property of our own', [allow(when({ StringEquals: { 'authzen:subject/role': 'admin' } }))]],
    ['from some addresses', [allow(when({ IpAddress: { 'aws:VpcSourceIp': '10.0.3.0/24' } }))]],
    ['beside a Deny of the rest', [allow(), deny(OURS)]],
    [
      'beside a Deny of everything of the rest',
      [allow({ Resource: 'execute-api:/prod/*' }), deny({ ...OURS, Action: '*', Resource: '*' })],
    ],
    [
      'beside a Deny of all addresses but some',
      [allow(), deny(when({ NotIpAddressIfExists: { 'aws:VpcSourceIp': '10.0.3.0/24' } }))],
    ],
    [
      'beside a Deny of all but some callers',
      [allow(), { ...deny(), Principal: undefined, NotPrincipal: { AWS: ROLE } }],
    ],
    [
      'beside a Deny of the rest that spares AWS services',
      [
        allow(),
        deny(
          when({
            ...OURS.Condition,
            BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
            Bool: { 'aws:ViaAWSService': 'false' },
          }),
        ),
      ],
    ],
  ])('does not, %s', (_, statements) => {
    expect(places('allows-everyone', ...statements)).toEqual([]);
  });

  it('past boundaries is said once, and not where the condition names callers', () => {
    expect(places('everyone-past-boundary', allow(), allow(FROM_US), deny(OURS))).toEqual(['/Statement/0/Principal']);
    expect(
      places('everyone-past-boundary', allow(when({ ArnEquals: { 'aws:PrincipalArn': ROLE } })), deny(OURS)),
    ).toEqual([]);
    expect(places('everyone-past-boundary', allow({ Principal: { AWS: ROLE } }), deny(OURS))).toEqual([]);
    expect(places('everyone-past-boundary', allow(FROM_US), deny())).toEqual([]);
  });

  it.each(['endpoint', 'identity'] as const)('says nothing of an %s policy', (kind) => {
    const { Principal, ...rest } = allow({ Resource: '*' });
    const document = parsed(kind, { Statement: kind === 'identity' ? rest : { ...rest, Principal } });
    expect(lintPolicy(kind, document)).toEqual([]);
  });
});

describe('a resource policy is reachable from every VPC', () => {
  it.each<[string, readonly Json[]]>([
    ['without conditions', [allow()]],
    ['with conditions on others', [allow(when({ IpAddress: { 'aws:VpcSourceIp': '10.0.3.0/24' } }))]],
    [
      'if it asks for any VPC',
      [allow(when({ Null: { 'aws:SourceVpc': 'false' }, StringLike: { 'aws:SourceVpce': '*' } }))],
    ],
    ['with Denies only', [deny({ Resource: 'execute-api:/admin/*' })]],
  ])('%s', (_, statements) => {
    expect(places('reachable-from-every-vpc', ...statements)).toEqual(['/Statement']);
  });

  it.each<[string, readonly Json[]]>([
    ['an Allow tests the endpoint', [allow(FROM_US)]],
    ['a Deny tests the VPC', [allow(), deny(when({ StringNotLike: { 'AWS:sourcevpc': 'vpc-1a2b3c4d' } }))]],
  ])('not if %s', (_, statements) => {
    expect(places('reachable-from-every-vpc', ...statements)).toEqual([]);
  });
});
