import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../src/config.js';
import { call, door, problem, problemOf } from './client.js';

const CONSOLE = 'https://console.example.com';
const allowing = () => door({ auth: 'required', corsOrigins: [CONSOLE, 'http://localhost:3000'] }).http;
const asked = 'Access-Control-Request-Method';

describe('pages of other origins', () => {
  it('are told nothing unless they are allowed to', async () => {
    const { http } = door({ auth: 'required' });
    for (const response of [
      await http.get('/v1/endpoints').set('Origin', CONSOLE),
      await http.options('/v1/endpoints').set('Origin', CONSOLE).set(asked, 'GET'),
    ]) {
      expect(Object.keys(response.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
      expect(response.headers).not.toHaveProperty('vary');
    }
  });

  it('read what is answered, also problems, where they are', async () => {
    const { http } = door({ allowOpen: true, corsOrigins: [CONSOLE] });
    for (const path of ['/v1/endpoints', '/v1/endpoints/none', '/openapi.json']) {
      const { headers } = await http.get(path).set('Origin', CONSOLE);
      expect(headers).toMatchObject({ 'access-control-allow-origin': CONSOLE, vary: 'Origin' });
      expect(headers['access-control-expose-headers']).toContain('ETag');
      expect(headers).not.toHaveProperty('access-control-allow-credentials');
    }
    const { headers } = await http.post('/v1/decisions').set('Origin', CONSOLE).send(call).expect(200);
    expect(headers).toMatchObject({ 'access-control-allow-origin': CONSOLE });
  });

  it.each(['https://console.example.com.evil.example', 'http://console.example.com', 'null', '*', ''])(
    'are none of them: %j',
    async (origin) => {
      const { headers } = await allowing().get('/v1/endpoints').set('Origin', origin);
      expect(headers).not.toHaveProperty('access-control-allow-origin');
      expect(headers).toMatchObject({ vary: 'Origin' });
    },
  );

  it('may ask before, without a key, what they may send', async () => {
    const preflight = allowing().options('/v1/policies/endpoint/a').set('Origin', CONSOLE).set(asked, 'PUT');
    const { status, headers } = await preflight;
    expect(status).toBe(204);
    expect(headers).toMatchObject({ 'access-control-allow-origin': CONSOLE, 'access-control-max-age': '600' });
    expect(headers['access-control-allow-methods']).toContain('PUT');
    expect(headers['access-control-allow-headers']).toContain('Authorization');
  });

  it.each(['/forward-auth', '/ext-authz', '/ext-authz/prod/pets', '/forward-auth?x'])(
    'may not ask a gateway\u2019s question: %s',
    async (hook) => {
      for (const auth of ['required', 'none'] as const) {
        const { http } = door({ auth, corsOrigins: [CONSOLE] });
        const { status } = await http.options(hook).set('Origin', CONSOLE).set(asked, 'GET');
        expect([hook, auth, status]).not.toEqual([hook, auth, 204]);
      }
    },
  );

  it.each(['*', 'console.example.com', 'https://console.example.com/', 'https://a.example,', 'ftp://a.example', ''])(
    'are written as browsers do, not as %j',
    (POSTERN_CORS_ORIGINS) => {
      expect(() => readConfig({ POSTERN_CORS_ORIGINS })).toThrow(ConfigError);
    },
  );

  it('may be several', () => {
    const { corsOrigins } = readConfig({ POSTERN_CORS_ORIGINS: `${CONSOLE}, http://localhost:3000` });
    expect(corsOrigins).toEqual([CONSOLE, 'http://localhost:3000']);
  });
});

/** What a page may send without being asked before: a POST without a body, which acts all the same. */
describe('without a key', () => {
  const restore = '/v1/policies/endpoint/a/versions/1/restore';

  it.each([
    ['to whoever reaches it', { allowOpen: true }],
    // A browser adds a client certificate by itself.
    ['to those who have a certificate', { auth: 'required' }],
  ] as const)('a page from elsewhere changes nothing of what is open %s', async (_, settings) => {
    const post = (origin: string, headers = {}) =>
      door(settings)
        .http.post(restore)
        .set({ Host: 'Postern.internal:8080', Origin: origin, ...headers });
    const refused = problem(403, 'origin-not-allowed');
    for (const origin of ['https://evil.example', 'null', 'http://postern.internal', 'http://postern.internal:8081']) {
      expect(problemOf(await post(origin))).toEqual(refused);
      expect(problemOf(await post(origin, { 'Sec-Fetch-Site': 'cross-site' }))).toEqual(refused);
      expect(problemOf(await post(origin, { 'Sec-Fetch-Site': 'same-site' }))).toEqual(refused);
    }
    const own = [
      await post('http://postern.internal:8080'),
      await post('https://behind.a.proxy.example', { 'Sec-Fetch-Site': 'same-origin' }),
    ];
    for (const { body } of own) expect(body.code).not.toBe('origin-not-allowed');
  });

  it('only: who sends a key means it', async () => {
    const { http } = door({ auth: 'required' });
    const { body } = await http.post(restore).set({ Origin: 'https://evil.example', Authorization: 'Bearer wrong' });
    expect(body.code).not.toBe('origin-not-allowed');
  });

  it.each(['https://evil.example', 'null', 'http://localhost.evil.example'])(
    'a page of %s changes nothing',
    async (origin) => {
      const { http, services } = door();
      expect(problemOf(await http.post(restore).set('Origin', origin))).toEqual(problem(403, 'origin-not-allowed'));
      expect(services.calls).toEqual([]);
    },
  );

  it.each(['http://localhost:8080', 'http://127.0.0.1:3000', 'http://[::1]:1'])('a page of %s may', async (origin) => {
    expect((await door().http.post(restore).set('Origin', origin)).status).toBe(404);
  });

  it('a page of the public address, or that is allowed to read answers, may', async () => {
    const { http } = door({ publicUrl: 'https://example.com/postern', corsOrigins: [CONSOLE] });
    for (const origin of ['https://example.com', CONSOLE]) {
      expect((await http.post(restore).set('Origin', origin)).status).toBe(404);
    }
  });
});
