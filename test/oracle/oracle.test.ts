import { describe, expect, it } from 'vitest';
import { caseFiles } from '../decision/conformance-cases.js';
import { judge } from './oracle.js';
import type { Context, PolicyDocument, SimulationBody, Statement } from './types.js';

describe('the oracle agrees with the cases', () => {
  describe.each(caseFiles)('%s', (_, cases) => {
    it.each(cases)('$id: $title', ({ body, expected }) => {
      expect(judge(body as unknown as SimulationBody)).toMatchObject(expected);
    });
  });
});

/** Points that the cases leave out, each with the verdict that the rules give. */
describe('the oracle, where the cases are silent', () => {
  const api = 'arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5';
  const session = 'arn:aws:sts::123412341234:assumed-role/app/s1';
  const allowAll = { Effect: 'Allow', Action: '*', Resource: '*' } as const;
  const everyone: PolicyDocument = { Version: '2012-10-17', Statement: { ...allowAll, Principal: '*' } };
  const own: PolicyDocument = { Version: '2012-10-17', Statement: allowAll };
  const other: PolicyDocument = { Statement: { ...allowAll, Action: 's3:*' } };

  const atEndpoint = (statement: Statement, principal: string, path: string, context: Context = {}) =>
    judge({
      scope: 'endpoint',
      endpointPolicy: { Version: '2012-10-17', Statement: statement },
      request: { principal, resource: api + path, context },
    }).reason;
  const allow = (resource: string, path: string) =>
    atEndpoint({ ...allowAll, Principal: '*', Resource: resource }, 'anonymous', path);

  it.each([
    // Reading U21: only a `*` that ends its field runs over colons.
    ['arn:aws:execute-api:us-*', '/prod/GET/pets', 'ALLOWED'],
    ['arn:aws:execute-api:us-*:x', '/prod/GET/a:x', 'ALLOWED'],
    ['arn:aws:execute-api:us-east-1*123412341234:a1b2c3d4e5/*', '/prod/GET/pets', 'IMPLICIT_DENY'],
    ['arn:aws:execute-api:us-east-1?123412341234:a1b2c3d4e5/*', '/prod/GET/pets', 'IMPLICIT_DENY'],
    ['arn:aws:execute-api:*:?23412341234:*', '/prod/GET/pets', 'ALLOWED'],
    [`${api}/prod/*/a?b`, '/prod/GET/x/a:b', 'ALLOWED'],
    // One character is one code point.
    [`${api}/prod/GET/?`, '/prod/GET/😀', 'ALLOWED'],
  ])('resource %s for %s: %s', (resource, path, reason) => {
    expect(allow(resource, path)).toBe(reason);
  });

  it('takes time in proportion to pattern and text for hostile wildcards', () => {
    expect(allow(`${api}/prod/GET/${'*a'.repeat(100)}b`, `/prod/GET/${'a'.repeat(700)}`)).toBe('IMPLICIT_DENY');
  });

  const levels = ['arn:aws:iam::123412341234:root', 'arn:aws:iam::123412341234:role/app', session];
  const notPrincipal = (listed: string[], principal: string, boundary?: PolicyDocument) =>
    judge({
      scope: 'endpoint',
      endpointPolicy: {
        Statement: [
          { ...allowAll, Principal: '*' },
          { Effect: 'Deny', NotPrincipal: { AWS: listed }, Action: '*', Resource: '*' },
        ],
      },
      ...(boundary ? { permissionsBoundary: boundary } : {}),
      request: { principal, resource: `${api}/prod/GET/pets` },
    }).reason;

  it('reads NotPrincipal strictly (reading U4)', () => {
    expect(notPrincipal(levels, session)).toBe('ALLOWED');
    expect(notPrincipal(levels.slice(1), session)).toBe('EXPLICIT_DENY');
    expect(notPrincipal(levels, session, own)).toBe('EXPLICIT_DENY');
    expect(notPrincipal(levels, 'arn:aws:iam::123412341234:role/app')).toBe('EXPLICIT_DENY');
    expect(notPrincipal(['*'], 'arn:aws:iam::123412341234:role/app')).toBe('ALLOWED');
  });

  it('fails closed for a set under a plain operator (reading U10)', () => {
    const condition = { Condition: { StringEquals: { 'acme:groups': 'a' } } };
    const reason = (effect: 'Allow' | 'Deny', groups: string[]) =>
      atEndpoint({ ...allowAll, ...condition, Effect: effect, Principal: '*' }, 'anonymous', '/prod/GET/pets', {
        'acme:groups': groups,
      });
    expect(reason('Deny', ['b'])).toBe('EXPLICIT_DENY');
    expect(reason('Allow', ['a'])).toBe('IMPLICIT_DENY');
  });

  it('names the layer of an implicit denial on AWS_IAM', () => {
    const layer = (body: Partial<SimulationBody>, principal = session) =>
      judge({
        authorizationType: 'AWS_IAM',
        resourcePolicy: { Statement: { ...allowAll, Action: 's3:*', Principal: '*' } },
        ...body,
        request: { principal, resource: `${api}/prod/GET/pets` },
      }).layer;
    expect(layer({ identityPolicies: [other], permissionsBoundary: other })).toBe('identity');
    expect(layer({ identityPolicies: [own], permissionsBoundary: other, sessionPolicies: [other] })).toBe('boundary');
    expect(layer({ identityPolicies: [own], sessionPolicies: [other] })).toBe('session');
    expect(layer({ identityPolicies: [own] }, session.replace('123412341234', '999988887777'))).toBe('resource');
    expect(layer({}, 'lambda.amazonaws.com')).toBe('resource');
    expect(layer({}, 'arn:aws:iam::123412341234:root')).toBe(null);
    expect(layer({ identityPolicies: [own] }, 'arn:aws:sts::123412341234:federated-user/kate')).toBe('session');
    expect(layer({ resourcePolicy: everyone }, 'arn:aws:sts::123412341234:federated-user/kate')).toBe(null);
  });
});
