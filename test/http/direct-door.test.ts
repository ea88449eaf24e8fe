import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.js';
import { createApp, createDoor } from '../../src/http/app.js';
import { createServices } from '../../src/services.js';
import { openSqlite } from '../../src/store/sqlite.js';
import { settings } from './stub.js';

/** A request as it goes over the wire. */
interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** All that a client gets, but for what differs between any two requests. */
interface Got {
  readonly status: number | undefined;
  readonly headers: readonly string[];
  readonly body: string;
}

const MAX_BODY = 4096;
const open: Server[] = [];
const doors = { direct: 0, ordinary: 0 };

beforeAll(async () => {
  const config = readConfig({ POSTERN_REVISION_WAIT: '0.01', POSTERN_MAX_BATCH: '3' });
  const { services } = await createServices(await openSqlite({ memory: true }), config);
  const own = { ...settings, maxBody: MAX_BODY, log: { error: () => {} } };
  const { options, listener } = createDoor(services, own);
  doors.direct = await listen(createServer(options, listener));
  // Each door counts by itself.
  const again = { ...services, metrics: { registry: new Registry(), text: async () => '' } };
  doors.ordinary = await listen(createServer(createApp(again, own)));
  const put = (path: string, body: object) =>
    ask(doors.ordinary, { method: 'PUT', path, headers: JSON_TYPE, body: JSON.stringify(body) });
  await put('/v1/policies/resource/open', { document: policy('Allow', '*') });
  await put('/v1/policies/endpoint/some', {
    document: policy('Allow', 'arn:aws:execute-api:us-east-1:*:a1b2c3d4e5/prod/*'),
  });
  await put('/v1/endpoints/vpce-1', { vpcId: 'vpc-1', policy: 'some' });
  await put('/v1/apis/a1b2c3d4e5', { accountId: '123412341234', region: 'us-east-1', policy: 'open' });
  await put('/v1/apis/signed', {
    accountId: '123412341234',
    region: 'us-east-1',
    policy: 'open',
    authorizationType: 'AWS_IAM',
  });
});

afterAll(() => {
  for (const server of open) server.close();
});

const JSON_TYPE = { 'Content-Type': 'application/json' };
const policy = (Effect: string, Resource: string) => ({
  Statement: { Effect, Principal: '*', Action: 'execute-api:Invoke', Resource },
});
const arn = (tail: string) => `arn:aws:execute-api:us-east-1:123412341234:${tail}`;
const call = { principal: 'anonymous', resource: arn('a1b2c3d4e5/prod/GET/pets'), endpoint: 'vpce-1' };
const user = 'arn:aws:iam::123412341234:user/MyUser';

/** Good and bad bodies of a single question: each is what it is in one way only. */
const questions: readonly unknown[] = [
  call,
  { ...call, principal: user },
  { ...call, principal: user, resource: arn('signed/prod/GET/pets') },
  { ...call, resource: arn('signed/prod/GET/pets') },
  { ...call, resource: arn('a1b2c3d4e5/test/GET/pets') },
  { ...call, resource: arn('other/prod/GET/pets') },
  { ...call, endpoint: 'vpce-2' },
  { ...call, action: 'execute-api:ManageConnections' },
  { ...call, context: { 'aws:VpcSourceIp': '10.0.0.1', 'aws:PrincipalTag/\u00fc': 'caf\u00e9 \u2603' } },
  { ...call, principal: user, identityPolicies: [] },
  { ...call, principal: user, identityPolicies: [{ Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }] },
  { ...call, principal: user, identityPolicies: ['missing'] },
  { ...call, principal: user, permissionsBoundary: { Statement: { Effect: 'allow', Action: '*', Resource: '*' } } },
  { ...call, principal: 'somebody' },
  { ...call, principal: 7 },
  { ...call, resource: arn('a1b2c3d4e5/prod/get/pets') },
  { ...call, resource: `${arn('a1b2c3d4e5/prod/GET/')}${'x'.repeat(1600)}` },
  { ...call, context: { 'aws:SourceIp': 'here', nokey: 1 } },
  { ...call, context: { 'aws:CurrentTime': '2026-01-01T00:00:00Z' } },
  { ...call, unknown: true },
  { principal: 'anonymous' },
  {},
  [],
  null,
  'text',
];
const bodies: readonly (string | Buffer)[] = [
  ...questions.map((question) => JSON.stringify(question)),
  '',
  '{',
  '{"principal":"anonymous","principal":"anonymous"}',
  `{"__proto__":1,${JSON.stringify(call).slice(1)}`,
  '['.repeat(40) + ']'.repeat(40),
  Buffer.from([0x22, 0xff, 0x22]),
  JSON.stringify({ ...call, context: { 'a:b': 'x'.repeat(MAX_BODY) } }),
];
const batches: readonly unknown[] = [
  { requests: [] },
  { requests: questions.slice(0, 3) },
  { requests: [call, questions[13], questions[20]] },
  { requests: [1, null, [call]] },
  { requests: Array(4).fill(call) },
  { requests: [call], more: 1 },
  { requests: call },
];
const heads: readonly Readonly<Record<string, string>>[] = [
  JSON_TYPE,
  { ...JSON_TYPE, Prefer: 'return=minimal' },
  { 'Content-Type': 'application/json; charset=utf-8', Prefer: 'respond-async, return="minimal"; x' },
  { 'Content-Type': 'text/plain' },
  { ...JSON_TYPE, 'Content-Encoding': 'gzip' },
  { ...JSON_TYPE, Host: 'postern.example' },
  { ...JSON_TYPE, 'Postern-Min-Revision': '1' },
  { ...JSON_TYPE, 'Postern-Min-Revision': '99' },
  { ...JSON_TYPE, 'Postern-Min-Revision': '-1' },
  { ...JSON_TYPE, 'Transfer-Encoding': 'chunked' },
  {},
];

const post = (path: string, body: string | Buffer, headers: Sent['headers']): Sent => ({
  method: 'POST',
  path,
  headers: { 'X-Request-ID': 'the same', ...headers },
  body,
});

/** What nginx sends. */
const ORIGINAL = {
  'X-Original-Method': 'GET',
  'X-Original-URI': '/prod/pets',
  'X-Postern-Api': 'a1b2c3d4e5',
  'X-Postern-Endpoint': 'vpce-1',
};

const evaluation = ({ principal, resource, endpoint }: { principal: unknown; resource: string; endpoint: string }) => ({
  subject: { type: 'principal', id: principal },
  action: { name: 'execute-api:Invoke' },
  resource: { type: 'execute-api', id: resource },
  context: { endpoint },
});

/** Every body with plain and with minimal answers, and a few of them with everything else that a request can have. */
const requests: readonly Sent[] = [
  ...bodies.flatMap((body) => heads.slice(0, 3).map((head) => post('/v1/decisions', body, head))),
  ...batches.flatMap((batch) => heads.map((head) => post('/v1/decisions/batch', JSON.stringify(batch), head))),
  ...bodies.slice(0, 22).flatMap((body) => heads.slice(3).map((head) => post('/v1/decisions', body, head))),
  ...['?', '?x=1', '/', '//', '/%2e', '/explain', '/batch/'].flatMap((end) =>
    bodies.slice(0, 20).map((body) => post(`/v1/decisions${end}`, body, JSON_TYPE)),
  ),
  ...['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'].flatMap((method) =>
    ['/v1/decisions', '/v1/decisions/batch'].map((path) => ({ ...post(path, '', {}), method })),
  ),
];

/** Questions of AuthZEN and of gateways, and whatever else is found by its path alone. */
const others: readonly Sent[] = [
  ...[
    evaluation(call),
    evaluation({ ...call, principal: 7 }),
    { ...evaluation(call), subject: undefined },
    {},
    null,
  ].flatMap((body) => [
    post('/access/v1/evaluation', JSON.stringify(body), JSON_TYPE),
    post(
      '/access/v1/evaluations',
      JSON.stringify({ ...body, evaluations: [{}, { action: { name: 'a:B' } }] }),
      JSON_TYPE,
    ),
    post('/access/v1/evaluation', JSON.stringify(body), { 'Content-Type': 'text/plain' }),
  ]),
  ...['/v1/simulations', '/v1/decisions/explain', '/v1/import?dryRun=true'].flatMap((path) =>
    bodies.slice(0, 12).map((body) => post(path, body, JSON_TYPE)),
  ),
  ...['', '?x=1', '/', '/v1', '-other'].flatMap((end) =>
    ['GET', 'POST', 'DELETE', 'OPTIONS'].flatMap((method) =>
      [{}, ORIGINAL, { ...ORIGINAL, 'X-Postern-Api': 'other' }, { ...ORIGINAL, 'X-Forwarded-Uri': '/' }].map(
        (head) => ({
          ...post(`/forward-auth${end}`, '', head),
          method,
        }),
      ),
    ),
  ),
  ...['/prod/pets', '/test/pets?x=1', '/prod/../pets', '', '?x=1', '/'].flatMap((path) =>
    ['GET', 'POST', 'PATCH'].map((method) => ({ ...post(`/ext-authz${path}`, '', ORIGINAL), method })),
  ),
  ...['/livez', '/readyz', '/v1/policies', '/v1/endpoints', '/v1/apis', '/v1/keys', '/v1/audit', '/v1/export'].flatMap(
    (path) =>
      ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS'].flatMap((method) =>
        ['', '?limit=1', '?limit=x', '/'].map((end) => ({ ...post(path + end, '', {}), method })),
      ),
  ),
];

describe('the direct door', () => {
  it('answers good and bad requests as the ordinary way does, to the last header', async () => {
    expect(requests.length).toBeGreaterThanOrEqual(500);
    const statuses = new Map<number | undefined, number>();
    for (const sent of [...requests, ...others]) {
      const ordinary = await ask(doors.ordinary, sent);
      expect(await ask(doors.direct, sent), `${sent.method} ${sent.path} ${sent.body}`).toEqual(ordinary);
      statuses.set(ordinary.status, (statuses.get(ordinary.status) ?? 0) + 1);
    }
    // Not all of one kind.
    expect([...statuses.keys()].sort()).toEqual([200, 204, 400, 403, 404, 405, 413, 415, 422, 503]);
    expect(statuses.get(200)).toBeGreaterThan(80);
  });

  it('leaves the connection in order: a request after a refused one is answered', async () => {
    const tooLarge = await ask(doors.direct, post('/v1/decisions', bodies.at(-1)!, JSON_TYPE));
    expect(tooLarge.status).toBe(413);
    expect((await ask(doors.direct, post('/v1/decisions', bodies[0]!, JSON_TYPE))).status).toBe(200);
  });
});

describe('a whole address as request target, as proxies are sent it', () => {
  const get = (path: string, headers = {}) => ask(doors.direct, { method: 'GET', path, headers, body: '' });
  /** An answer without the id of its request. */
  const same = (headers = {}) => ({ 'X-Request-ID': 'the same', ...headers });

  it.each(['/livez', '/v1/policies/resource/open', '/v1/apis?limit=1', '/v1/decisions', '/nowhere', '/docs/', '/'])(
    'is served as its path is: %s',
    async (path) => {
      const plain = await get(path, same());
      for (const host of ['http://localhost', 'HTTP://127.0.0.1:8080', 'https://[::1]']) {
        expect(await get(host + path, same())).toEqual(plain);
      }
    },
  );

  it('leads to the hot operations, too', async () => {
    for (const body of bodies.slice(0, 5)) {
      const plain = await ask(doors.direct, post('/v1/decisions', body, JSON_TYPE));
      expect(await ask(doors.direct, post('http://localhost/v1/decisions', body, JSON_TYPE))).toEqual(plain);
    }
  });

  it('passes the same gates', async () => {
    const statusFor = async (revision: string) =>
      (await get('http://localhost/v1/apis', { 'Postern-Min-Revision': revision })).status;
    expect([await statusFor('1'), await statusFor('99'), await statusFor('-1')]).toEqual([200, 503, 400]);
  });

  it('says which host is asked, whatever `Host` says', async () => {
    expect((await get('http://localhost/livez', { Host: 'example.com' })).status).toBe(200);
    for (const address of ['http://example.com/livez', 'http://u@localhost/livez', 'http://', 'http://[/v1/apis']) {
      const { status, body } = await get(address, { Host: 'localhost' });
      expect([address, status, JSON.parse(body).code]).toEqual([address, 403, 'host-not-allowed']);
    }
  });

  it('may be without a path', async () => {
    for (const address of ['http://localhost', 'http://localhost?x=1']) {
      const { status, body } = await get(address);
      expect([address, status, JSON.parse(body).code]).toEqual([address, 404, 'not-found']);
    }
  });
});

async function listen(server: Server): Promise<number> {
  open.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

async function ask(port: number, { method, path, headers, body }: Sent): Promise<Got> {
  const length = 'Transfer-Encoding' in headers ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
  const asked = request({ host: '127.0.0.1', port, method, path, headers: { ...length, ...headers } });
  asked.end(body);
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  const { statusCode: status, rawHeaders } = response;
  const pairs = rawHeaders.flatMap((name, at) =>
    at % 2 === 0 && name !== 'Date' ? [`${name}: ${rawHeaders[at + 1]?.replace(UUID, 'some id')}`] : [],
  );
  return { status, headers: pairs, body: Buffer.concat(parts).toString().replace(UUID, 'some id') };
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
