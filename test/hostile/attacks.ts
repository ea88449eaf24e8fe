import { call } from '../contract/postern.js';
import type { Random } from '../oracle/generator/random.js';

/** A request, as bytes, that a server has to survive. Whatever it is, HTTP can tell where it ends. */
type Attack = (random: Random, number: number) => Buffer;

type Headers = Readonly<Record<string, string>>;

function bytes(method: string, path: string, body: string | Buffer = '', headers: Headers = {}): Buffer {
  const content = Buffer.from(body as string);
  const lines = Object.entries({
    Host: 'localhost',
    ...(content.length > 0 ? { 'Content-Type': 'application/json' } : {}),
    'Content-Length': String(content.length),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1'), content]);
}

const post = (body: string | Buffer, path = '/v1/decisions', headers: Headers = {}) =>
  bytes('POST', path, body, headers);

const GOOD = JSON.stringify(call());
const PLACES = [
  ...['/v1/decisions', '/v1/decisions/batch', '/v1/decisions/explain', '/v1/simulations', '/v1/import'],
  ...['/v1/policies/endpoint/validate', '/v1/import/aws'],
];
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND', 'SEARCH', 'PURGE'];
/** Without `export` and `changes`, whose answers come in chunks: those are in `garbage.ts`. */
const SEGMENTS = [
  ...['v1', 'policies', 'endpoint', 'resource', 'identity', 'endpoints', 'apis', 'versions', 'restore', 'diff', '1'],
  ...[
    '..',
    '.',
    '',
    '%2e%2e',
    '%2F',
    '%00',
    '%ff',
    '%',
    '%u0041',
    'constructor',
    '__proto__',
    'a'.repeat(200),
    '*',
    '{}',
  ],
  ...['docs', 'docs/', 'openapi.json', 'livez', 'readyz', 'keys', 'audit', 'metrics', "'--", ';'],
];
const QUERIES = [
  '',
  '?',
  '?limit=0',
  '?limit=1e9',
  `?prefix=${'a'.repeat(9000)}`,
  '?cursor=%00',
  '?prefix=%ff',
  '?a=b&a=b',
  '?limit=1&limit=2',
  '?&&&==',
];
const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '', ' ', '\u0000'];

/** Text in the place of a value, wherever one is. */
const withValue = (value: string, random: Random): string =>
  GOOD.replace(/"(principal|resource|endpoint)":"[^"]*"/g, (all, name) =>
    random.chance(0.5) ? `"${name}":${value}` : all,
  );

/** Each with how often it comes. */
export const attacks: Readonly<Record<string, readonly [weight: number, Attack]>> = {
  'truncated JSON': [20, (random) => post(GOOD.slice(0, random.below(GOOD.length)), random.pick(PLACES))],
  'JSON with one byte changed': [
    20,
    (random) => {
      const body = Buffer.from(GOOD);
      body[random.below(body.length)] = random.below(256);
      return post(body, random.pick(PLACES));
    },
  ],
  'random bytes': [
    10,
    (random) => post(Buffer.from(random.times(random.below(300), () => random.below(256))), random.pick(PLACES)),
  ],
  'invalid UTF-8': [
    10,
    (random) => post(Buffer.from(withValue('"\u00c3\u0028\u00ff"', random), 'latin1'), random.pick(PLACES)),
  ],
  'values of other types': [
    20,
    (random) =>
      post(withValue(random.pick(['null', '1e999', '[]', '{}', '""', 'true', '-0', '"\\ud800"', '[[[]]]']), random)),
  ],
  'members of Object.prototype': [
    20,
    (random) => {
      const name = JSON.stringify(random.pick(NAMES));
      const value = random.pick(['null', '{}', '{"decision":"Allow"}', '[]', '"a"']);
      return post(
        random.chance(0.5)
          ? `{${name}:${value},${GOOD.slice(1)}`
          : `${GOOD.slice(0, -1)},"context":{${name}:${value},"a:b":{${name}:${value}}}}`,
        random.pick(PLACES),
      );
    },
  ],
  'deep nesting': [
    5,
    (random) => {
      const depth = random.pick([33, 1000, 20_000]);
      const [open, close] = random.pick([
        ['[', ']'],
        ['{"a":', '}'],
      ] as const);
      return post(open.repeat(depth) + (random.chance(0.5) ? close.repeat(depth) : ''), random.pick(PLACES));
    },
  ],
  'a large body': [0.2, (random) => post(`{"principal":"${'a'.repeat(1_000_000)}"}`, random.pick(PLACES))],
  'a body that is too large': [0.2, () => post(' '.repeat(1_100_000))],
  'a body in a great many pieces': [
    0.1,
    () =>
      Buffer.from(
        `POST /v1/decisions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${'1\r\n \r\n'.repeat(200_000)}0\r\n\r\n`,
      ),
  ],
  'a batch that is too large': [0.5, () => post(`{"requests":[${'{},'.repeat(1000)}{}]}`, '/v1/decisions/batch')],
  'a batch of nonsense': [
    0.5,
    (random) => post(`{"requests":[${random.times(500, () => random.pick(['{}', 'null', '"a"', GOOD]))}]}`, PLACES[1]),
  ],
  'a random method and path': [
    60,
    (random) => {
      const path = `/${random.times(1 + random.below(6), () => random.pick(SEGMENTS)).join('/')}`;
      const method = random.pick(METHODS);
      // What waits, waits on its own.
      return bytes(method, path + random.pick(QUERIES), random.chance(0.3) ? GOOD : '');
    },
  ],
  'a wrong key': [
    60,
    (random, number) =>
      post(GOOD, '/v1/decisions', {
        Authorization: random.pick([
          `Bearer wrong-${number}`,
          `Bearer ${'x'.repeat(1 + random.below(4000))}`,
          `bearer ${number}`,
          'Bearer',
          'Basic YTpi',
          `Bearer ey${number}.e30.x`,
        ]),
      }),
  ],
  'headers that mean nothing': [
    10,
    (random) =>
      bytes(
        'GET',
        '/v1/endpoints/none',
        '',
        Object.fromEntries(
          random.times(random.below(120), () => [`x-${random.below(1e9)}`, 'v'.repeat(random.below(90))]),
        ),
      ),
  ],
  'headers that are wrong': [
    10,
    (random) =>
      bytes('PUT', '/v1/endpoints/none', '{"vpcId":"vpc-1","policy":null}', {
        'If-Match': random.pick(['""', '"1', 'W/"1"', '*, "1"', '"99999999999999999999"', ',,,']),
        'Postern-Min-Revision': random.pick(['-1', '1e3', '0x1', '18446744073709551616', '']),
      }),
  ],
  'other content types': [
    5,
    (random) =>
      post(GOOD, random.pick(PLACES), {
        'Content-Type': random.pick([
          'text/plain',
          'application/xml',
          'application/json; charset=utf-16',
          ';',
          'a/b'.repeat(99),
        ]),
        'Content-Encoding': random.pick(['identity', 'gzip', 'br', 'deflate, gzip']),
      }),
  ],
  'a policy that is hard to judge': [
    1,
    (random, number) => {
      const Resource = random.times(50, () => `arn:aws:execute-api:*:*:*${'a'.repeat(random.below(200))}b*${number}*`);
      const document = { Statement: { Effect: 'Deny', Principal: '*', Action: '*', Resource } };
      return bytes('PUT', `/v1/policies/endpoint/hostile-${number % 20}`, JSON.stringify({ document }));
    },
  ],
  'an explanation of nonsense': [
    2,
    (random) => {
      const resource = `arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/GET/${'a/'.repeat(random.below(600))}`;
      return post(JSON.stringify(call({ resource })), '/v1/decisions/explain');
    },
  ],
};
