import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api, arn, call, policy, statement } from './postern.js';
import { goesOn, type Timed, timed } from './timed.js';

const MIB = 1024 * 1024;
let server: Timed;

beforeAll(async () => {
  server = await timed();
});

afterAll(() => goesOn(server));

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
    [
      '10,000 statements in a simulation',
      'POST',
      '/v1/simulations',
      JSON.stringify({
        request: { principal: 'anonymous', resource: arn() },
        resourcePolicy: policy(...Array.from({ length: 10_000 }, () => statement())),
      }),
    ],
    ['a member __proto__', 'PUT', POLICY, '{"document":{"__proto__":{"Statement":[]},"Version":"2012-10-17"}}'],
    [
      'a member __proto__ of a request',
      'POST',
      DECIDE,
      `{"__proto__":{"endpoint":"vpce-1a2b3c4d"},${JSON.stringify(call()).slice(1)}`,
    ],
    [
      'a member __proto__ of a context',
      'POST',
      DECIDE,
      JSON.stringify(call({ context: 0 })).replace('"context":0', '"context":{"__proto__":{"a:b":"c"}}'),
    ],
    ['80,000 members', 'POST', DECIDE, `{${Array.from({ length: 80_000 }, (_, n) => `"k${n}":0`).join()}}`],
    ['200,000 equal members', 'POST', DECIDE, filled('{"a":0', ',"a":0', '}')],
    ['500,000 elements', 'POST', '/v1/decisions/batch', filled('{"requests":[0', ',0', ']}')],
    [
      '250,000 unknown identity policies',
      'POST',
      DECIDE,
      filled(`${JSON.stringify(call()).slice(0, -1)},"identityPolicies":["a"`, ',"a"', ']}'),
    ],
    [
      '60,000 context keys',
      'POST',
      DECIDE,
      `${JSON.stringify(call()).slice(0, -1)},"context":{${Array.from({ length: 60_000 }, (_, n) => `"a:k${n}":0`).join()}}}`,
    ],
    ['a long number', 'POST', DECIDE, filled('{"a":', '9', '}')],
    ['a long text', 'POST', DECIDE, filled('{"principal":"', 'a', '"}')],
    ['a long ARN of colons', 'POST', DECIDE, JSON.stringify(call({ principal: filled('arn', ':', '', MIB - 500) }))],
    ['a long action', 'POST', DECIDE, JSON.stringify(call({ action: filled('a:', 'a', ' ', MIB - 500) }))],
    ['many escapes', 'POST', DECIDE, filled('{"principal":"', '\\u0000', '"}')],
    ['many backslashes', 'POST', DECIDE, filled('{"principal":"', '\\\\', '')],
    ['only white space', 'POST', DECIDE, ' '.repeat(MIB)],
    ['too much', 'POST', DECIDE, ' '.repeat(MIB + 1)],
    [
      '10,000 equal methods',
      'PUT',
      '/v1/apis/hostile',
      JSON.stringify(
        api({
          methods: Array.from({ length: 10_000 }, () => ({ httpMethod: 'GET', path: '/', authorizationType: 'NONE' })),
        }),
      ),
    ],
  ];

  it.each(inputs)('%s', async (_, method, path, body) => {
    const { status, type, size, time } = await server.quickest(method, path, body, 100);
    expect([status, type]).toEqual([
      expect.toSatisfy((code: number) => code >= 400 && code < 500),
      expect.stringContaining('application/problem+json'),
    ]);
    expect(time).toBeLessThan(100);
    expect(size).toBeLessThan(2 * MIB);
  });

  it('and leaves the prototype alone', () => {
    expect(({} as Record<string, unknown>).Statement).toBeUndefined();
    expect(({} as Record<string, unknown>)['a:b']).toBeUndefined();
    expect(({} as Record<string, unknown>).endpoint).toBeUndefined();
  });
});
