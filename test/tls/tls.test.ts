import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../src/config.js';
import type { Running } from '../../src/server.js';
import { authority, type Issued } from './certificates.js';
import { ask, CertificateFiles, serving } from './serving.js';

const ours = authority('ours');
const clients = authority('clients');
const strangers = authority('strangers');
const { cert: ca } = ours;
const fingerprintOf = ({ cert }: Issued) => new X509Certificate(cert).fingerprint256;

const opened: { files: CertificateFiles; server: Running | undefined }[] = [];
afterEach(async () => {
  for (const { files, server } of opened.splice(0)) {
    await server?.stop();
    files.remove();
  }
});

function files(issued: Issued = ours.issue('localhost')): CertificateFiles {
  const made = new CertificateFiles();
  made.write(issued);
  opened.push({ files: made, server: undefined });
  return made;
}

async function served(of: CertificateFiles, settings: Readonly<Record<string, string>> = {}) {
  const server = await serving(of, settings);
  opened.find((one) => one.files === of)!.server = server;
  return server;
}

/** Tries until it is so: a watch takes its time. */
async function eventually(isSo: () => Promise<boolean> | boolean): Promise<void> {
  for (const until = Date.now() + 15_000; !(await isSo()); await pause(50)) {
    if (Date.now() > until) throw new Error('it did not happen');
  }
}

describe('TLS', () => {
  it('is what is listened with, from 1.2 on, and browsers are told to stay with it', async () => {
    const { address } = await served(files());
    expect(address).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const answer = await ask(`${address}/livez`, { ca });
    expect([answer.status, answer.protocol]).toEqual([200, 'TLSv1.3']);
    expect(answer.headers).toHaveProperty('strict-transport-security');
    expect((await ask(`${address}/docs/`, { ca })).headers).toHaveProperty('strict-transport-security');
    expect((await ask(`${address}/livez`, { ca, maxVersion: 'TLSv1.2' })).protocol).toBe('TLSv1.2');
    const old = { ca, maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    await expect(ask(`${address}/livez`, old)).rejects.toThrow(/protocol version/);
  });

  it('gives plain HTTP no answer', async () => {
    const { address } = await served(files());
    const socket = connect(Number(new URL(address).port), '127.0.0.1');
    let received = '';
    socket.on('data', (piece) => {
      received += piece.toString('latin1');
    });
    socket.write('GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await new Promise((resolve) => socket.once('close', resolve).on('error', () => {}));
    expect(received).not.toContain('HTTP/');
  });

  it('with an authority for clients lets in whom it has certified, and nobody else', async () => {
    const on = files();
    on.writeOne(on.ca, clients.cert);
    const { address } = await served(on, { POSTERN_TLS_CLIENT_CA: on.ca });
    expect((await ask(`${address}/livez`, { ca, ...clients.issue('gateway') })).status).toBe(200);
    await expect(ask(`${address}/livez`, { ca })).rejects.toThrow();
    await expect(ask(`${address}/livez`, { ca, ...strangers.issue('gateway') })).rejects.toThrow();
    // The server's own authority is not one for clients.
    await expect(ask(`${address}/livez`, { ca, ...ours.issue('gateway') })).rejects.toThrow();
  });
});

it('whoever came with a certificate that has expired since is nobody any more, on the same connection', async () => {
  const on = files();
  on.writeOne(on.ca, clients.cert);
  const settings = { POSTERN_TLS_CLIENT_CA: on.ca, POSTERN_AUTH: 'required', POSTERN_MTLS_ROLES: 'admin' };
  const { address } = await served(on, settings);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const identity = { ca, agent, ...clients.issue('gateway', 3000) };
  expect((await ask(`${address}/v1/apis`, identity)).status).toBe(200);
  await pause(3500);
  expect((await ask(`${address}/v1/apis`, identity)).status).toBe(401);
  expect((await ask(`${address}/livez`, identity)).status).toBe(200);
  agent.destroy();
});

describe('certificates that change', () => {
  it('are taken for new connections, without a failed request and without an old connection that ends', async () => {
    const on = files();
    const { address, logged } = await served(on);
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca });
    const seen = new Set<string>();
    let answered = 0;
    let isOver = false;
    const asking = [
      async () => expect((await ask(`${address}/readyz`, { ca, agent })).status).toBe(200),
      async () => {
        const answer = await ask(`${address}/readyz`, { ca });
        expect(answer.status).toBe(200);
        seen.add(answer.fingerprint);
      },
    ].map(async (once) => {
      for (; !isOver; answered++) await once();
    });
    const rotated = [1, 2, 3].map(() => ours.issue('localhost'));
    for (const issued of rotated) {
      on.write(issued);
      await eventually(() => seen.has(fingerprintOf(issued)));
    }
    isOver = true;
    await Promise.all(asking);
    agent.destroy();
    expect(answered).toBeGreaterThan(20);
    expect(seen.size).toBe(4);
    expect(logged.filter(({ level }) => Number(level) >= 50)).toEqual([]);
    expect(logged.filter(({ msg }) => msg === 'new certificates are in use').length).toBe(3);
  });

  it('and are broken are not taken, and the log says so once', async () => {
    const first = ours.issue('localhost');
    const on = files(first);
    const { address, logged } = await served(on);
    const errors = () => logged.filter(({ level }) => level === 50);
    const shown = async () => (await ask(`${address}/livez`, { ca })).fingerprint;

    const next = ours.issue('localhost');
    on.writeOne(on.cert, next.cert);
    await eventually(() => errors().length === 1);
    expect(errors()[0]?.fault).toContain('POSTERN_TLS_KEY');
    expect(await shown()).toBe(fingerprintOf(first));
    writeFileSync(join(on.directory, 'something else'), '');
    await pause(600);
    expect(errors().length).toBe(1);

    on.writeOne(on.key, 'nonsense');
    await eventually(() => errors().length === 2);
    expect(await shown()).toBe(fingerprintOf(first));
    on.writeOne(on.key, next.key);
    await eventually(async () => (await shown()) === fingerprintOf(next));
  });

  it('decide from then on which clients get in, also those that were in before', async () => {
    const on = files();
    on.writeOne(on.ca, clients.cert);
    const { address } = await served(on, { POSTERN_TLS_CLIENT_CA: on.ca });
    const [known, next] = [clients.issue('gateway'), strangers.issue('gateway')];
    const getsIn = (client: Issued) =>
      ask(`${address}/livez`, { ca, ...client }).then(
        () => true,
        () => false,
      );
    expect(await getsIn(known)).toBe(true);
    on.writeOne(on.ca, strangers.cert);
    await eventually(() => getsIn(next));
    expect(await getsIn(known)).toBe(false);
  });
});

describe('a start is refused in words', () => {
  const refusal = async (of: CertificateFiles, settings: Readonly<Record<string, string>> = {}): Promise<string> => {
    const thrown = await served(of, settings).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(ConfigError);
    return (thrown as ConfigError).message;
  };

  it('when one of certificate and key is missing', () => {
    const faults = (settings: Readonly<Record<string, string>>) => {
      expect(() => readConfig(settings)).toThrow(ConfigError);
      try {
        readConfig(settings);
      } catch (error) {
        return (error as ConfigError).faults.join('\n');
      }
      return '';
    };
    expect(faults({ POSTERN_TLS_CERT: 'a.pem' })).toContain('write POSTERN_TLS_KEY too');
    expect(faults({ POSTERN_TLS_KEY: 'a.pem' })).toContain('write POSTERN_TLS_CERT too');
    expect(faults({ POSTERN_TLS_CLIENT_CA: 'a.pem' })).toContain('write POSTERN_TLS_CERT too');
  });

  it('when files are not there, with all faults', async () => {
    const on = files();
    const said = await refusal(on, { POSTERN_TLS_CERT: '/none.pem', POSTERN_TLS_KEY: on.directory });
    expect(said).toContain('POSTERN_TLS_CERT: /none.pem: there is no such file');
    expect(said).toContain(`POSTERN_TLS_KEY: ${on.directory}: this is a directory`);
  });

  it('when the key is another one', async () => {
    const on = files();
    on.writeOne(on.key, ours.issue('localhost').key);
    expect(await refusal(on)).toContain('this is not the key of the first certificate');
  });

  it.each([
    ['a certificate', 'POSTERN_TLS_CERT', 'cert', 'nonsense', 'there is no certificate'],
    ['a certificate', 'POSTERN_TLS_CERT', 'cert', ours.cert.replace(/M/g, 'N'), 'certificate 1 in this file cannot be'],
    ['a key', 'POSTERN_TLS_KEY', 'key', ours.cert, 'there is no private key'],
    ['an authority', 'POSTERN_TLS_CLIENT_CA', 'ca', '', 'there is no certificate'],
  ] as const)('when %s cannot be read', async (_what, setting, file, text, words) => {
    const on = files();
    on.writeOne(on.ca, clients.cert);
    on.writeOne(on[file], text);
    expect(await refusal(on, { POSTERN_TLS_CLIENT_CA: on.ca })).toContain(`${setting}: ${on[file]}: ${words}`);
  });
});
