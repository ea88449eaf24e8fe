import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type Postern, policy, postern, ready, statement, stored, USER } from './postern.js';

type Headers = Readonly<Record<string, string>>;

const known: Headers = { 'X-Postern-Api': 'a1b2c3d4e5', 'X-Postern-Endpoint': 'vpce-1a2b3c4d' };

/** The same request in each dialect: `GET /prod/pets?x=1`, by nobody, from nowhere. */
const dialects: Readonly<
  Record<string, (verb: string, target: string) => { verb: string; url: string; headers: Headers }>
> = {
  nginx: (verb, target) => ({
    verb: 'GET',
    url: '/forward-auth',
    headers: { 'X-Original-Method': verb, 'X-Original-URI': target },
  }),
  'ingress-nginx': (verb, target) => ({
    verb: 'GET',
    url: '/forward-auth',
    headers: { 'X-Original-Method': verb, 'X-Original-URL': `https://pets.example.com${target}` },
  }),
  'Traefik and Caddy': (verb, target) => ({
    verb: 'GET',
    url: '/forward-auth',
    headers: { 'X-Forwarded-Method': verb, 'X-Forwarded-Uri': target },
  }),
  Envoy: (verb, target) => ({ verb, url: `/ext-authz${target}`, headers: {} }),
};

async function ask(
  { http }: Pick<Postern, 'http'>,
  { verb, url, headers }: { verb: string; url: string; headers: Headers },
  more: Headers = known,
) {
  return http[verb.toLowerCase() as 'get'](url).set({ ...headers, ...more });
}

const reasonOf = ({ status, headers }: { status: number; headers: Headers }) =>
  `${status} ${headers['postern-reason']}`;

const only = (Resource: string, Condition?: object) =>
  policy(statement({ Resource, ...(Condition ? { Condition } : {}) }));

/** The API's policy is this one. */
async function guarded(document: object, api: object = {}): Promise<Postern> {
  const served = await ready(api);
  await stored(served, 'policies/resource/open', { document });
  return served;
}

describe.each(Object.entries(dialects))('%s', (_name, request) => {
  it.each([
    ['GET', '/prod/pets', '200 ALLOWED'],
    ['GET', '/prod/pets?x=1&y=/../..', '200 ALLOWED'],
    ['GET', '/prod/dogs', '403 IMPLICIT_DENY'],
    ['DELETE', '/prod/pets', '403 IMPLICIT_DENY'],
    ['OPTIONS', '/prod/pets', '403 IMPLICIT_DENY'],
    ['GET', '/test/pets', '403 IMPLICIT_DENY'],
    ['GET', '/prod', '403 IMPLICIT_DENY'],
    ['GET', '/prod/', '403 IMPLICIT_DENY'],
    ['GET', '//pets', '403 INVALID_REQUEST'],
    ['GET', '/', '403 INVALID_REQUEST'],
  ])('%s %s: %s', async (verb, target, expected) => {
    const served = await guarded(only('execute-api:/prod/GET/pets'));
    expect(reasonOf(await ask(served, request(verb, target)))).toBe(expected);
  });

  it('is judged as it came, with no other reading of the path', async () => {
    const served = await guarded(only('execute-api:/prod/GET/a%20b//C/*'));
    const at = async (target: string) => (await ask(served, request('GET', target))).status;
    expect(await at('/prod/a%20b//C/%zz;x=1')).toBe(200);
    expect([
      await at('/prod/a b//C/'.replace(' ', '+')),
      await at('/prod/a%20b/C/'),
      await at('/prod/a%20b//c/'),
    ]).toEqual([...[403, 403, 403]]);
  });

  it.each([
    '/prod/x/../pets',
    '/prod/./pets',
    '/prod/..',
    '/prod/%2e%2E/pets',
    '/prod/x%2f..%2Fpets',
    '/prod/..;a/pets',
    '/prod/x%5c..%5Cpets',
  ])('a path that could be read as another one is refused: %s', async (target) => {
    const served = await guarded(only('*'));
    expect(reasonOf(await ask(served, request('GET', target)))).toBe('403 INVALID_REQUEST');
    expect((await ask(served, request('GET', '/prod/...'))).status).toBe(200);
    expect((await ask(served, request('GET', '/prod/..a/.b'))).status).toBe(200);
  });

  it('tells the decision, its id, and why', async () => {
    const served = await guarded(only('execute-api:/prod/GET/pets'));
    const allowed = await ask(served, request('GET', '/prod/pets'));
    expect(allowed.text || '').toBe('');
    expect(allowed.headers['postern-decision-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(allowed.headers).not.toHaveProperty('postern-message');
    const denied = await ask(served, request('GET', '/prod/caf%C3%A9'));
    const message =
      'User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:********1234:a1b2c3d4e5/prod/GET/caf%C3%A9';
    expect(denied.body.message).toContain(message);
    expect(denied.headers['postern-message']).toContain(message);
    expect(denied.headers['cache-control']).toBe('no-store');
    expect(denied.headers['postern-decision-id']).not.toBe(allowed.headers['postern-decision-id']);
  });

  it('takes the principal from the gateway, and what that knows of its policies', async () => {
    const served = await guarded(policy(statement({ Principal: { AWS: USER } })), { authorizationType: 'AWS_IAM' });
    const get = request('GET', '/prod/pets');
    expect(reasonOf(await ask(served, get))).toBe('403 NOT_AUTHENTICATED');
    expect(reasonOf(await ask(served, get, { ...known, 'X-Postern-Principal': USER }))).toBe('200 ALLOWED');
    const body = { document: policy({ Effect: 'Deny', Action: '*', Resource: '*' }) };
    await stored(served, 'policies/identity/nothing', body);
    const told = { ...known, 'X-Postern-Principal': USER, 'X-Postern-Identity-Policies': 'nothing@1, nothing' };
    expect(reasonOf(await ask(served, get, told))).toBe('403 EXPLICIT_DENY');
    const forgotten = { ...known, 'X-Postern-Principal': USER, 'X-Postern-Permissions-Boundary': 'none' };
    expect(reasonOf(await ask(served, get, forgotten))).toBe('403 INVALID_REQUEST');
    expect(reasonOf(await ask(served, get, { ...known, 'X-Postern-Principal': 'alice' }))).toBe('403 INVALID_REQUEST');
    expect(reasonOf(await ask(served, get, { ...known, 'X-Postern-Principal': `${USER}, ${USER}` }))).toBe(
      '403 INVALID_REQUEST',
    );
  });

  it('takes what an authorizer said, and no other word for it', async () => {
    const served = await guarded(only('*'), { authorizationType: 'COGNITO_USER_POOLS' });
    const get = request('GET', '/prod/pets');
    const said = async (result: string) =>
      reasonOf(await ask(served, get, { ...known, ...(result && { 'X-Postern-Authorizer-Result': result }) }));
    expect(await said('')).toBe('403 NOT_AUTHENTICATED');
    expect(await said('Authenticated')).toBe('200 ALLOWED');
    expect(await said('Unauthenticated')).toBe('403 NOT_AUTHENTICATED');
    expect(await said('Yes')).toBe('403 INVALID_REQUEST');
  });

  it('the source address, user agent and referer are condition keys', async () => {
    const served = await guarded(
      only('*', {
        IpAddress: { 'aws:VpcSourceIp': '10.0.0.0/8' },
        StringEquals: { 'aws:UserAgent': 'x/1', 'aws:Referer': 'y' },
      }),
    );
    const get = request('GET', '/prod/pets');
    const from = async (more: Headers) => reasonOf(await ask(served, get, { ...known, ...more }));
    const browser = { 'User-Agent': 'x/1', Referer: 'y' };
    expect(await from({ ...browser, 'X-Postern-Source-Ip': '10.1.2.3' })).toBe('200 ALLOWED');
    expect(await from({ ...browser, 'X-Postern-Source-Ip': '192.0.2.1' })).toBe('403 IMPLICIT_DENY');
    expect(await from({ ...browser, 'X-Postern-Source-Ip': '10.1.2.3, 10.1.2.3' })).toBe('403 INVALID_REQUEST');
    expect(await from(browser)).toBe('403 IMPLICIT_DENY');
    expect(await from({ 'X-Postern-Source-Ip': '10.1.2.3' })).toBe('403 IMPLICIT_DENY');
  });

  it('has one stage where the gateway says which', async () => {
    const served = await guarded(only('execute-api:/prod/GET/prod/pets'));
    const staged = { ...known, 'X-Postern-Stage': 'prod' };
    expect((await ask(served, request('GET', '/prod/pets'), staged)).status).toBe(200);
    expect((await ask(served, request('GET', '/prod/pets'))).status).toBe(403);
    expect(reasonOf(await ask(served, request('GET', '/pets'), { ...known, 'X-Postern-Stage': 'a/b' }))).toBe(
      '403 INVALID_REQUEST',
    );
  });

  it.each([
    ['nothing', {}, '403 INVALID_REQUEST'],
    ['no endpoint', { 'X-Postern-Api': 'a1b2c3d4e5' }, '403 INVALID_REQUEST'],
    ['no API', { 'X-Postern-Endpoint': 'vpce-1a2b3c4d' }, '403 INVALID_REQUEST'],
    ['an unknown endpoint', { ...known, 'X-Postern-Endpoint': 'vpce-0' }, '403 UNKNOWN_ENDPOINT'],
    ['an unknown API', { ...known, 'X-Postern-Api': 'zzz' }, '403 UNKNOWN_API'],
    ['no API id', { ...known, 'X-Postern-Api': 'a1b2c3d4e5/prod/GET/x' }, '403 INVALID_REQUEST'],
    ['two API ids', { ...known, 'X-Postern-Api': 'a1b2c3d4e5, zzz' }, '403 INVALID_REQUEST'],
    ['another API in the header of AWS', { ...known, 'x-apigw-api-id': 'zzz' }, '403 INVALID_REQUEST'],
    [
      'the API in the header of AWS',
      { 'X-Postern-Endpoint': 'vpce-1a2b3c4d', 'x-apigw-api-id': 'a1b2c3d4e5' },
      '200 ALLOWED',
    ],
  ])('with %s said: %j', async (_, said, expected) => {
    expect(reasonOf(await ask(await guarded(only('*')), request('GET', '/prod/pets'), said))).toBe(expected);
  });
});

describe('the host', () => {
  const hosts = {
    'Traefik and Caddy': (host: string): Headers => ({
      'X-Forwarded-Method': 'GET',
      'X-Forwarded-Uri': '/prod/pets',
      'X-Forwarded-Host': host,
    }),
    'ingress-nginx': (host: string): Headers => ({
      'X-Original-Method': 'GET',
      'X-Original-URL': `https://${host}/prod/pets`,
    }),
  };

  it.each(
    Object.entries(hosts).flatMap(([name, headers]) => [
      [name, headers, 'a1b2c3d4e5-vpce-1a2b3c4d.execute-api.us-east-1.amazonaws.com', {}, '200 ALLOWED'] as const,
      [name, headers, 'A1B2C3D4E5-VPCE-1a2b3c4d.execute-api.us-east-1.amazonaws.com:443', {}, '200 ALLOWED'] as const,
      [name, headers, 'a1b2c3d4e5-vpce-1a2b3c4d.execute-api.eu-west-1.amazonaws.com', {}, '403 UNKNOWN_API'] as const,
      [name, headers, 'zzz-vpce-1a2b3c4d.execute-api.us-east-1.amazonaws.com', {}, '403 UNKNOWN_API'] as const,
      [name, headers, 'a1b2c3d4e5.execute-api.us-east-1.amazonaws.com', {}, '403 INVALID_REQUEST'] as const,
      [
        ...[name, headers, 'a1b2c3d4e5.execute-api.us-east-1.amazonaws.com'],
        ...[{ 'X-Postern-Endpoint': 'vpce-1a2b3c4d' }, '200 ALLOWED'],
      ] as const,
      [
        ...[name, headers, 'a1b2c3d4e5-vpce-2b.execute-api.us-east-1.amazonaws.com'],
        ...[{ 'X-Postern-Endpoint': 'vpce-1a2b3c4d' }, '403 INVALID_REQUEST'],
      ] as const,
      [name, headers, 'zzz.execute-api.us-east-1.amazonaws.com', known, '403 INVALID_REQUEST'] as const,
      [
        ...[name, headers, 'vpce-1a2b3c4d-5e6f.execute-api.us-east-1.vpce.amazonaws.com'],
        ...[{ 'x-apigw-api-id': 'a1b2c3d4e5' }, '200 ALLOWED'],
      ] as const,
      [
        name,
        headers,
        'vpce-1a2b3c4d-5e6f.execute-api.us-east-1.vpce.amazonaws.com',
        {},
        '403 INVALID_REQUEST',
      ] as const,
      [name, headers, 'pets.example.com', {}, '403 INVALID_REQUEST'] as const,
      [name, headers, 'a1b2c3d4e5.execute-api.us-east-1.amazonaws.com.example.com', {}, '403 INVALID_REQUEST'] as const,
    ]),
  )('%s %o %s with %j: %s', async (_, headers, host, more, expected) => {
    const served = await guarded(only('*'));
    const request = {
      verb: 'GET',
      url: '/forward-auth',
      headers: (headers as (host: string) => Headers)(String(host)),
    };
    expect(reasonOf(await ask(served, request, more as Headers))).toBe(expected);
  });

  it('is that of the request itself with Envoy, where something else than the host says who may ask', async () => {
    const served = await postern({ POSTERN_ALLOW_OPEN: 'true' });
    await stored(served, 'endpoints/vpce-1a2b3c4d', { vpcId: 'vpc-1', policy: null });
    await stored(served, 'policies/resource/open', { document: only('*') });
    await stored(served, 'apis/a1b2c3d4e5', { accountId: '123412341234', region: 'us-east-1', policy: 'open' });
    const Host = 'a1b2c3d4e5-vpce-1a2b3c4d.execute-api.us-east-1.amazonaws.com';
    expect((await served.http.get('/ext-authz/prod/pets').set({ Host })).status).toBe(200);
    expect((await served.http.get('/ext-authz/prod/pets').set({ Host: 'x.example.com' })).status).toBe(403);
  });
});

describe('the source address', () => {
  const forwarded = dialects['Traefik and Caddy']!('GET', '/prod/pets');
  it.each([
    ['10.1.2.3', '200 ALLOWED'],
    ['192.0.2.1, 10.1.2.3', '200 ALLOWED'],
    ['10.1.2.3, 192.0.2.1', '403 IMPLICIT_DENY'],
    ['10.1.2.3,', '403 INVALID_REQUEST'],
    ['unknown', '403 INVALID_REQUEST'],
  ])('is the last of X-Forwarded-For, which the gateway has put there: %s', async (addresses, expected) => {
    const served = await guarded(only('*', { IpAddress: { 'aws:VpcSourceIp': '10.0.0.0/8' } }));
    expect(reasonOf(await ask(served, forwarded, { ...known, 'X-Forwarded-For': addresses }))).toBe(expected);
  });

  it('is not taken from X-Forwarded-For where nginx asks, which hands on what its client wrote', async () => {
    const served = await guarded(only('*', { IpAddress: { 'aws:VpcSourceIp': '10.0.0.0/8' } }));
    const nginx = dialects.nginx!('GET', '/prod/pets');
    expect((await ask(served, nginx, { ...known, 'X-Forwarded-For': '10.1.2.3' })).status).toBe(403);
  });
});

describe('what is not clear is denied', () => {
  it.each([
    ['no dialect', {}],
    ['two dialects', { 'X-Original-Method': 'GET', 'X-Original-URI': '/prod/pets', 'X-Forwarded-Uri': '/prod/x' }],
    ['parts of two', { 'X-Original-URI': '/prod/pets', 'X-Forwarded-Method': 'GET' }],
    ['no method', { 'X-Original-URI': '/prod/pets' }],
    ['no path', { 'X-Forwarded-Method': 'GET' }],
    ['a method of its own', { 'X-Original-Method': 'PURGE', 'X-Original-URI': '/prod/pets' }],
    ['a method in small letters', { 'X-Original-Method': 'get', 'X-Original-URI': '/prod/pets' }],
    ['a method with a path', { 'X-Original-Method': 'GET/prod', 'X-Original-URI': '/prod/pets' }],
    ['a forwarded method with a path', { 'X-Forwarded-Method': 'GET/prod', 'X-Forwarded-Uri': '/prod/pets' }],
    ['a path without a slash', { 'X-Original-Method': 'GET', 'X-Original-URI': 'prod/pets' }],
    ['an address as a path', { 'X-Original-Method': 'GET', 'X-Original-URI': 'http://x/prod/pets' }],
    ['two addresses', { 'X-Original-Method': 'GET', 'X-Original-URI': '/prod/x', 'X-Original-URL': 'http://x/prod/y' }],
    ['a path that is too long', { 'X-Original-Method': 'GET', 'X-Original-URI': `/prod/${'x'.repeat(2000)}` }],
    ['a fragment', { 'X-Original-Method': 'GET', 'X-Original-URI': '/prod/pets#x' }],
  ])('%s', async (_, headers) => {
    const answer = await ask(await guarded(only('*')), {
      verb: 'GET',
      url: '/forward-auth',
      headers: headers as Headers,
    });
    expect(reasonOf(answer)).toBe('403 INVALID_REQUEST');
    expect(answer.type).toBe('application/json');
    expect(answer.body.message).not.toBe('');
  });

  it.each(['/ext-authz', '/ext-authz?x', '/ext-authz*', '/forward-auth/', '/forward-auth/a', '/forward-auth?a'])(
    '%s is no other path, and never missing',
    async (url) => {
      const served = await guarded(only('*'));
      for (const verb of ['get', 'post', 'put', 'delete', 'head', 'options', 'patch'] as const) {
        expect((await served.http[verb](url).set(known)).status).toBe(403);
      }
    },
  );
});

/** What Node answers to these bytes. */
const raw = (port: number, text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.end(text));
    socket.on('data', (bytes) => {
      answer += bytes;
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });

describe('Envoy sends', () => {
  const head =
    'Host: localhost\r\nX-Postern-Api: a1b2c3d4e5\r\nX-Postern-Endpoint: vpce-1a2b3c4d\r\nConnection: close\r\n';
  it.each(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE'])(
    '%s, with a length and no body',
    async (verb) => {
      const { port } = await guarded(only(`execute-api:/prod/${verb}/pets`));
      const answer = async (path: string) =>
        (await raw(port, `${verb} ${path} HTTP/1.1\r\n${head}Content-Length: 0\r\n\r\n`)).split('\r\n')[0];
      expect(await answer('/ext-authz/prod/pets')).toBe('HTTP/1.1 200 OK');
      expect(await answer('/ext-authz/prod/dogs')).toBe('HTTP/1.1 403 Forbidden');
    },
  );

  it('a body with it, where it is told to: it is not read', async () => {
    const { port } = await guarded(only('*'));
    const length = 3_000_000;
    const answer = await raw(
      port,
      `POST /ext-authz/prod/pets HTTP/1.1\r\n${head}Content-Type: text/plain\r\nContent-Length: ${length}\r\n\r\n${'x'.repeat(length)}`,
    );
    expect(answer.split('\r\n')[0]).toBe('HTTP/1.1 200 OK');
  });
});

it('a failure is a 503 or a 500, never a yes or a no', async () => {
  const { door } = await import('../http/client.js');
  const { ServiceError } = await import('../../src/service/errors.js');
  const { http, services } = door();
  const get = () =>
    http.get('/forward-auth').set({ ...known, 'X-Original-Method': 'GET', 'X-Original-URI': '/prod/x' });
  expect((await get()).status).toBe(200);
  for (const code of ['store-unavailable', 'state-too-old', 'too-many-waiting'] as const) {
    services.fail(new ServiceError(code, 'not now'));
    const { status, headers } = await get();
    expect([status, headers['postern-reason']]).toEqual([503, code]);
  }
  services.fail(new Error('a bug'));
  expect((await get()).status).toBe(500);
});

it('without authentication the host rule holds here too, with a status that gateways know', async () => {
  const { http } = await ready();
  const { status, body } = await http.get('/ext-authz/prod/pets').set({ ...known, Host: 'pets.example.com' });
  expect([status, typeof body.message]).toEqual([403, 'string']);
});
