import { createHmac } from 'node:crypto';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AccessTokens } from '../../src/service/access-tokens.js';
import type { Identity } from '../../src/service/credentials.js';
import { digestOf } from '../../src/service/key-text.js';
import { TestIssuer, unsigned } from './issuer.js';

const log = pino({ level: 'silent' });

describe('access tokens', () => {
  let issuer: TestIssuer;
  let tokens: AccessTokens;
  beforeEach(async () => {
    issuer = await TestIssuer.start();
    tokens = new AccessTokens({ issuer: issuer.url, audience: 'postern' }, log);
    await tokens.start();
  });
  afterEach(async () => {
    vi.useRealTimers();
    await issuer.stop();
  });

  const verify = async (secret: string): Promise<Identity | undefined> =>
    tokens.verifier({ secret, digest: digestOf(secret) });
  const rolesOf = async (claims: object) => [...((await verify(await issuer.token({ ...claims })))?.may ?? [])].sort();

  it('say who asks, and what it may do, in `scope` or in `roles`', async () => {
    expect(await verify(await issuer.token())).toEqual({ by: 'oidc:ann', may: new Set(['decide']) });
    expect(await rolesOf({ scope: 'write openid' })).toEqual(['read', 'write']);
    expect(await rolesOf({ scope: undefined, roles: ['read', 'decide', 7, null] })).toEqual(['decide', 'read']);
    expect(await rolesOf({ scope: 'decide', roles: ['read'] })).toEqual(['decide', 'read']);
    expect(await rolesOf({ scope: 'admin' })).toEqual(['admin', 'decide', 'read', 'write']);
    expect(await rolesOf({ scope: 'Admin admins postern:admin', roles: 'admin' })).toEqual([]);
    expect(await rolesOf({ aud: ['other', 'postern'] })).toEqual(['decide']);
  });

  it.each(['RS256', 'PS384', 'ES256', 'EdDSA'])('are taken with %s', async (alg) => {
    await issuer.addKey(alg);
    expect(await verify(await issuer.token())).toMatchObject({ by: 'oidc:ann' });
  });

  it.each(['JWT', 'jwt', 'at+jwt', 'application/at+JWT'])('are taken with the type %s', async (typ) => {
    expect(await verify(await issuer.token({}, { typ }))).toMatchObject({ by: 'oidc:ann' });
  });

  it('are refused where anything is wrong with them', async () => {
    const past = Math.floor(Date.now() / 1000) - 60;
    const good = await issuer.token();
    const [header, claims, signature] = good.split('.') as [string, string, string];
    const forged = Buffer.from(JSON.stringify({ ...JSON.parse(atob(claims)), scope: 'admin' })).toString('base64url');
    const hmac = Buffer.from(JSON.stringify({ alg: 'HS256', kid: 'k1' })).toString('base64url');
    const keys = await (await fetch(`${issuer.url}/keys`)).text();
    const bad: Record<string, string> = {
      'another issuer': await issuer.token({ iss: 'https://elsewhere.example' }),
      'another audience': await issuer.token({ aud: 'other' }),
      'no audience': await issuer.token({ aud: undefined }),
      expired: await issuer.token({ exp: past }),
      'never expires': await issuer.token({ exp: undefined }),
      'not valid yet': await issuer.token({ nbf: past + 3600 }),
      'no subject': await issuer.token({ sub: undefined }),
      'a subject that is a list': await issuer.token({ sub: ['ann'] }),
      'a token for something else': await issuer.token({}, { typ: 'logout+jwt' }),
      'a type that is none': await issuer.token({}, { typ: ['JWT'] }),
      'a subject that no log takes': await issuer.token({ sub: 'ann\nbob' }),
      'alg none': unsigned(good),
      'claims of another': `${header}.${forged}.${signature}`,
      'a broken signature': `${header}.${claims}.${signature.slice(0, -8)}AAAAAAAA`,
      'no signature': `${header}.${claims}.`,
      'an HMAC with what is public': `${hmac}.${claims}.${createHmac('sha256', keys).update(`${hmac}.${claims}`).digest('base64url')}`,
      'two parts': `${header}.${claims}`,
      'no token': 'abc',
    };
    for (const [what, token] of Object.entries(bad)) expect(await verify(token), what).toBeUndefined();
    expect(await verify(good)).toBeDefined();
  });

  it('of another issuer who calls its key the same are refused', async () => {
    const other = await TestIssuer.start();
    expect(await verify(await other.token({ iss: issuer.url }))).toBeUndefined();
    await other.stop();
  });

  it('are verified once, and remembered until they expire', async () => {
    const token = await issuer.token({ exp: Math.floor(Date.now() / 1000) + 2 });
    expect(tokens.verifier({ secret: token, digest: digestOf(token) })).toBeInstanceOf(Promise);
    await verify(token);
    expect(tokens.verifier({ secret: token, digest: digestOf(token) })).toMatchObject({ by: 'oidc:ann' });
    vi.useFakeTimers({ now: Date.now() + 20_000, toFake: ['Date'] });
    await new Promise((resolve) => setTimeout(resolve, 2100));
    expect(await verify(token)).toBeUndefined();
  });

  it('signed with a key that was taken into use just now are taken, whoever asks how often', async () => {
    for (let rotation = 0; rotation < 3; rotation++) {
      await issuer.addKey();
      const all = await Promise.all(
        Array.from({ length: 50 }, async (_, n) => verify(await issuer.token({ sub: `s${n}` }))),
      );
      expect(all.every((identity) => identity !== undefined)).toBe(true);
    }
    // Once at the start, and once for each rotation.
    expect(issuer.asked).toBe(4);
  });

  it('signed with a key that the issuer has dropped are refused, also those that were remembered', async () => {
    const old = await issuer.token();
    expect(await verify(old)).toBeDefined();
    await issuer.addKey();
    issuer.dropOldKeys();
    expect(await verify(await issuer.token())).toBeDefined();
    expect(await verify(old)).toBeUndefined();
  });

  it('with keys that nobody has do not have the issuer asked for each', async () => {
    const other = await TestIssuer.start();
    for (let n = 0; n < 9; n++) await other.addKey('ES256');
    const token = await other.token({ iss: issuer.url });
    const answers = await Promise.all(Array.from({ length: 200 }, () => verify(token)));
    expect(answers.every((identity) => identity === undefined)).toBe(true);
    expect(issuer.asked).toBeLessThanOrEqual(3);
    await other.stop();
  });

  it('with keys that nobody has leave room for others, however many they are', async () => {
    const other = await TestIssuer.start();
    await other.addKey();
    const made = await other.token({ iss: issuer.url });
    await verify(made);
    const asking = Array.from({ length: 300 }, () => verify(made).catch(({ code }) => code));
    expect(await verify(await issuer.token())).toBeDefined();
    const answers = await Promise.all(asking);
    expect(answers.filter((answer) => answer === 'issuer-unavailable')).toHaveLength(100);
    expect(answers.filter((answer) => answer === undefined)).toHaveLength(200);
    await issuer.addKey();
    await issuer.addKey();
    expect(await verify(await issuer.token())).toBeDefined();
    await other.stop();
  });

  it.each([
    ['answers with 503', () => Object.assign(issuer, { status: 503 })],
    ['is not there', () => issuer.stop()],
  ])('while the issuer %s: known keys go on, others are 503', async (_, away) => {
    const [before, unseen] = [await issuer.token(), await issuer.token({ sub: 'bob' })];
    expect(await verify(before)).toBeDefined();
    await issuer.addKey();
    const after = await issuer.token();
    await away();
    expect(await verify(before)).toBeDefined();
    expect(await verify(unseen)).toBeDefined();
    await expect(verify(after)).rejects.toMatchObject({ code: 'issuer-unavailable' });
    // What could not be right anyway needs nobody.
    expect(await verify(await issuer.token({ iss: 'https://elsewhere.example' }))).toBeUndefined();
    issuer.status = 200;
  });

  it('of an issuer that comes back are taken again', async () => {
    await issuer.addKey();
    issuer.status = 500;
    await expect(verify(await issuer.token())).rejects.toMatchObject({ code: 'issuer-unavailable' });
    issuer.status = 200;
    expect(await verify(await issuer.token())).toBeDefined();
  });
});
