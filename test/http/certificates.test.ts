import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, createServer as createTlsServer, request, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDoor } from '../../src/http/app.js';
import { Authenticator } from '../../src/service/authenticator.js';
import { settings, stub } from './stub.js';

const log = { warn: () => {}, error: () => {} };

describe('a client certificate', () => {
  let directory: string;
  let server: Server;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'postern-tls-'));
    for (const [name, subject] of [
      ['ca', '/CN=our CA'],
      ['stranger-ca', '/CN=another CA'],
    ] as const) {
      openssl(
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-days',
        '2',
        '-subj',
        subject,
        '-keyout',
        `${name}.key`,
        '-out',
        `${name}.pem`,
      );
    }
    issue('server', '/CN=localhost', 'ca');
    issue('gateway', '/O=Blue/CN=gateway-blue', 'ca');
    issue('nameless', '/O=Blue', 'ca');
    issue('two-names', '/CN=one/CN=two', 'ca');
    issue('stranger', '/CN=gateway-blue', 'stranger-ca');
    const services = { ...stub(), authenticator: new Authenticator([], ['decide'], log) };
    const door = createDoor(services, { ...settings, auth: 'required', log });
    // Not refused by TLS: whoever has no certificate may have a key.
    const tls = {
      key: pem('server.key'),
      cert: pem('server.pem'),
      ca: pem('ca.pem'),
      requestCert: true,
      rejectUnauthorized: false,
    };
    server = createTlsServer({ ...door.options, ...tls }, door.listener);
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(directory, { recursive: true });
  });

  const pem = (name: string) => readFileSync(join(directory, name));
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
  function issue(name: string, subject: string, ca: string): void {
    openssl(
      'req',
      '-new',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-subj',
      subject,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
    );
    openssl(
      'x509',
      '-req',
      '-days',
      '2',
      '-in',
      `${name}.csr`,
      '-CA',
      `${ca}.pem`,
      '-CAkey',
      `${ca}.key`,
      '-CAcreateserial',
      '-out',
      `${name}.pem`,
    );
  }

  const resumed: boolean[] = [];

  /** The status and code of a question that takes a role. */
  async function ask(
    name: string | null,
    path = '/v1/decisions',
    headers: Record<string, string> = {},
    agent: Agent | false = false,
  ): Promise<string> {
    const { port } = server.address() as AddressInfo;
    const certificate = name === null ? {} : { key: pem(`${name}.key`), cert: pem(`${name}.pem`) };
    const sent = request({
      port,
      path,
      method: path === '/v1/decisions' ? 'POST' : 'GET',
      host: '127.0.0.1',
      rejectUnauthorized: false,
      agent,
      headers,
      ...certificate,
    });
    sent.on('socket', (socket) => {
      socket.once('secureConnect', () => resumed.push((socket as TLSSocket).isSessionReused()));
    });
    sent.end();
    const [response] = await once(sent, 'response');
    let text = '';
    for await (const chunk of response) text += chunk;
    return `${response.statusCode} ${JSON.parse(text).code}`;
  }

  it('of our authority says who asks, with the roles of certificates', async () => {
    // Let in: what is wrong now is that there is no body.
    expect(await ask('gateway')).toBe('400 malformed-request');
    expect(await ask('gateway', '/v1/endpoints')).toBe('403 forbidden');
  });

  it('of another authority, without a name, or with two, says nothing; nor does none at all', async () => {
    for (const name of ['stranger', 'nameless', 'two-names', null]) expect(await ask(name)).toBe('401 unauthenticated');
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('says so too where a session of %s is resumed', async (maxVersion) => {
    // A connection for each request; the agent keeps the sessions.
    const agent = new Agent({ keepAlive: false, maxVersion });
    resumed.length = 0;
    for (let n = 0; n < 4; n++) {
      expect(await ask('gateway', '/v1/endpoints', {}, agent)).toBe('403 forbidden');
      // The ticket of TLS 1.3 comes after the answer.
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(resumed.filter(Boolean).length).toBeGreaterThan(0);
  });

  it('does not help whoever also brings a wrong key', async () => {
    expect(await ask('gateway', '/v1/decisions', { authorization: 'Bearer wrong' })).toBe('401 invalid-credentials');
  });
});
