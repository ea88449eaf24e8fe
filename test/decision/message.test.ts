import { describe, expect, it } from 'vitest';
import { decided, iam, type Situation, sts } from './build.js';

const alice = iam('user/alice');
const ON = 'execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:********1234:a1b2c3d4e5/prod/GET/pets';
const said = (situation: Situation): string | null => decided(situation).message;
const user = (who: string): string => `User: ${who} is not authorized to perform: ${ON}`;
const because = (type: string): string => `because no ${type} allows the execute-api:Invoke action`;

describe('the sentence of a denied call', () => {
  const asIam = { type: 'AWS_IAM', principal: alice } as const;
  it.each<[string, Situation, string]>([
    ['anonymous, resource policy silent', {}, `${user('anonymous')} ${because('resource-based policy')}`],
    [
      'anonymous, resource policy denies',
      { attached: 'deny' },
      `${user('anonymous')} with an explicit deny in a resource-based policy`,
    ],
    [
      'signed, but the method does not look',
      { principal: alice, attached: 'deny' },
      `${user('anonymous')} with an explicit deny in a resource-based policy`,
    ],
    ['no resource policy', { attached: null }, `${user('anonymous')} ${because('resource-based policy')}`],
    [
      'Cognito',
      { type: 'COGNITO_USER_POOLS', authorizer: 'Authenticated' },
      `${user('anonymous')} ${because('resource-based policy')}`,
    ],
    [
      'IAM, resource policy denies',
      { ...asIam, attached: 'deny' },
      `${user(alice)} with an explicit deny in a resource-based policy`,
    ],
    ['IAM, identity silent', asIam, `${user(alice)} ${because('identity-based policy')}`],
    [
      'IAM, identity denies',
      { ...asIam, identity: 'deny' },
      `${user(alice)} with an explicit deny in an identity-based policy`,
    ],
    [
      'IAM, boundary silent',
      { ...asIam, identity: 'allow', boundary: 'silent' },
      `${user(alice)} ${because('permissions boundary')}`,
    ],
    [
      'IAM, boundary denies',
      { ...asIam, boundary: 'deny' },
      `${user(alice)} with an explicit deny in a permissions boundary`,
    ],
    [
      'IAM, session silent',
      { ...asIam, identity: 'allow', session: 'silent' },
      `${user(alice)} ${because('session policy')}`,
    ],
    ['IAM, session denies', { ...asIam, session: 'deny' }, `${user(alice)} with an explicit deny in a session policy`],
    [
      'IAM, another account, resource policy silent',
      { ...asIam, principal: sts('assumed-role/app/s1', '999988887777'), identity: 'allow' },
      `${user(sts('assumed-role/app/s1', '999988887777'))} ${because('resource-based policy')}`,
    ],
    ['endpoint silent', { endpoint: 'silent' }, `${user('anonymous')} ${because('VPC endpoint policy')}`],
    [
      'endpoint denies whom it knows',
      { principal: alice, endpoint: 'deny' },
      `${user(alice)} with an explicit deny in a VPC endpoint policy`,
    ],
    [
      'authorizer silent',
      { type: 'CUSTOM', authorizer: 'Silent' },
      `User is not authorized to access this resource ${because('identity-based policy')}`,
    ],
    [
      'authorizer denies',
      { type: 'CUSTOM', authorizer: 'Deny' },
      'User is not authorized to access this resource with an explicit deny in an identity-based policy',
    ],
    ['unsigned call of an IAM method', { type: 'AWS_IAM' }, 'Missing Authentication Token'],
    ['authorizer refuses the token', { type: 'CUSTOM', authorizer: 'Unauthorized' }, 'Unauthorized'],
    ['Cognito refuses the token', { type: 'COGNITO_USER_POOLS', authorizer: 'Unauthenticated' }, 'Unauthorized'],
  ])('%s', (_, situation, expected) => {
    expect(said(situation)).toBe(expected);
  });

  it('names the action as it was asked', () => {
    expect(said({ action: 'Execute-API:invokeX' })).toContain('perform: Execute-API:invokeX on');
  });

  it('is null on Allow, and never empty on Deny', () => {
    expect(said({ attached: 'allow' })).toBeNull();
    expect(said({ ...asIam, requireIdentityPolicies: true })).toMatch(/\w/);
  });
});
