import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api, arn, call, endpoint, type Postern, policy, ready, statement, stored } from './postern.js';

const MIB = 1024 * 1024;
let served: Postern;
let server: Server;
let base: string;

beforeAll(async () => {
  served = await ready();
  server = createServer(served.app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // The first of its kind compiles; what is measured comes later.
  for (let n = 0; n < 20; n++) await sent('POST', '/v1/decisions', JSON.stringify(call()));
});

afterAll(async () => {
  expect((await sent('POST', '/v1/decisions', JSON.stringify(call()))).body).toMatchObject({ decision: 'Allow' });
  expect(served.logged).toEqual([]);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** An answer and the work that it took: in milliseconds of this process, or what passed, if that is less. */
async function sent(method: string, path: string, body: string | Uint8Array<ArrayBuffer>) {
  const from = performance.now();
  const cpu = process.cpuUsage();
  const response = await fetch(base + path, { method, body, headers: { 'content-type': 'application/json' } });
  const text = await response.text();
  const { user, system } = process.cpuUsage(cpu);
  return {
    status: response.status,
    type: response.headers.get('content-type') ?? '',
    body: JSON.parse(text) as Record<string, unknown>,
    size: text.length,
    time: Math.min(performance.now() - from, (user + system) / 1000),
  };
}

/** The quickest of a few, for what is asked for is the work, not what else the machine does. */
async function quickest(method: string, path: string, body: string | Uint8Array<ArrayBuffer>, bound: number) {
  let best = await sent(method, path, body);
  // What is far from its bound is no accident.
  for (let n = 1; n < 8 && best.time >= bound && best.time < 20 * bound; n++) {
    const next = await sent(method, path, body);
    if (next.time < best.time) best = next;
  }
  return best;
}

const bytes = (...parts: (string | number[])[]) =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...Buffer.from(part)] : part)));
const put = (document: unknown) => JSON.stringify({ document });
const filled = (start: string, unit: string, end: string, size = MIB - 10) =>
  start + unit.repeat(Math.floor((size - start.length - end.length) / unit.length)) + end;

describe('hostile input gets a 4xx problem within 100 ms', { timeout: 20_000 }, () => {
  const POLICY = '/v1/policies/resource/hostile';
  const DECIDE = '/v1/decisions';
  const inputs: [string, string, string, string | Uint8Array<ArrayBuffer>][] = [
    ['truncated JSON', 'PUT', POLICY, put(policy(statement())).slice(0, -2)],
    ['invalid UTF-8', 'PUT', POLICY, bytes('{"document":{"Id":"', [0xc3, 0x28, 0xff], '"}}')],
    ['an overlong slash', 'POST', DECIDE, bytes('{"principal":"', [0xc0, 0xaf], '"}')],
    ['a lone surrogate in UTF-8', 'POST', DECIDE, bytes('{"principal":"', [0xed, 0xa0, 0x80], '"}')],
    ['UTF-16', 'POST', DECIDE, Uint8Array.from(Buffer.from(JSON.stringify(call()), 'utf16le'))],
    ['1 MiB of nested arrays', 'PUT', POLICY, '['.repeat(MIB)],
    ['1 MiB of nested arrays, closed', 'POST', DECIDE, '['.repeat(MIB / 2) + ']'.repeat(MIB / 2)],
    ['1 MiB of nested objects', 'POST', DECIDE, filled('', '{"a":', '')],
    ['1 MiB of nested arrays in a document', 'PUT', POLICY, filled('{"document":', '[', '')],
    ['10,000 statements', 'PUT', POLICY, put(policy(...Array.from({ length: 10_000 }, () => ({ Effect: 'Deny' }))))],
    ['10,000 valid statements', 'PUT', POLICY, put(policy(...Array.from({ length: 10_000 }, () => statement())))],
    ['10,000 statements in a simulation', 'POST', '/v1/simulations', JSON.stringify({ request: { principal: 'anonymous', resource: arn() }, resourcePolicy: policy(...Array.from({ length: 10_000 }, () => statement())) })],
    ['a member __proto__', 'PUT', POLICY, '{"document":{"__proto__":{"Statement":[]},"Version":"2012-10-17"}}'],
    ['a member __proto__ of a request', 'POST', DECIDE, `{"__proto__":{"endpoint":"vpce-1a2b3c4d"},${JSON.stringify(call()).slice(1)}`],
    ['a member __proto__ of a context', 'POST', DECIDE, JSON.stringify(call({ context: 0 })).replace('"context":0', '"context":{"__proto__":{"a:b":"c"}}')],
    ['80,000 members', 'POST', DECIDE, `{${Array.from({ length: 80_000 }, (_, n) => `"k${n}":0`).join()}}`],
    ['200,000 equal members', 'POST', DECIDE, filled('{"a":0', ',"a":0', '}')],
    ['500,000 elements', 'POST', '/v1/decisions/batch', filled('{"requests":[0', ',0', ']}')],
    ['250,000 unknown identity policies', 'POST', DECIDE, filled(`${JSON.stringify(call()).slice(0, -1)},"identityPolicies":["a"`, ',"a"', ']}')],
    ['60,000 context keys', 'POST', DECIDE, `${JSON.stringify(call()).slice(0, -1)},"context":{${Array.from({ length: 60_000 }, (_, n) => `"a:k${n}":0`).join()}}}`],
    ['a long number', 'POST', DECIDE, filled('{"a":', '9', '}')],
    ['a long text', 'POST', DECIDE, filled('{"principal":"', 'a', '"}')],
    ['a long ARN of colons', 'POST', DECIDE, JSON.stringify(call({ principal: filled('arn', ':', '', MIB - 500) }))],
    ['a long action', 'POST', DECIDE, JSON.stringify(call({ action: filled('a:', 'a', ' ', MIB - 500) }))],
    ['many escapes', 'POST', DECIDE, filled('{"principal":"', '\\u0000', '"}')],
    ['many backslashes', 'POST', DECIDE, filled('{"principal":"', '\\\\', '')],
    ['only white space', 'POST', DECIDE, ' '.repeat(MIB)],
    ['too much', 'POST', DECIDE, ' '.repeat(MIB + 1)],
    ['10,000 equal methods', 'PUT', '/v1/apis/hostile', JSON.stringify(api({ methods: Array.from({ length: 10_000 }, () => ({ httpMethod: 'GET', path: '/', authorizationType: 'NONE' })) }))],
  ];

  it.each(inputs)('%s', async (_, method, path, body) => {
    const { status, type, size, time } = await quickest(method, path, body, 100);
    expect([status, type]).toEqual([expect.toSatisfy((code: number) => code >= 400 && code < 500), expect.stringContaining('application/problem+json')]);
    expect(time).toBeLessThan(100);
    expect(size).toBeLessThan(2 * MIB);
  });

  it('and leaves the prototype alone', () => {
    expect(({} as Record<string, unknown>)['Statement']).toBeUndefined();
    expect(({} as Record<string, unknown>)['a:b']).toBeUndefined();
    expect(({} as Record<string, unknown>)['endpoint']).toBeUndefined();
  });
});

describe('the worst legal policies are stored and judged within 10 ms', { timeout: 20_000 }, () => {
  const LONG = arn(`p/GET/${'a'.repeat(1600 - arn('p/GET/').length)}`, 'hostile');
  const ANY_API = 'arn:aws:execute-api:*:*:*';
  /** As many of a unit as the policy's limit takes. */
  const many = (unit: string, size: number) => unit.repeat(Math.floor(size / unit.length));
  const distinct = (count: number, one: (n: number) => string) => Array.from({ length: count }, (_, n) => one(n));
  const like = (values: string[]) => ({ StringLike: { 'x:long': values } });
  const worst: [string, 'endpoint' | 'resource', object, object][] = [
    ['4,000 a*', 'resource', policy(statement({ Resource: ANY_API + many('a*', 8000) })), {}],
    ['9,000 a* at the endpoint', 'endpoint', policy(statement({ Resource: ANY_API + many('a*', 20_000) })), {}],
    ['4,000 a*, then b', 'resource', policy(statement({ Resource: `${ANY_API}${many('a*', 7900)}b` })), {}],
    ['one *a…ab', 'resource', policy(statement({ Resource: `${ANY_API}${'a'.repeat(750)}b` })), {}],
    ['24 times *a…ab at the endpoint', 'endpoint', policy(statement({ Resource: distinct(24, (n) => `${ANY_API}${'a'.repeat(760 - n)}b`) })), {}],
    ['9 times *a…ab*a…ab', 'resource', policy(statement({ Resource: distinct(9, (n) => `${ANY_API}${'a'.repeat(400)}*${'a'.repeat(400 - n)}b`) })), {}],
    ['60 times *a…ab at the endpoint', 'endpoint', policy(statement({ Resource: distinct(60, (n) => `${ANY_API}${'a'.repeat(290 - n)}b`) })), {}],
    ['300 statements of *a…ab', 'endpoint', policy(...distinct(120, (n) => `${ANY_API}${'a'.repeat(70)}${n}b`).map((Resource) => statement({ Resource, Action: '*' }))), {}],
    ['a question mark each', 'resource', policy(statement({ Resource: `${ANY_API}${many('?*', 7900)}b` })), {}],
    ['400 short *…b', 'resource', policy(statement({ Resource: distinct(200, (n) => `${ANY_API}a*${n}b`) })), {}],
    ['StringLike of many stars against 4,096 characters', 'resource', policy(statement({ Condition: like([`${many('*a', 7900)}b`]) })), { 'x:long': 'a'.repeat(4096) }],
    ['StringLike list of *a…ab against 4,096 characters', 'endpoint', policy(statement({ Condition: like(distinct(40, (n) => `*${'a'.repeat(480 - n)}b`)) })), { 'x:long': 'a'.repeat(4096) }],
    ['StringLike of 2,000 short values', 'endpoint', policy(statement({ Condition: like(distinct(1900, (n) => `*${n}b`)) })), { 'x:long': 'a'.repeat(4096) }],
    [
      'a set operator over 100 long values',
      'endpoint',
      policy(statement({ Condition: { 'ForAnyValue:StringLike': { 'x:long': distinct(40, (n) => `*${'a'.repeat(480 - n)}b`) } } })),
      { 'x:long': distinct(100, (n) => 'a'.repeat(4096 - n)) },
    ],
    // `?` after a run: what looks for runs of ordinary characters only is quadratic here.
    ['StringLike list of *a…a?b against 4,096 characters', 'endpoint', policy(statement({ Condition: like(distinct(40, (n) => `*${'a'.repeat(470 - n)}?b`)) })), { 'x:long': 'a'.repeat(4096) }],
    ['StringLike list of *a…a?b* against 4,096 characters', 'endpoint', policy(statement({ Condition: like(distinct(40, (n) => `*${'a'.repeat(470 - n)}?b*`)) })), { 'x:long': 'a'.repeat(4096) }],
    ['one StringLike of *a…a?b* against 4,096 characters', 'resource', policy(statement({ Condition: like([`*${'a'.repeat(2000)}?b*`]) })), { 'x:long': 'a'.repeat(4096) }],
    ['a Resource list of *a…a?b*', 'endpoint', policy(statement({ Resource: distinct(24, (n) => `${ANY_API}${'a'.repeat(760 - n)}?b*`) })), {}],
    [
      'a set operator over 80 long values, *a…a?b',
      'endpoint',
      policy(statement({ Condition: { 'ForAnyValue:StringLike': { 'x:long': distinct(40, (n) => `*${'a'.repeat(470 - n)}?b`) } } })),
      { 'x:long': distinct(80, (n) => 'a'.repeat(4096 - n)) },
    ],
    [
      'a variable of 4,096 characters many times',
      'resource',
      policy(statement({ Condition: { StringLike: { 'x:long': distinct(200, (n) => `*\${x:other}*${n}b`) } } })),
      { 'x:long': 'a'.repeat(4096), 'x:other': 'a'.repeat(4096) },
    ],
    [
      'one Resource of 400 variables',
      'resource',
      policy(statement({ Resource: `${ANY_API}${many('${x:other}*', 7800)}b` })),
      { 'x:other': 'a'.repeat(4096) },
    ],
  ];

  it.each(worst)('%s', async (_, kind, document, context) => {
    await stored(served, `policies/${kind}/worst`, { document });
    await stored(served, 'endpoints/vpce-worst', endpoint({ policy: kind === 'endpoint' ? 'worst' : null }));
    await stored(served, 'apis/hostile', api({ policy: kind === 'resource' ? 'worst' : 'open' }));
    const body = JSON.stringify(call({ endpoint: 'vpce-worst', resource: LONG, context }));
    const answer = await quickest('POST', '/v1/decisions', body, 10);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    expect(answer.time).toBeLessThan(10);
  });
});

describe('it goes on', () => {
  it('deciding, storing and reading', async () => {
    await stored(served, 'endpoints/after', endpoint());
    expect((await served.http.get('/v1/endpoints/after')).status).toBe(200);
    const { body, time } = await quickest('POST', '/v1/decisions', JSON.stringify(call()), 10);
    expect(body).toMatchObject({ decision: 'Allow', reason: 'ALLOWED' });
    expect(time).toBeLessThan(10);
    expect((await served.http.get('/readyz')).status).toBe(200);
  });
});
