import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { type Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/config.js';
import { startServer } from '../../src/server.js';
import { LineBuffer } from '../../src/service/line-buffer.js';
import type { Issued } from './certificates.js';

/** Files that a server reads its certificates from. */
export class CertificateFiles {
  readonly directory = mkdtempSync(join(tmpdir(), 'postern-tls-'));
  readonly cert = join(this.directory, 'server.pem');
  readonly key = join(this.directory, 'server.key');
  readonly ca = join(this.directory, 'clients.pem');

  /** As tools do it: whole files, renamed over the old ones, one after the other. */
  write({ cert, key }: Issued): void {
    this.writeOne(this.cert, cert);
    this.writeOne(this.key, key);
  }

  writeOne(file: string, text: string): void {
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** A Postern on a port, with what it logs. */
export async function serving(files: CertificateFiles, settings: Readonly<Record<string, string>> = {}) {
  const logged: Record<string, unknown>[] = [];
  class Collected extends LineBuffer {
    override add(line: string): boolean {
      logged.push(JSON.parse(line));
      return true;
    }
  }
  const output = new Collected(
    { write: async (bytes) => bytes.length, end: async () => {} },
    { most: 1, told: () => {} },
  );
  const config = readConfig({
    POSTERN_PORT: '0',
    POSTERN_DATA_DIR: join(files.directory, 'data'),
    POSTERN_TLS_CERT: files.cert,
    POSTERN_TLS_KEY: files.key,
    ...settings,
  });
  return { logged, ...(await startServer(config, output)) };
}

export interface Asked {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
  /** SHA-256 of the certificate that the server showed. */
  readonly fingerprint: string;
  readonly protocol: string | null;
}

/** GET, on a connection of its own unless there is an agent. */
export function ask(
  url: string,
  options: {
    readonly ca: string;
    readonly cert?: string;
    readonly key?: string;
    readonly agent?: Agent;
    readonly maxVersion?: 'TLSv1.1' | 'TLSv1.2';
    readonly minVersion?: 'TLSv1';
    readonly ciphers?: string;
  },
): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent: false, ...options }, (response) => {
      let body = '';
      const socket = response.socket as import('node:tls').TLSSocket;
      const [fingerprint, protocol] = [socket.getPeerCertificate().fingerprint256, socket.getProtocol()];
      response.setEncoding('utf8').on('data', (piece) => {
        body += piece;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode!, headers: response.headers, body, fingerprint, protocol }),
      );
    });
    sent.on('error', reject).end();
  });
}
