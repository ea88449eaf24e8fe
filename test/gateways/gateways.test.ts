import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forged, records, user } from './fixture.js';
import { freePort, listensAt, type Running, send, start, startPostern, startUpstream, until } from './processes.js';

execFileSync(fileURLToPath(new URL('install.sh', import.meta.url)), { stdio: 'ignore' });

interface Gateway {
  readonly name: string;
  /** The file with the addresses in it. */
  readonly file: string;
  /** Where the key is written; absent: it is in the environment. */
  readonly keyFile?: string;
  readonly command: string;
  readonly version: readonly string[];
  readonly args: (directory: string) => readonly string[];
}

const gateways: readonly Gateway[] = [
  {
    name: 'nginx',
    file: 'nginx.conf',
    keyFile: 'postern-key.conf',
    command: 'nginx',
    version: ['-v'],
    args: (directory) => [
      ...['-p', directory, '-c', 'nginx.conf', '-e', 'stderr', '-g', `daemon off; pid ${directory}/nginx.pid;`],
    ],
  },
  {
    name: 'caddy',
    file: 'Caddyfile',
    command: 'caddy',
    version: ['version'],
    args: () => ['run', '--config', 'Caddyfile', '--adapter', 'caddyfile'],
  },
];

const BOOTSTRAP = 'b'.repeat(40);
const settings = { POSTERN_AUTH: 'required', POSTERN_BOOTSTRAP_KEY: BOOTSTRAP };

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));
const basic = (name: string, password: string) => ({
  Authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
});
const alice = basic('alice', 'wonderland');
const bob = basic('bob', 'builder');

/** The example as it is, but for its addresses and the key. */
async function configured(gateway: Gateway, directory: string, ports: Readonly<Record<string, number>>, key: string) {
  await cp(join(EXAMPLES, gateway.name), directory, { recursive: true });
  await mkdir(join(directory, 'logs'));
  const file = join(directory, gateway.file);
  let text = await readFile(file, 'utf8');
  for (const [written, port] of Object.entries(ports)) {
    expect(text).toContain(written);
    text = text.replaceAll(written, `127.0.0.1:${port}`);
  }
  await writeFile(file, text);
  if (gateway.keyFile === undefined) return;
  const keyFile = join(directory, gateway.keyFile);
  await writeFile(keyFile, (await readFile(keyFile, 'utf8')).replace('put the key here', key));
}

for (const gateway of gateways) {
  const isHere = spawnSync(gateway.command, gateway.version).status === 0;
  describe.skipIf(!isHere)(
    isHere ? gateway.name : `${gateway.name} is not installed: see test/gateways/install.sh`,
    () => {
      let directory: string;
      let upstream: Awaited<ReturnType<typeof startUpstream>>;
      let running: Running;
      let postern: Running;
      let port: number;
      let decisions: number;
      const administer = (method: string, path: string, body?: object) =>
        fetch(`http://127.0.0.1:${decisions}/v1/${path}`, {
          method,
          headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${BOOTSTRAP}` },
          ...(body ? { body: JSON.stringify(body) } : {}),
        });

      beforeAll(async () => {
        directory = await mkdtemp(join(tmpdir(), 'postern-gateway-'));
        // Started by root, nginx reads `users` as somebody else.
        await chmod(directory, 0o755);
        upstream = await startUpstream();
        [port, decisions] = [await freePort(), await freePort()];
        postern = await startPostern(join(directory, 'data'), decisions, settings);
        for (const [path, body] of records) expect((await administer('PUT', path, body)).status).toBe(201);
        const { key } = (await (await administer('PUT', 'keys/gateway', { roles: ['decide'] })).json()) as {
          key: string;
        };
        const home = join(directory, gateway.name);
        const ports = { '127.0.0.1:8000': port, '127.0.0.1:8080': decisions, '127.0.0.1:9000': upstream.port };
        await configured(gateway, home, ports, key);
        running = start(gateway.command, gateway.args(home), { POSTERN_KEY: key, HOME: home }, home);
        await until(() => listensAt(port), running);
      });

      afterAll(async () => {
        await running?.stop();
        await postern?.stop();
        await upstream?.stop();
        await rm(directory, { recursive: true, force: true });
      });

      it('lets through what is allowed, as it came', async () => {
        const { status, text } = await send(port, 'GET /prod/cats%2Fdogs//x?y=/../%20', { ...alice, 'X-Mine': '1' });
        expect([status, text.split('\r\n\r\n')[1]], running.written()).toEqual([200, expect.stringContaining('a pet')]);
        const [received, ...more] = upstream.taken();
        expect(more).toEqual([]);
        expect(received).toMatchObject({
          line: 'GET /prod/cats%2Fdogs//x?y=/../%20',
          headers: { 'x-mine': '1', authorization: alice.Authorization },
        });
        expect(JSON.stringify(received?.headers)).toMatch(/postern-decision-id":"[0-9a-f-]{36}"/);
        expect(received?.headers).not.toHaveProperty('x-postern-key');
      });

      it('lets a body through to the API, and not to Postern', async () => {
        const body = JSON.stringify({ name: 'x'.repeat(200_000) });
        const { status } = await send(port, 'POST /prod/pets', { ...alice, 'Content-Type': 'text/plain' }, body);
        expect(status).toBe(200);
        expect(upstream.taken()).toMatchObject([{ line: 'POST /prod/pets', body }]);
      });

      it.each([
        ['another method', 'DELETE /prod/pets', alice],
        ['another stage', 'GET /test/pets', alice],
        ['what is denied', 'GET /prod/admin/x', alice],
        ['somebody else', 'GET /prod/pets', bob],
        ['no stage', 'GET /', alice],
        ['a way around', 'GET /prod/x/../admin/y', alice],
        ['a hidden way around', 'GET /prod/x/%2e%2e/admin/y', alice],
        ['another hidden way around', 'GET /prod/x%2f..%2fadmin/y', alice],
      ])('denies %s, and nothing gets to the API', async (_, line, who) => {
        const { status, text } = await send(port, line, who);
        expect([status, upstream.taken()], text).toEqual([
          line.includes('..') ? expect.toBeOneOf([400, 403]) : 403,
          [],
        ]);
        if (status === 403) expect(text).toMatch(/postern-decision-id: [0-9a-f-]{36}|INVALID_REQUEST/i);
      });

      it.each([
        ['nobody', {}],
        ['somebody with a wrong password', basic('alice', 'rabbit')],
      ])('lets %s in no further', async (_, who) => {
        const { status } = await send(port, 'GET /prod/pets', who);
        expect([status, upstream.taken()]).toEqual([401, []]);
      });

      it('a forged header changes nothing', async () => {
        for (const [name, value] of Object.entries(forged(user('alice')))) {
          const denied = await send(port, 'GET /prod/pets', { ...bob, [name]: value });
          expect([name, denied.status, upstream.taken()]).toEqual([name, 403, []]);
          const allowed = await send(port, 'GET /prod/pets', { ...alice, [name]: value });
          expect([name, allowed.status, upstream.taken()], allowed.text).toMatchObject([name, 200, [{}]]);
        }
        const admin = await send(port, 'GET /prod/admin/x', { ...alice, ...forged(user('alice')) });
        const all = await send(port, 'GET /prod/pets', { ...bob, ...forged(user('alice')) });
        expect([admin.status, all.status, upstream.taken()]).toEqual([403, 403, []]);
        const unharmed = await send(port, 'GET /prod/pets', { ...alice, ...forged(user('bob')) });
        expect([unharmed.status, upstream.taken().length], unharmed.text).toEqual([200, 1]);
      });

      it('answers 500 or 503 while Postern is away, and nothing gets to the API', async () => {
        await postern.stop();
        for (let n = 0; n < 3; n++) {
          const { status } = await send(port, 'GET /prod/pets', alice);
          expect([status, upstream.taken()]).toEqual([expect.toBeOneOf([500, 503]), []]);
        }
        postern = await startPostern(join(directory, 'data'), decisions, settings);
        expect((await send(port, 'GET /prod/pets', alice)).status).toBe(200);
        upstream.taken();
      });

      it('lets nothing through with a key that Postern does not know', async () => {
        expect((await administer('DELETE', 'keys/gateway')).status).toBe(204);
        const { status } = await send(port, 'GET /prod/pets', alice);
        expect([status, upstream.taken()]).toEqual([401, []]);
      });
    },
  );
}
