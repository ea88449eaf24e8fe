import { describe, expect, it } from 'vitest';
import { problems } from '../../src/http/problem.js';
import { ServiceError } from '../../src/service/errors.js';
import { call, door, problem, problemOf, twoApis } from './client.js';

const PATH = '/v1/policies/endpoint/two-apis';

describe('every answer', () => {
  it('echoes a usable X-Request-ID and makes one otherwise', async () => {
    const { http } = door();
    const idFor = async (id: string) => (await http.get('/livez').set('X-Request-ID', id)).headers['x-request-id'];
    for (const id of ['abc', 'a b "c"', 'x'.repeat(128)]) expect(await idFor(id)).toBe(id);
    for (const id of ['x'.repeat(129), 'caf\u00e9']) expect(await idFor(id)).toMatch(/^[0-9a-f-]{36}$/);
    expect((await http.get('/livez')).headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('carries security headers and does not say what it runs on', async () => {
    const { headers } = await door().http.get('/livez').expect(200);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' });
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers).not.toHaveProperty('strict-transport-security');
    const behindTls = await door({ publicUrl: 'https://example.com/postern' }).http.get('/livez');
    expect(behindTls.headers).toHaveProperty('strict-transport-security');
  });

  it('is JSON with its length', async () => {
    const { http } = door();
    const { headers, text } = await http.put(PATH).send({ document: twoApis, description: 'f\u00fcr alle' });
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(headers['content-length']).toBe(String(Buffer.byteLength(text)));
  });

  it('HEAD answers as GET does, without the body', async () => {
    const { http } = door();
    await http.put(PATH).send({ document: twoApis });
    const got = await http.get(PATH);
    const head = await http.head(PATH).expect(200);
    expect(head.headers['content-length']).toBe(got.headers['content-length']);
    expect(head.headers.etag).toBe(got.headers.etag);
    expect(head.text).toBeUndefined();
    await http.head('/v1/policies/endpoint/other').expect(404);
  });
});

describe('the host rule', () => {
  const ask = (host: string, changed = {}) => door(changed).http.get('/livez').set('Host', host);

  it.each([
    'localhost',
    'localhost:8080',
    'LOCALHOST',
    'api.localhost:1',
    '127.0.0.1:8080',
    '127.9.8.7',
    '[::1]',
    '[::1]:8080',
  ])('answers %s', async (host) => {
    await ask(host).expect(200);
  });

  it.each([
    'example.com',
    'localhost.example.com',
    'notlocalhost',
    '127.0.0.1.example.com',
    '127.1',
    '10.0.0.1',
    '[::2]:8080',
    '0.0.0.0',
    'localhost:80:80',
    '',
  ])('refuses %j', async (host) => {
    expect(problemOf(await ask(host))).toEqual(problem(403, 'host-not-allowed'));
  });

  it('goes with authentication, or when the operator says so', async () => {
    await ask('example.com', { auth: 'required' }).expect(200);
    await ask('example.com', { allowOpen: true }).expect(200);
  });
});

describe('what is not there', () => {
  it.each(['/', '/v1', '/v1/nothing', '/v1/decisions/', '/V1/decisions', '/v1/policies', '/livez/x', '/favicon.ico'])(
    '404 for %s',
    async (path) => {
      expect(problemOf(await door().http.get(path))).toEqual(problem(404, 'not-found'));
    },
  );

  it.each([
    ['get', '/v1/decisions', 'POST, OPTIONS'],
    ['post', PATH, 'PUT, GET, DELETE, HEAD, OPTIONS'],
    ['patch', '/v1/endpoints/vpce-1', 'PUT, GET, DELETE, HEAD, OPTIONS'],
    ['put', '/v1/policies/endpoint/two-apis/versions', 'GET, HEAD, OPTIONS'],
    ['delete', '/openapi.json', 'GET, HEAD, OPTIONS'],
    ['post', '/docs/', 'GET, HEAD, OPTIONS'],
  ] as const)('405 for %s %s', async (method, path, allow) => {
    const response = await door().http[method](path);
    expect(problemOf(response)).toEqual(problem(405, 'method-not-allowed'));
    expect(response.headers.allow?.split(', ').sort()).toEqual(allow.split(', ').sort());
  });

  it('OPTIONS says what is allowed', async () => {
    const { headers } = await door().http.options('/v1/decisions').expect(204);
    expect(headers.allow).toBe('POST, OPTIONS');
    await door().http.options('/nowhere').expect(404);
  });

  it.each(['/%', '/%zz', '/v1/policies/endpoint/%ff', '/v1/policies/%c0%af/x'])('400 for the path %s', async (path) => {
    expect(problemOf(await door().http.get(path))).toEqual(problem(400, 'malformed-request'));
  });
});

describe('parameters', () => {
  const faultsOf = async (path: string) => problemOf(await door().http.get(path));
  const malformed = (...codes: string[]) => problem(400, 'malformed-request', ...codes.map((code) => ` ${code}`));

  it.each([
    ['/v1/policies/widget', ['not-allowed-value']],
    ['/v1/policies/endpoint/-x', ['malformed']],
    ['/v1/policies/endpoint/a%2Fb', ['malformed']],
    [`/v1/policies/endpoint/${'x'.repeat(129)}`, ['malformed']],
    ['/v1/policies/widget/-x/versions/0', ['not-allowed-value', 'malformed', 'out-of-range']],
    ['/v1/policies/endpoint/x/versions/1.5', ['wrong-type']],
    ['/v1/policies/endpoint/x/versions/1e1', ['wrong-type']],
    ['/v1/policies/endpoint/x/versions/99999999999999999999', ['wrong-type']],
    ['/v1/policies/endpoint?limit=0', ['out-of-range']],
    ['/v1/policies/endpoint?limit=1001', ['out-of-range']],
    ['/v1/policies/endpoint?limit=', ['wrong-type']],
    ['/v1/policies/endpoint?limit=%201', ['wrong-type']],
    ['/v1/policies/endpoint?limit=0x10', ['wrong-type']],
    ['/v1/policies/endpoint?limit=1&limit=1', ['repeated-parameter']],
    ['/v1/policies/endpoint?Limit=1', ['unknown-parameter']],
    ['/v1/policies/endpoint?__proto__=1', ['unknown-parameter']],
    ['/v1/policies/endpoint?a=1&b=2&limit=x', ['unknown-parameter', 'unknown-parameter', 'wrong-type']],
    ['/v1/policies/endpoint?prefix=%ff', ['malformed']],
    ['/livez?verbose', ['unknown-parameter']],
    ['/v1/endpoints/a_b', ['malformed']],
    ['/v1/apis/a-b', ['malformed']],
  ])('400 for %s', async (path, codes) => {
    expect(await faultsOf(path)).toEqual(malformed(...codes));
  });

  it('are named in the text, for a pointer leads into the body', async () => {
    const { body } = await door().http.get('/v1/policies/endpoint?limit=0');
    expect(body.errors).toEqual([
      { pointer: '', code: 'out-of-range', detail: '`limit` in the query must be at least 1' },
    ]);
  });

  it('arrive as what they are, with defaults', async () => {
    const { http, services } = door();
    await http.get('/v1/policies/endpoint').expect(200);
    await http.get('/v1/policies/endpoint?limit=1000&prefix=a%2Bb+c&cursor=x').expect(200);
    await http.get('/v1/policies/endpoint?').expect(200);
    expect(services.calls.map(({ args }) => args[1])).toEqual([
      { limit: 100 },
      { limit: 1000, prefix: 'a+b c', cursor: 'x' },
      { limit: 100 },
    ]);
  });
});

describe('Postern-Min-Revision', () => {
  it('waits for that state', async () => {
    const { http } = door();
    const { headers } = await http.put(PATH).send({ document: twoApis });
    const revision = String(headers['postern-revision']);
    await http.get(PATH).set('Postern-Min-Revision', revision).expect(200);
    await http.get(PATH).set('Postern-Min-Revision', '0').expect(200);
    const later = await http.get(PATH).set('Postern-Min-Revision', '2');
    expect(problemOf(later)).toEqual(problem(503, 'revision-not-reached'));
    expect(later.headers['retry-after']).toBe('1');
  });

  it.each(['', 'x', '-1', '1.0', '1e3', '9007199254740992', '1, 2'])('400 for %j', async (header) => {
    const response = await door().http.post('/v1/decisions').set('Postern-Min-Revision', header).send(call);
    expect(problemOf(response)).toEqual(problem(400, 'malformed-request', ' malformed-header'));
  });

  it('is of no concern outside /v1', async () => {
    await door().http.get('/livez').set('Postern-Min-Revision', 'x').expect(200);
  });
});

describe('problems', () => {
  it('have the members of RFC 9457 and ours', async () => {
    const { http, services } = door();
    services.fail(
      new ServiceError('policy-attached', 'attached to vpce-1', [{ pointer: '/x', code: 'y', detail: 'z' }]),
    );
    const response = await http.put(PATH).send({ document: twoApis }).expect(409);
    expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(response.body).toEqual({
      type: 'urn:postern:problem:policy-attached',
      title: 'The policy is attached',
      status: 409,
      detail: 'attached to vpce-1',
      code: 'policy-attached',
      errors: [{ pointer: '/x', code: 'y', detail: 'z' }],
    });
  });

  it.each(Object.entries(problems))('%s has a status that fits', async (code, { status }) => {
    const { http, services } = door();
    if (['host-not-allowed', 'method-not-allowed', 'not-ready', 'internal-error'].includes(code)) return;
    services.fail(new ServiceError(code as ServiceError['code'], 'because'));
    expect(problemOf(await http.put(PATH).send({ document: twoApis }))).toEqual(problem(status, code));
  });

  it('an unexpected error is a 500 that names an id found in the log, and nothing else', async () => {
    const { http, services, log } = door();
    const bug = new TypeError('secret of the house');
    services.fail(bug);
    const response = await http.post('/v1/decisions').set('X-Request-ID', 'my-id').send(call);
    expect(problemOf(response)).toEqual(problem(500, 'internal-error'));
    expect(response.text).toContain('my-id');
    expect(response.text).not.toContain('secret');
    expect(log).toEqual([{ context: { err: bug, requestId: 'my-id' }, message: 'unexpected error' }]);
  });

  it('an expected error is not logged', async () => {
    const { http, log } = door();
    await http.get('/v1/policies/endpoint/none').expect(404);
    await http.put(PATH).send({}).expect(400);
    expect(log).toEqual([]);
  });
});

describe('probes', () => {
  it('are alive and ready', async () => {
    const { http } = door();
    expect((await http.get('/livez').expect(200)).body).toEqual({ live: true });
    expect((await http.get('/readyz').expect(200)).body).toEqual({ ready: true, revision: 0, revisionAge: 0.5 });
  });

  it('say why not', async () => {
    const { http, services } = door();
    services.notReady('the process is about to end');
    const response = await http.get('/readyz');
    expect(problemOf(response)).toEqual(problem(503, 'not-ready', ' draining'));
    expect(response.body).toMatchObject({ ready: false, revision: 0, revisionAge: 0.5 });
    await http.get('/livez').expect(200);
  });
});

describe('docs', () => {
  it('are a page that loads nothing from elsewhere', async () => {
    const { http } = door();
    expect((await http.get('/docs').expect(301)).headers.location).toBe('docs/');
    const page = await http.get('/docs/').expect(200);
    const init = await http.get('/docs/swagger-ui-init.js').expect(200);
    for (const text of [page.text, init.text]) expect(text).not.toMatch(/https?:\/\/|["'(]\/\/\w/);
    const assets = [...page.text.matchAll(/(?:src|href)="(\.\/[^"]+)"/g)].map(([, asset]) => asset);
    expect(assets.length).toBeGreaterThan(4);
    for (const asset of assets) await http.get(`/docs/${asset}`).expect(200);
    expect(init.text).toContain('"../openapi.json"');
  });

  it.each([
    ['Range', 'bytes=99999999-', 200],
    ['Range', 'bytes=0-9', 200],
    ['If-Match', '"x"', 412],
    ['If-Match', '*', 200],
    ['If-Unmodified-Since', 'Mon, 01 Jan 1990 00:00:00 GMT', 412],
  ])('answer %s: %s as HTTP has it: %i', async (name, value, status) => {
    const { http } = door();
    for (const path of ['/docs/swagger-ui.css', '/docs/index.css']) {
      const whole = await http.get(path).expect(200);
      expect(whole.headers).not.toHaveProperty('accept-ranges');
      const answer = await http.get(path).set(name, value).expect(status);
      if (status === 200) expect(answer.text).toBe(whole.text);
      else expect(problemOf(answer)).toEqual(problem(412, 'precondition-failed'));
    }
  });

  it('have a description that is sent with its length, like every answer', async () => {
    const { http } = door();
    const { headers, text } = await http.get('/openapi.json').expect(200);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(headers['content-length']).toBe(String(Buffer.byteLength(text)));
    const head = await http.head('/openapi.json').expect(200);
    expect([head.headers['content-length'], head.text]).toEqual([headers['content-length'], undefined]);
  });

  it('say where the service is, if the operator does', async () => {
    expect((await door().http.get('/openapi.json').expect(200)).body.servers).toEqual([{ url: '/' }]);
    const { http } = door({ publicUrl: 'https://example.com/postern/' });
    expect((await http.get('/openapi.json')).body.servers).toEqual([{ url: 'https://example.com/postern' }]);
    const created = await http.put(PATH).set('Host', 'localhost').send({ document: twoApis }).expect(201);
    expect(created.headers.location).toBe(`/postern${PATH}`);
  });
});
