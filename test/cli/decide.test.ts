import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, postern, type Server, serve } from './binary.js';

const RESOURCE = 'arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/GET/pets';
const CALL = ['--principal', 'anonymous', '--resource', RESOURCE];
const POLICIES = [
  ...['--endpoint-policy', 'examples/policies/endpoint/two-apis.json'],
  ...['--resource-policy', 'examples/policies/resource/only-our-vpc.json'],
];

let server: Server;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'postern-decide-'));
  server = await serve();
  const { code, err } = await postern(['import', 'examples/store.json', '--server', server.address]);
  expect([code, err]).toEqual([0, '']);
});
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true });
});

const first = ({ code, out, err }: Ended): string => `${code} ${out.split('\n')[0] || err.split('\n')[0]}`;
const file = async (name: string, value: unknown): Promise<string> => {
  const path = join(directory, name);
  await writeFile(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
};
const identity = (Effect: string) => ({
  Version: '2012-10-17',
  Statement: { Effect, Action: 'execute-api:Invoke', Resource: '*' },
});

describe('postern decide', () => {
  it.each<[args: string[], expected: string]>([
    [['--context', 'aws:SourceVpc=vpc-1a2b3c4d'], '0 Allow  ALLOWED'],
    [['--context', 'aws:SourceVpc=vpc-99999999'], '3 Deny  EXPLICIT_DENY, by the resource policy'],
    [[], '3 Deny  EXPLICIT_DENY, by the resource policy'],
    [['--scope', 'endpoint'], '0 Allow  ALLOWED'],
    [['--action', 'execute-api:InvalidateCache'], '3 Deny  IMPLICIT_DENY, by the endpoint policy'],
    [
      ['--authorization-type', 'CUSTOM', '--context', 'aws:SourceVpc=vpc-1a2b3c4d'],
      '3 Deny  NOT_AUTHENTICATED, by the authorizer',
    ],
    [
      ['--authorization-type', 'CUSTOM', '--authorizer-result', 'Allow', '--context', 'aws:SourceVpc=vpc-1a2b3c4d'],
      '0 Allow  ALLOWED',
    ],
  ])('judges files: %j is %s', async (args, expected) => {
    expect(first(await postern(['decide', ...POLICIES, ...CALL, ...args]))).toBe(expected);
  });

  it('takes every policy that a question may bring, several of a kind too', async () => {
    const [allow, deny] = [await file('allow.json', identity('Allow')), await file('deny.json', identity('Deny'))];
    const signed = [
      ...['--principal', 'arn:aws:sts::123412341234:assumed-role/Reader/ann', '--resource', RESOURCE],
      ...['--authorization-type', 'AWS_IAM', '--context', 'aws:SourceVpc=vpc-1a2b3c4d'],
    ];
    const ask = async (...args: string[]) => first(await postern(['decide', ...POLICIES, ...signed, ...args]));
    expect(await ask('--identity-policy', allow)).toBe('0 Allow  ALLOWED');
    expect(await ask('--identity-policy', allow, '--identity-policy', deny)).toBe(
      '3 Deny  EXPLICIT_DENY, by the identity policies',
    );
    expect(await ask('--identity-policy', allow, '--permissions-boundary', deny)).toBe(
      '3 Deny  EXPLICIT_DENY, by the permissions boundary',
    );
    expect(await ask('--identity-policy', allow, '--session-policy', allow, '--session-policy', deny)).toBe(
      '3 Deny  EXPLICIT_DENY, by the session policies',
    );
    const { out } = await postern([
      'decide',
      ...POLICIES,
      ...signed,
      '--identity-policy',
      allow,
      '--identity-policy',
      deny,
    ]);
    expect(out).toMatch(/deny\.json +denies by \/Statement\n/);
  });

  it('tells the answer as JSON', async () => {
    const { code, out } = await postern(['decide', ...POLICIES, ...CALL, '--format', 'json']);
    expect(code).toBe(3);
    expect(JSON.parse(out)).toMatchObject({ decision: 'Deny', determining: [{ sid: 'OnlyOurVpc' }] });
  });

  it('gives a key that stands several times all its values', async () => {
    const policy = identity('Allow').Statement;
    const Condition = { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a=1', 'b'] } };
    const path = await file('tags.json', {
      Version: '2012-10-17',
      Statement: { ...policy, Principal: '*', Condition },
    });
    const ask = async (...values: string[]) => {
      const context = values.flatMap((value) => ['--context', `aws:TagKeys=${value}`]);
      const args = ['decide', '--scope', 'endpoint', '--endpoint-policy', path, ...CALL, ...context];
      return first(await postern(args));
    };
    expect(await ask('a=1', 'b')).toBe('0 Allow  ALLOWED');
    expect(await ask('a=1', 'c')).toBe('3 Deny  IMPLICIT_DENY, by the endpoint policy');
  });

  it.each<[endpoint: string, args: string[], expected: string]>([
    ['vpce-1a2b3c4d', [], '0 Allow  ALLOWED'],
    ['vpce-99999999', [], '3 Deny  EXPLICIT_DENY, by the resource policy'],
    ['vpce-nowhere', [], '3 Deny  UNKNOWN_ENDPOINT'],
    [
      'vpce-1a2b3c4d',
      ['--api', 'a1b2c3d4e5', '--endpoint-policy', 'examples/policies/endpoint/get-of-one-stage.json'],
      '3 Deny  IMPLICIT_DENY, by the endpoint policy',
    ],
    [
      'vpce-99999999',
      ['--api', 'a1b2c3d4e5', '--endpoint-policy', 'stored:two-apis@1'],
      '3 Deny  EXPLICIT_DENY, by the resource policy',
    ],
  ])('judges what is stored, by a server and by its export: %s %j is %s', async (endpoint, args, expected) => {
    const asked = ['decide', '--endpoint', endpoint, ...CALL, ...args];
    const [there, here] = await Promise.all([
      postern([...asked, '--server', server.address]),
      postern([...asked, '--store', 'examples/store.json']),
    ]);
    expect(first(there)).toBe(expected);
    expect(here.out).toBe(there.out);
    expect(here.code).toBe(there.code);
  });

  it('reads a policy from standard input', async () => {
    const stdin = JSON.stringify({ Statement: { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' } });
    const ended = await postern(['decide', '--scope', 'endpoint', '--endpoint-policy', '-', ...CALL], { stdin });
    expect(first(ended)).toBe('0 Allow  ALLOWED');
  });

  it.each<[what: string, args: string[], said: string[]]>([
    [
      'a policy that is not valid, with its place',
      [...CALL, '--identity-policy', 'examples/policies/endpoint/two-apis.json'],
      ['examples/policies/endpoint/two-apis.json:4:7  unsupported-principal'],
    ],
    [
      'a policy with members twice',
      [...CALL, '--endpoint-policy', 'test/cli/broken/endpoint.json'],
      ['endpoint.json:15:7  duplicate-member'],
    ],
    [
      'an ARN that is none',
      ['--principal', 'me', '--resource', 'x'],
      ['--principal  malformed', '--resource  malformed-arn'],
    ],
    ['a context key of the wrong type', [...CALL, '--context', 'aws:SourceIp=x'], ['--context/aws:SourceIp']],
    ['a context without a value', [...CALL, '--context', 'aws:SourceIp'], ['Write key=value']],
    ['a question without a caller', ['--resource', RESOURCE], ["required option '--principal <arn>'"]],
    ['an endpoint without a store', [...CALL, '--endpoint', 'vpce-1a2b3c4d'], ['add --server or --store']],
    ['a stored policy without a store', [...CALL, '--endpoint-policy', 'stored:x'], ['add --server or --store']],
    [
      'a stored policy that is not there',
      [...CALL, '--store', 'examples/store.json', '--endpoint-policy', 'stored:none'],
      ['the request names policies that do not exist'],
    ],
    [
      'a store document that is none',
      [...CALL, '--store', 'examples/policies/endpoint/two-apis.json'],
      ['two-apis.json:2:3  unknown-member'],
    ],
  ])('has no answer to %s: ends with 2', async (_, args, said) => {
    const { code, out, err } = await postern(['decide', ...args]);
    expect([code, out]).toEqual([2, '']);
    for (const text of said) expect(err).toContain(text);
    expect(err).not.toMatch(/\n\s+at /);
  });

  it('a server tells the same faults at the same places', async () => {
    const args = [
      'decide',
      ...CALL,
      '--identity-policy',
      'examples/policies/endpoint/two-apis.json',
      '--server',
      server.address,
    ];
    const { code, out, err } = await postern(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('examples/policies/endpoint/two-apis.json:4:7  unsupported-principal');
  });
});

describe('a server that gives no decision is never an Allow', () => {
  const asked = ['decide', '--endpoint', 'vpce-1a2b3c4d', ...CALL];

  it('nothing listens', async () => {
    const gone = await serve();
    await gone.stop();
    const { code, out, err } = await postern([...asked, '--server', gone.address]);
    expect([code, out]).toEqual([4, '']);
    expect(err).toContain('nothing listens there');
  });

  it.each<[what: string, status: number, headers: Record<string, string>, body: string]>([
    ['an error page', 502, {}, '<html>{"decision":"Allow"}</html>'],
    ['an Allow with an error status', 500, {}, '{"decision":"Allow","reason":"ALLOWED","policies":[]}'],
    ['a page', 200, {}, '<html></html>'],
    ['nothing', 200, {}, ''],
    ['another decision', 200, {}, '{"decision":"allow","policies":[]}'],
    ['half an answer', 200, { 'content-length': '100' }, '{"decision":"Allow","policies":[]}'],
    ['a way to somewhere else', 307, { location: '/v1/elsewhere' }, ''],
    ['a refusal', 401, { 'content-type': 'application/problem+json' }, '{"code":"unauthorized","detail":"no key"}'],
  ])('%s', async (_, status, headers, body) => {
    const fake = createServer((request, response) => {
      response.writeHead(request.url === '/v1/elsewhere' ? 200 : status, headers);
      response.end(request.url === '/v1/elsewhere' ? '{"decision":"Allow","policies":[]}' : body);
      if (headers['content-length']) response.destroy();
    });
    await new Promise<void>((resolve) => fake.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(fake.address() as AddressInfo).port}`;
    try {
      const { code, out, err } = await postern([...asked, '--server', address, '--timeout', '5']);
      expect([code, out], err).toEqual([4, '']);
      expect(err).toContain(address);
    } finally {
      fake.close();
    }
  });

  it('one that never answers', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const { code, err } = await postern([...asked, '--server', address, '--timeout', '0.3']);
    silent.closeAllConnections();
    silent.close();
    expect([code, err]).toEqual([4, expect.stringContaining('it takes too long')]);
  });

  it('sends the key of a file or of POSTERN_KEY, and prints it nowhere', async () => {
    const seen: (string | undefined)[] = [];
    const fake = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(403, { 'content-type': 'application/problem+json' });
      response.end('{"code":"forbidden","detail":"not with this key"}');
    });
    await new Promise<void>((resolve) => fake.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(fake.address() as AddressInfo).port}`;
    const key = await file('key', 'secret-of-file\n');
    const all = [
      await postern([...asked, '--server', address], { env: { POSTERN_KEY: 'secret-of-env' } }),
      await postern([...asked, '--server', address, '--key-file', key], { env: { POSTERN_KEY: 'secret-of-env' } }),
      await postern([...asked, '--server', address]),
      await postern([...asked, '--server', address], { env: { POSTERN_KEY: 'secret with spaces' } }),
    ];
    fake.close();
    expect(seen).toEqual(['Bearer secret-of-env', 'Bearer secret-of-file', undefined]);
    expect(all.map(({ code }) => code)).toEqual([4, 4, 4, 2]);
    for (const { out, err } of all) expect(out + err).not.toContain('secret');
  });
});

describe('postern explain', () => {
  const asked = ['explain', ...POLICIES, ...CALL, '--context', 'aws:SourceVpc=vpc-99999999'];

  it('tells how a Deny came about, and what would allow the call', async () => {
    const { code, out } = await postern(asked);
    await expect(out).toMatchFileSnapshot('golden/explain-deny.txt');
    expect(code).toBe(3);
  });

  it('tells how an Allow came about', async () => {
    const { code, out } = await postern(['explain', ...POLICIES, ...CALL, '--context', 'aws:SourceVpc=vpc-1a2b3c4d']);
    await expect(out).toMatchFileSnapshot('golden/explain-allow.txt');
    expect(code).toBe(0);
  });

  it('asks a server for the same', async () => {
    const withoutIds = ({ out }: Ended) => ({ ...JSON.parse(out), decisionId: null, revision: null });
    const [here, there] = await Promise.all([
      postern([...asked, '--format', 'json']),
      postern([...asked, '--format', 'json', '--server', server.address]),
    ]);
    expect(withoutIds(there)).toEqual(withoutIds(here));
    const stored = ['explain', '--endpoint', 'vpce-99999999', ...CALL, '--server', server.address];
    const { code, out } = await postern(stored);
    expect(code).toBe(3);
    expect(out).toContain('send the call through the endpoint `vpce-1a2b3c4d`');
  });
});
