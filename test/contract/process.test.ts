import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { allowAll, api, call, endpoint, policy, statement } from './postern.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const directories: string[] = [];
const children: ChildProcess[] = [];

function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'postern-'));
  directories.push(made);
  return made;
}

afterEach(() => {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
});
afterAll(() => {
  for (const each of directories) rmSync(each, { recursive: true, force: true });
});

interface Process {
  readonly child: ChildProcess;
  /** What it wrote so far. */
  readonly out: () => string;
  readonly err: () => string;
  readonly exit: Promise<number | null>;
}

function run(settings: Readonly<Record<string, string>>): Process {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('POSTERN_')));
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
    cwd: ROOT,
    env: { ...env, POSTERN_PORT: '0', ...settings },
  });
  children.push(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const exit = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  return { child, out: () => out, err: () => err, exit };
}

/** Runs until it has said where it listens. */
async function start(settings: Readonly<Record<string, string>>) {
  const process = run(settings);
  let ended = false;
  process.exit.then(() => {
    ended = true;
  });
  for (let n = 0; n < 600; n++) {
    const address = /http:\/\/\S+?:\d+/.exec(process.out())?.[0];
    if (address !== undefined) return { ...process, address };
    if (ended) break;
    await pause(50);
  }
  throw new Error(`did not start: ${process.out()}${process.err()}`);
}

const pause = (time: number) => new Promise((resolve) => setTimeout(resolve, time));
const send = (method: string, url: string, body?: object) =>
  fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });

/** Writes to a port and gives what comes back until it is closed. */
async function raw(address: string, text: string): Promise<{ socket: Socket; answer: Promise<string> }> {
  const socket = connect(Number(new URL(address).port), '127.0.0.1');
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk;
  });
  const answer = new Promise<string>((resolve) => socket.once('close', () => resolve(received)));
  socket.write(text);
  return { socket, answer };
}

describe('a process', { timeout: 60_000 }, () => {
  it('prints one line with the address, keeps its data over a restart, and validates what it restores', async () => {
    const POSTERN_DATA_DIR = directory();
    const first = await start({ POSTERN_DATA_DIR, POSTERN_LOG_LEVEL: 'silent' });
    expect(first.out().trimEnd().split('\n').length).toBe(1);
    const long = policy(statement({ Sid: 'x'.repeat(500) }));
    await send('PUT', `${first.address}/v1/policies/resource/p`, { document: long });
    const put = await send('PUT', `${first.address}/v1/policies/resource/p`, { document: allowAll });
    await send('PUT', `${first.address}/v1/policies/resource/gone`, { document: allowAll });
    await send('DELETE', `${first.address}/v1/policies/resource/gone`);
    await send('PUT', `${first.address}/v1/endpoints/vpce-1a2b3c4d`, endpoint());
    const last = await send('PUT', `${first.address}/v1/apis/a1b2c3d4e5`, api({ policy: 'p' }));
    first.child.kill('SIGTERM');
    expect(await first.exit).toBe(0);

    const second = await start({ POSTERN_DATA_DIR, POSTERN_MAX_RESOURCE_POLICY: '300' });
    const read = await send('GET', `${second.address}/v1/policies/resource/p`);
    expect([read.headers.get('etag'), read.headers.get('postern-revision')]).toEqual([
      put.headers.get('etag'),
      last.headers.get('postern-revision'),
    ]);
    expect(await read.json()).toMatchObject({ version: 2, document: allowAll, attachedTo: ['a1b2c3d4e5'] });
    const decided = await send('POST', `${second.address}/v1/decisions`, call());
    expect(await decided.json()).toMatchObject({ decision: 'Allow', reason: 'ALLOWED' });
    const again = await send('PUT', `${second.address}/v1/policies/resource/gone`, { document: allowAll });
    expect([again.status, await again.json()]).toMatchObject([201, { version: 2 }]);
    const restored = await send('POST', `${second.address}/v1/policies/resource/p/versions/1/restore`);
    expect(restored.status).toBe(422);
  });

  it('that is killed leaves its data, and no lock', async () => {
    const POSTERN_DATA_DIR = directory();
    const first = await start({ POSTERN_DATA_DIR });
    const put = await send('PUT', `${first.address}/v1/endpoints/kept`, endpoint());
    first.child.kill('SIGKILL');
    await first.exit;
    const second = await start({ POSTERN_DATA_DIR });
    const read = await send('GET', `${second.address}/v1/endpoints/kept`);
    expect([read.status, read.headers.get('etag')]).toEqual([200, put.headers.get('etag')]);
  });

  it('is refused the data directory of another, which goes on', async () => {
    const POSTERN_DATA_DIR = directory();
    const first = await start({ POSTERN_DATA_DIR });
    const second = run({ POSTERN_DATA_DIR });
    expect(await second.exit).not.toBe(0);
    expect(second.err()).toContain(POSTERN_DATA_DIR);
    expect(second.err()).not.toMatch(/\n\s+at /);
    expect(second.out()).not.toContain('http://');
    expect((await send('PUT', `${first.address}/v1/endpoints/e`, endpoint())).status).toBe(201);
  });

  // A terminal sends Ctrl-C to npm as well, which passes it on: it comes twice.
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'finishes an open request on %s, takes no other, and exits with 0',
    async (signal) => {
      const POSTERN_DATA_DIR = directory();
      const first = await start({ POSTERN_DATA_DIR });
      const body = JSON.stringify(endpoint());
      const open = await raw(
        first.address,
        `PUT /v1/endpoints/late HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 5)}`,
      );
      await pause(200);
      first.child.kill(signal);
      await pause(50);
      first.child.kill(signal);
      await pause(250);
      expect([first.child.exitCode, first.child.signalCode]).toEqual([null, null]);
      await expect(fetch(`${first.address}/livez`)).rejects.toThrow();
      open.socket.write(body.slice(5));
      expect(await open.answer).toMatch(/^HTTP\/1\.1 201 /);
      expect(await first.exit).toBe(0);

      const second = await start({ POSTERN_DATA_DIR });
      expect((await send('GET', `${second.address}/v1/endpoints/late`)).status).toBe(200);
    },
  );
});

describe('POSTERN_SHUTDOWN_DELAY', { timeout: 60_000 }, () => {
  it('lets load balancers see that readiness fails, while everything is answered', async () => {
    const { child, exit, address } = await start({ POSTERN_DATA_DIR: directory(), POSTERN_SHUTDOWN_DELAY: '1.5' });
    const from = performance.now();
    child.kill('SIGTERM');
    await pause(200);
    const ready = await fetch(`${address}/readyz`);
    const { errors } = (await ready.json()) as { errors: { code: string }[] };
    expect([ready.status, errors[0]?.code, ready.headers.get('connection')]).toEqual([503, 'draining', 'close']);
    expect((await fetch(`${address}/livez`)).status).toBe(200);
    expect((await send('PUT', `${address}/v1/endpoints/late`, endpoint())).status).toBe(201);
    expect((await send('POST', `${address}/v1/decisions`, call({ endpoint: 'late' }))).status).toBe(200);
    expect(await exit).toBe(0);
    expect(performance.now() - from).toBeGreaterThan(1500);
  });
});

describe('settings', { timeout: 60_000 }, () => {
  it('that are wrong stop the start with all faults', async () => {
    const wrong = {
      POSTERN_PORT: '70000',
      POSTERN_LOG_LEVEL: 'loud',
      POSTERN_MAX_BODY: '-1',
      POSTERN_REVISION_WAIT: 'soon',
      POSTERN_ALLOW_OPEN: 'yes',
      POSTERN_REQUIRE_IDENTITY_POLICIES: '1',
      POSTERN_PUBLIC_URL: 'not an address',
      POSTERN_AUTH: 'maybe',
      POSTERN_DATABASE_URL: 'mysql://me:secret@database/postern',
      POSTERN_DATABASE_DIRECT_URL: 'postgres://me:secret@database',
      POSTERN_MAX_STALENESS: '0',
    };
    const { exit, out, err } = run({ POSTERN_DATA_DIR: directory(), ...wrong });
    expect(await exit).not.toBe(0);
    // Each with what to write instead.
    for (const name of Object.keys(wrong)) expect(err(), name).toMatch(new RegExp(`${name}: write `));
    expect(err()).not.toMatch(/\n\s+at /);
    expect(err()).not.toContain('secret');
    expect(out()).not.toContain('http://');
  });

  it('POSTERN_DATABASE_DIRECT_URL is another way to POSTERN_DATABASE_URL', async () => {
    const { exit, err } = run({ POSTERN_DATABASE_DIRECT_URL: 'postgres://me:secret@database/postern' });
    expect(await exit).not.toBe(0);
    expect(err()).toContain('POSTERN_DATABASE_URL');
    expect(err()).not.toContain('secret');
  });

  it('a database that is not there is said in words, without the password', async () => {
    const { exit, err } = run({ POSTERN_DATABASE_URL: 'postgres://me:secret@127.0.0.1:1/postern' });
    expect(await exit).not.toBe(0);
    expect(err()).toContain('127.0.0.1:1/postern');
    expect(err()).not.toMatch(/\n\s+at |secret/);
  });

  it('POSTERN_HOST other than loopback needs POSTERN_ALLOW_OPEN', async () => {
    const refused = run({ POSTERN_DATA_DIR: directory(), POSTERN_HOST: '0.0.0.0' });
    expect(await refused.exit).not.toBe(0);
    expect(refused.err()).toContain('POSTERN_HOST');
    expect(refused.err()).toContain('POSTERN_ALLOW_OPEN');

    const open = await start({ POSTERN_DATA_DIR: directory(), POSTERN_HOST: '0.0.0.0', POSTERN_ALLOW_OPEN: 'true' });
    const { answer } = await raw(
      open.address,
      'GET /v1/endpoints HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
    );
    expect(await answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(open.out() + open.err()).toContain('POSTERN_ALLOW_OPEN');
  });

  it('certificates that are not there are said in words', async () => {
    const files = { POSTERN_TLS_CERT: '/none/tls.crt', POSTERN_TLS_KEY: '/none/tls.key' };
    const { exit, err, out } = run({ POSTERN_DATA_DIR: directory(), ...files });
    expect(await exit).not.toBe(0);
    for (const [name, file] of Object.entries(files))
      expect(err()).toContain(`${name}: ${file}: there is no such file`);
    expect(err()).not.toMatch(/\n\s+at /);
    expect(out()).toBe('');
  });

  it('certificates, a key file and a port that are wrong are told at once', async () => {
    const wrong = {
      POSTERN_TLS_CERT: '/none/tls.crt',
      POSTERN_TLS_KEY: '/none/tls.key',
      POSTERN_BOOTSTRAP_KEY_FILE: '/none/key',
      POSTERN_PORT: '70000',
    };
    const { exit, err } = run({ POSTERN_DATA_DIR: directory(), POSTERN_AUTH: 'required', ...wrong });
    expect(await exit).not.toBe(0);
    for (const name of Object.keys(wrong)) expect(err()).toContain(`  ${name}: `);
    expect(err()).not.toMatch(/\n\s+at /);
  });

  it('a key where its file should be is not told', async () => {
    const pem = '-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n';
    const files = { POSTERN_TLS_CERT: '/none/tls.crt', POSTERN_TLS_KEY: pem };
    const { exit, err, out } = run({ POSTERN_DATA_DIR: directory(), ...files });
    expect(await exit).toBe(1);
    expect(err()).toContain('POSTERN_TLS_KEY: write the path');
    expect(err() + out()).not.toContain('hunter2');
  });

  it.each(['nowhere.invalid', '192.0.2.1'])('a host that is not of this machine is said in words: %s', async (host) => {
    const settings = { POSTERN_DATA_DIR: directory(), POSTERN_HOST: host, POSTERN_ALLOW_OPEN: 'true' };
    const { exit, err } = run(settings);
    expect(await exit).toBe(1);
    expect(err()).toMatch(new RegExp(`^ {2}POSTERN_HOST: ${host}`, 'm'));
    expect(err()).not.toMatch(/\n\s+at /);
  });

  it('a port that is taken is said in words', async () => {
    const first = await start({ POSTERN_DATA_DIR: directory() });
    const second = run({ POSTERN_DATA_DIR: directory(), POSTERN_PORT: new URL(first.address).port });
    expect(await second.exit).not.toBe(0);
    expect(second.err()).toMatch(new RegExp(`POSTERN_PORT: .*:${new URL(first.address).port}\n`));
    expect(second.err()).not.toMatch(/\n\s+at /);
  });
});
