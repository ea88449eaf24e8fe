import { readFileSync } from 'node:fs';
import type { Test } from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isHook } from '../../src/http/hook-paths.js';
import { formAt } from '../../src/http/problem-forms.js';
import { TestIssuer, unsigned } from '../service/issuer.js';
import { allowAll, api, endpoint, stored } from './postern.js';
import { answerOf, type Secured, secured } from './secured.js';

interface Operation {
  readonly security?: readonly { readonly key?: readonly string[] }[];
  readonly requestBody?: {
    readonly content: Readonly<
      Record<
        string,
        { readonly example?: unknown; readonly examples?: Readonly<Record<string, { readonly value: unknown }>> }
      >
    >;
  };
  readonly parameters?: readonly { readonly in?: string; readonly name: string; readonly example?: unknown }[];
}

const spec = JSON.parse(readFileSync(new URL('../../openapi/openapi.json', import.meta.url), 'utf8'));
const operations = Object.entries<Record<string, Operation>>(spec.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({
    path,
    method,
    operation,
    role: operation.security?.[0]?.key?.[0],
    name: `${method} ${path}`,
  })),
);
const closed = operations.filter(({ role }) => role !== undefined);
/** Hooks take their key from another header, and have a test of their own: hooks-auth.test.ts. */
const asked = closed.filter(({ path }) => !isHook(path));
/** AuthZEN tells a sentence, and no code. */
const codeAt = (path: string, code: string) => (formAt(path) === undefined ? code : undefined);

/** docs/security.md, "Roles". */
const INCLUDES: Readonly<Record<string, readonly string[]>> = {
  decide: ['decide'],
  read: ['read'],
  write: ['write', 'read'],
  admin: ['decide', 'read', 'write', 'admin'],
};

let served: Secured;
let issuer: TestIssuer;
let other: TestIssuer;
const keys: Record<string, string> = {};
let bad: Readonly<Record<string, string>>;

beforeAll(async () => {
  [issuer, other] = [await TestIssuer.start(), await TestIssuer.start()];
  served = await secured({ POSTERN_OIDC_ISSUER: issuer.url, POSTERN_OIDC_AUDIENCE: 'postern' });
  for (const role of Object.keys(INCLUDES)) keys[role] = await served.makeKey(role, { roles: [role] });
  await stored(served, 'policies/endpoint/two-apis', { document: allowAll });
  await stored(served, 'policies/resource/orders', { document: allowAll });
  await stored(served, 'endpoints/vpce-1a2b3c4d', endpoint());
  await stored(served, 'apis/a1b2c3d4e5', api());
  bad = await badCredentials();
});
afterAll(async () => {
  await Promise.all([issuer.stop(), other.stop()]);
});

/** The operation as its example says, or of something that is not there. */
function request({ path, method, operation }: (typeof operations)[number], isThere = true): Test {
  const url = (operation.parameters ?? []).reduce(
    (at, { in: where, name, example }) =>
      where !== 'path'
        ? at
        : at.replace(`{${name}}`, name === 'version' || name === 'kind' || isThere ? String(example) : 'absent'),
    path,
  );
  const sent = served.http[method as 'get' | 'put' | 'post' | 'delete'](url);
  const content = Object.values(operation.requestBody?.content ?? {})[0];
  const body = content?.example ?? Object.values(content?.examples ?? {})[0]?.value;
  return body === undefined ? sent : sent.send(body as object);
}

/** What does not say who asks, or does not any more. */
async function badCredentials(): Promise<Record<string, string>> {
  const good = await issuer.token({ scope: 'admin' });
  const past = Math.floor(Date.now() / 1000) - 3600;
  const revoked = await served.makeKey('revoked', { roles: ['admin'] });
  await served.as(keys.admin, served.http.delete('/v1/keys/revoked')).expect(204);
  const expired = await served.makeKey('expired', {
    roles: ['admin'],
    expiresAt: new Date(Date.now() + 1000).toISOString(),
  });
  await new Promise((resolve) => setTimeout(resolve, 1050));
  const admin = keys.admin!;
  return {
    'a revoked key': `Bearer ${revoked}`,
    'an expired key': `Bearer ${expired}`,
    'a key with a typing error': `Bearer ${admin.slice(0, -1)}${admin.endsWith('x') ? 'y' : 'x'}`,
    'a key that nobody made': `Bearer postern_${'0'.repeat(49)}`,
    'half a key': `Bearer ${admin.slice(0, 30)}`,
    'two keys': `Bearer ${admin} ${admin}`,
    'a key without a scheme': admin,
    'a key in another scheme': `Basic ${btoa(`admin:${admin}`)}`,
    'an empty header': '',
    'a name of a key': 'Bearer admin',
    'a hash': `Bearer ${'0'.repeat(64)}`,
    'a name of Object': 'Bearer __proto__',
    'a token of another issuer': `Bearer ${await other.token({ scope: 'admin' })}`,
    'a token of another issuer that names ours': `Bearer ${await other.token({ scope: 'admin', iss: issuer.url })}`,
    'a token for somebody else': `Bearer ${await issuer.token({ scope: 'admin', aud: 'other' })}`,
    'a token that nobody signed': `Bearer ${unsigned(good)}`,
    'an expired token': `Bearer ${await issuer.token({ scope: 'admin', exp: past })}`,
  };
}

describe('every operation', () => {
  it('states the role that it takes; what takes none is on this list', () => {
    const open = operations.filter(({ role }) => role === undefined).map(({ path }) => path);
    expect([...new Set(open)].sort()).toEqual(['/.well-known/authzen-configuration', '/livez', '/readyz']);
    for (const { role, name, operation } of closed) {
      expect(Object.keys(INCLUDES), name).toContain(role);
      expect(operation.security, name).toEqual([{ key: [role] }]);
    }
    expect(spec.components.securitySchemes).toEqual({
      key: expect.objectContaining({ type: 'http', scheme: 'bearer' }),
    });
  });

  it('takes the role of the contract', () => {
    const roleOf = (name: string) => closed.find((each) => each.name === name)?.role;
    expect(roleOf('post /v1/decisions')).toBe('decide');
    expect(roleOf('post /v1/decisions/batch')).toBe('decide');
    for (const { name, method, path, role } of closed) {
      if (/^.v1.(import|keys|audit)/.test(path)) expect(role, name).toBe('admin');
      else if (/^.v1.decisions(.batch)?$/.test(path)) expect(role, name).toBe('decide');
      else if (method === 'put' || method === 'delete' || path.endsWith('/restore')) expect(role, name).toBe('write');
      else if (path.startsWith('/v1/')) expect(role, name).toBe('read');
    }
  });

  it('is closed to whoever does not say who asks, and says how to', async () => {
    for (const each of asked) {
      const answer = await request(each);
      expect([each.name, answer.status, answer.body.code]).toEqual([
        each.name,
        401,
        codeAt(each.path, 'unauthenticated'),
      ]);
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="postern"');
      expect(answer.headers['postern-revision']).toBeUndefined();
    }
  });

  it('is closed to whoever has not the role, and says which', async () => {
    let refused = 0;
    for (const each of asked) {
      for (const [held, included] of Object.entries(INCLUDES)) {
        if (included.includes(each.role!)) continue;
        const answer = await served.as(keys[held], request(each));
        expect([each.name, held, answer.status, answer.body.code]).toEqual([
          each.name,
          held,
          403,
          codeAt(each.path, 'forbidden'),
        ]);
        expect(answer.headers['www-authenticate']).toContain(`scope="${each.role}"`);
        refused++;
      }
      const without = await served.as(await issuer.token({ scope: 'openid' }), request(each));
      expect([each.name, without.status]).toEqual([each.name, 403]);
    }
    expect(refused).toBeGreaterThan(asked.length);
  });

  it('is open to whoever has it, by key or by token', async () => {
    for (const each of asked) {
      for (const [held, included] of Object.entries(INCLUDES)) {
        if (!included.includes(each.role!)) continue;
        // What it answers is not asked here: a record may be there or not, but it was let in.
        const answer = await served.as(keys[held], request(each));
        expect([401, 403, 429, 500], `${each.name} with ${held}: ${answer.status}`).not.toContain(answer.status);
      }
      const token = await issuer.token({ scope: `openid ${each.role}` });
      expect([401, 403, 429, 500]).not.toContain((await served.as(token, request(each))).status);
    }
    expect(served.logged).toEqual([]);
  });
});

describe('what is refused', () => {
  it('is refused with what is not valid, whatever it is', async () => {
    for (const [what, authorization] of Object.entries(bad)) {
      for (const each of asked) {
        const answer = await request(each).set('Authorization', authorization);
        expect([401, 429], `${each.name} with ${what}: ${answer.status}`).toContain(answer.status);
        const codes = ['invalid-credentials', 'unauthenticated', 'too-many-failures'];
        expect(codes.map((code) => codeAt(each.path, code))).toContain(answer.body.code);
      }
    }
  });

  it('is answered alike whether it is there or not, down to the last byte', async () => {
    for (const each of asked) {
      if (!each.path.includes('{')) continue;
      for (const role of Object.keys(INCLUDES)) {
        if (INCLUDES[role]!.includes(each.role!)) continue;
        const [there, absent] = [
          await served.as(keys[role], request(each)),
          await served.as(keys[role], request(each, false)),
        ];
        expect(answerOf(there), each.name).toEqual(answerOf(absent));
      }
      for (const authorization of [undefined, bad['a revoked key'], bad['a token that nobody signed']]) {
        const send = (isThere: boolean) =>
          authorization === undefined
            ? request(each, isThere)
            : request(each, isThere).set('Authorization', authorization);
        expect(answerOf(await send(true)), each.name).toEqual(answerOf(await send(false)));
      }
    }
  });

  it('is refused before it is looked at: a malformed request is a 401 or 403 too', async () => {
    const { http, as } = served;
    const malformed = (test: Test) => test.set('Content-Type', 'text/plain').send('{');
    expect((await malformed(http.put('/v1/policies/nonsense/!!?x=1'))).status).toBe(401);
    expect((await malformed(as(keys.decide, http.put('/v1/policies/endpoint/!!?x=1')))).status).toBe(403);
    expect((await http.get('/v1/policies/endpoint').set('Postern-Min-Revision', '999999')).status).toBe(401);
    expect((await http.get('/v1/nothing/here')).status).toBe(401);
    expect((await http.patch('/v1/policies/endpoint/two-apis')).status).toBe(401);
    expect((await as(keys.decide, http.get('/v1/nothing/here'))).status).toBe(404);
  });
});

it('probes and documents are open, also to whoever has a wrong key', async () => {
  for (const path of [
    '/livez',
    '/readyz',
    '/readyz?verbose',
    '/openapi.json',
    '/docs',
    '/docs/',
    '/docs/swagger-ui.css',
  ]) {
    for (const authorization of [undefined, 'Bearer wrong', 'nonsense']) {
      const sent = served.http.get(path);
      const answer = await (authorization === undefined ? sent : sent.set('Authorization', authorization));
      expect([200, 301, 400], `${path} ${answer.status}`).toContain(answer.status);
    }
  }
  for (const path of [
    '/docs/../v1/policies/endpoint',
    '//v1/policies/endpoint',
    '/v1/./policies/endpoint',
    '/livez/../v1/keys',
    '/V1/keys',
    '/livez/',
    '/readyz/x',
  ]) {
    const answer = await served.http.get(path);
    expect([401, 404], `${path} ${answer.status}`).toContain(answer.status);
  }
});
