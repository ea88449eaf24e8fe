import { describe, expect, it } from 'vitest';
import { lintAttached } from '../../src/policy/lint.js';
import type { AttachedApi } from '../../src/policy/lint-attached.js';
import { ACCOUNT, API, parsed } from './ask.js';
import { allow, deny, FROM_US, type Json, OURS, ROLE, resource, when } from './lint-cases.js';

describe('what a policy is attached to', () => {
  const api = (...authorizationTypes: AttachedApi['authorizationTypes']): AttachedApi => ({
    id: 'a1b2c3d4e5',
    partition: 'aws',
    region: 'us-east-1',
    accountId: ACCOUNT,
    authorizationTypes,
  });
  const codes = (apis: readonly AttachedApi[], ...statements: readonly Json[]) =>
    lintAttached('resource', resource(...statements), { apis, endpoints: [] }).map(({ code }) => code);

  it('matters only to APIs without a method that authorizes with AWS_IAM', () => {
    const named = allow({ Principal: { AWS: ROLE } });
    expect(codes([api('CUSTOM')], named)).toEqual(['principal-needs-iam']);
    expect(codes([api('NONE', 'COGNITO_USER_POOLS')], named)).toEqual([
      'principal-needs-iam',
      'allows-no-anonymous-call',
    ]);
    expect(codes([api('CUSTOM', 'AWS_IAM')], named)).toEqual([]);
    expect(codes([api()], named)).toEqual([]);
    expect(codes([], named)).toEqual([]);
  });

  it('tells how a test of an absent key comes out', () => {
    const details = (Condition: Json) =>
      lintAttached('resource', resource(allow(), deny(when(Condition))), { apis: [api('NONE')], endpoints: [] }).map(
        ({ detail }) => /always holds|never holds/.exec(detail)?.[0],
      );
    expect(details({ StringNotEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } })).toEqual(['always holds']);
    expect(details({ StringEquals: { 'aws:PrincipalTag/team': 'blue' } })).toEqual(['never holds']);
    expect(details({ Null: { 'aws:PrincipalArn': 'true' } })).toEqual(['always holds']);
    expect(details({ StringNotEquals: { 'aws:SourceVpce': 'vpce-1a2b3c4d' } })).toEqual([]);
  });

  it('an Allow for the anonymous caller is enough, whatever else there is', () => {
    expect(codes([api('NONE')], deny({ Principal: { AWS: ROLE } }), allow(OURS))).toEqual(['principal-needs-iam']);
    expect(codes([api('NONE')], allow(when({ Null: { 'aws:PrincipalArn': 'true' } })))).toEqual(['key-needs-iam']);
  });

  it.each([
    [`${API}/*`, 0],
    [`${API}*`, 0],
    ['arn:aws:execute-api:us-east-?:*:a1b2*/prod/*', 0],
    ['arn:aws:execute-api:*', 0],
    ['execute-api:/*', 0],
    ['*', 0],
    [`${API}5/*`, 1],
    [`${API.slice(0, -1)}/*`, 1],
    [`${API.slice(0, -1)}?/*`, 0],
    ['arn:aws-cn:execute-api:*:*:a1b2c3d4e5/*', 1],
    [`arn:aws:execute-api:eu-west-1:${ACCOUNT}:a1b2c3d4e5/*`, 1],
    ['arn:aws:execute-api:us-east-1:999988887777:a1b2c3d4e5/*', 1],
  ])('the resource %s is of another API: %s', (Resource, times) => {
    expect(codes([api('AWS_IAM')], allow({ Resource }))).toEqual(Array(times).fill('resource-of-another-api'));
    const two = [api('AWS_IAM'), { ...api('AWS_IAM'), id: 'z9y8x7w6v5' }];
    expect(codes(two, allow({ Resource }))).toEqual(Array(times).fill('resource-of-another-api'));
  });

  it('an endpoint policy that only signed calls pass', () => {
    const at = (statement: Json, apis = [api('COGNITO_USER_POOLS')]) =>
      lintAttached('endpoint', parsed('endpoint', { Statement: { ...statement, Resource: `${API}/*` } }), {
        apis,
        endpoints: [],
      }).map(({ pointer }) => pointer);
    expect(at(allow({ Principal: { AWS: ROLE } }))).toEqual(['/Statement/Principal/AWS']);
    const ours = { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } };
    expect(at(allow(when(ours)))).toEqual(['/Statement/Condition/StringEquals/aws:PrincipalOrgID']);
    expect(at(allow(when({ StringEqualsIfExists: ours.StringEquals })))).toEqual([]);
    expect(at(deny(when(ours)))).toEqual([]);
    expect(at(allow(when(ours)), [api('AWS_IAM', 'NONE')])).toEqual([]);
    expect(at(allow(when(ours)), [{ ...api('NONE'), id: 'z9y8x7w6v5' }])).toEqual([]);
  });

  it('an endpoint policy that tests another endpoint', () => {
    const at = (statement: Json, ...ids: readonly string[]) =>
      lintAttached('endpoint', parsed('endpoint', { Statement: { ...statement, Resource: '*' } }), {
        apis: [],
        endpoints: ids.map((id) => ({ id, vpcId: 'vpc-1a2b3c4d' })),
      }).length;
    const vpc = when({ StringEquals: { 'aws:SourceVpc': 'vpc-5e6f7a8b' } });
    expect([at(allow(FROM_US), 'vpce-1a2b3c4d'), at(allow(FROM_US), 'vpce-5e6f7a8b')]).toEqual([0, 1]);
    expect(at(allow(FROM_US), 'vpce-5e6f7a8b', 'vpce-1a2b3c4d')).toBe(0);
    expect([at(deny(OURS), 'vpce-1a2b3c4d'), at(deny(OURS), 'vpce-5e6f7a8b')]).toEqual([0, 1]);
    expect([at(deny(FROM_US), 'vpce-5e6f7a8b'), at(allow(OURS), 'vpce-1a2b3c4d')]).toEqual([0, 0]);
    expect([at(allow(vpc), 'vpce-1a2b3c4d'), at(allow(vpc))]).toEqual([1, 0]);
  });
});
