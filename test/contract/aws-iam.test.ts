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
  postern,
  SESSION,
  silent,
  stored,
  verdict,
} from './postern.js';

let served: Postern;

beforeAll(async () => {
  served = await postern();
  await stored(served, 'endpoints/vpce-1a2b3c4d', endpoint());
  for (const [name, document] of Object.entries({ allow: allowAll, deny: denyAll, silent })) {
    await stored(served, `policies/resource/${name}`, { document });
    await stored(served, `apis/${name}`, api({ policy: name, authorizationType: 'AWS_IAM' }));
  }
});

const on = async (api: string, changed: object) =>
  verdict(await served.post('/v1/decisions', call({ resource: arn('p/GET/x', api), ...changed })));

describe('AWS_IAM', () => {
  const { allow, deny } = identity;
  const foreign = 'arn:aws:iam::999999999999:user/MyUser';

  it('an unsigned call is NOT_AUTHENTICATED, also where the resource policy denies', async () => {
    for (const resource of ['allow', 'deny', 'silent']) {
      expect(await on(resource, { principal: 'anonymous' })).toBe('Deny NOT_AUTHENTICATED authorizer');
    }
  });

  it.each([
    ['allow', 'allow', 'Allow ALLOWED null', 'Allow ALLOWED null'],
    ['allow', 'silent', 'Allow ALLOWED null', 'Deny IMPLICIT_DENY resource'],
    ['allow', 'deny', 'Deny EXPLICIT_DENY resource', 'Deny EXPLICIT_DENY resource'],
    ['silent', 'allow', 'Allow ALLOWED null', 'Deny IMPLICIT_DENY identity'],
    ['silent', 'silent', 'Deny IMPLICIT_DENY identity', 'Deny IMPLICIT_DENY identity'],
    ['silent', 'deny', 'Deny EXPLICIT_DENY resource', 'Deny EXPLICIT_DENY resource'],
    ['deny', 'allow', 'Deny EXPLICIT_DENY identity', 'Deny EXPLICIT_DENY identity'],
    ['deny', 'silent', 'Deny EXPLICIT_DENY identity', 'Deny EXPLICIT_DENY identity'],
    ['deny', 'deny', 'Deny EXPLICIT_DENY resource', 'Deny EXPLICIT_DENY resource'],
  ] as const)('identity %s, resource policy %s: same account %s, other %s', async (own, resource, same, other) => {
    const identityPolicies = [identity[own]];
    expect(await on(resource, { identityPolicies })).toBe(same);
    expect(await on(resource, { principal: foreign, identityPolicies })).toBe(other);
  });

  it('an absent identityPolicies is judged as []', async () => {
    for (const changed of [{}, { identityPolicies: [] }]) {
      expect(await on('allow', changed)).toBe('Allow ALLOWED null');
      expect(await on('silent', changed)).toBe('Deny IMPLICIT_DENY identity');
      expect(await on('allow', { principal: foreign, ...changed })).toBe('Deny IMPLICIT_DENY identity');
    }
  });

  it('of several explicit denies the first layer is named', async () => {
    const all = { identityPolicies: [deny], permissionsBoundary: deny, sessionPolicies: [deny], principal: SESSION };
    expect(await on('deny', all)).toBe('Deny EXPLICIT_DENY resource');
    expect(await on('allow', all)).toBe('Deny EXPLICIT_DENY identity');
    expect(await on('allow', { ...all, identityPolicies: [allow] })).toBe('Deny EXPLICIT_DENY boundary');
    const session = { ...all, identityPolicies: [allow], permissionsBoundary: allow };
    expect(await on('allow', session)).toBe('Deny EXPLICIT_DENY session');
  });

  it('of several implicit denies: identity, boundary, session, resource', async () => {
    const none = identity.silent;
    const ask = (identityPolicy: object, permissionsBoundary: object, session: object, principal = SESSION) =>
      on('silent', {
        principal,
        identityPolicies: [identityPolicy],
        permissionsBoundary,
        sessionPolicies: [session],
      });
    expect(await ask(none, none, none)).toBe('Deny IMPLICIT_DENY identity');
    expect(await ask(allow, none, none)).toBe('Deny IMPLICIT_DENY boundary');
    expect(await ask(allow, allow, none)).toBe('Deny IMPLICIT_DENY session');
    expect(await ask(allow, allow, allow)).toBe('Allow ALLOWED null');
    const other = 'arn:aws:sts::999999999999:assumed-role/Reader/ann';
    expect(await ask(allow, allow, allow, other)).toBe('Deny IMPLICIT_DENY resource');
    expect(await ask(allow, none, none, other)).toBe('Deny IMPLICIT_DENY boundary');
  });

  it('an explicit deny goes before any implicit one', async () => {
    const changed = { identityPolicies: [identity.silent], permissionsBoundary: identity.silent, principal: SESSION };
    expect(await on('silent', { ...changed, sessionPolicies: [deny] })).toBe('Deny EXPLICIT_DENY session');
    expect(await on('silent', { ...changed, permissionsBoundary: deny })).toBe('Deny EXPLICIT_DENY boundary');
  });

  it('root has full access in its own account; a service needs the resource policy alone', async () => {
    expect(await on('silent', { principal: 'arn:aws:iam::123412341234:root' })).toBe('Allow ALLOWED null');
    expect(await on('silent', { principal: 'arn:aws:iam::999999999999:root' })).toBe('Deny IMPLICIT_DENY resource');
    expect(await on('allow', { principal: 'arn:aws:iam::999999999999:root' })).toBe('Allow ALLOWED null');
    expect(await on('allow', { principal: 'x.amazonaws.com' })).toBe('Allow ALLOWED null');
    expect(await on('silent', { principal: 'x.amazonaws.com' })).toMatch(/^Deny IMPLICIT_DENY/);
  });

  it('a federated session without a session policy has nothing of its own', async () => {
    const principal = 'arn:aws:sts::123412341234:federated-user/bob';
    expect(await on('silent', { principal, identityPolicies: [allow] })).toMatch(/^Deny IMPLICIT_DENY/);
    expect(await on('silent', { principal, identityPolicies: [allow], sessionPolicies: [allow] })).toBe(
      'Allow ALLOWED null',
    );
  });
});
