import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { createSecureContext, type SecureContextOptions } from 'node:tls';

/** Where the PEM files are; `clientCa`: whoever wants in has to show a certificate of one of these authorities. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
  readonly clientCa: string | null;
}

/** What a TLS server is given, checked: the parts fit each other. */
export interface Certificates {
  readonly cert: string;
  readonly key: string;
  readonly ca: string | undefined;
  /** Of the server's own certificate. */
  readonly validTo: Date;
  readonly fingerprint: string;
}

type ReadCertificates =
  | { readonly ok: true; readonly certificates: Certificates }
  | { readonly ok: false; readonly faults: readonly string[] };

/** Reads the files and checks what would otherwise be noticed by the first client, or by nobody. */
export async function readCertificates({ cert, key, clientCa }: TlsFiles): Promise<ReadCertificates> {
  const faults: string[] = [];
  const read = async <T>(setting: string, file: string, parse: (pem: string) => T) => {
    if (IS_PEM.test(file)) {
      faults.push(`${setting}: write the path of the file, not what it holds`);
      return undefined;
    }
    try {
      const pem = await textOf(file);
      return { pem, parsed: parse(pem) };
    } catch (error) {
      faults.push(`${setting}: ${file}: ${error instanceof Fault ? error.message : codeOf(error)}`);
      return undefined;
    }
  };
  const [own, secret, authorities] = await Promise.all([
    read('POSTERN_TLS_CERT', cert, certificatesOf),
    read('POSTERN_TLS_KEY', key, keyOf),
    clientCa === null ? undefined : read('POSTERN_TLS_CLIENT_CA', clientCa, certificatesOf),
  ]);
  const first = own?.parsed[0];
  if (first !== undefined && secret !== undefined && !first.checkPrivateKey(secret.parsed)) {
    faults.push(`POSTERN_TLS_KEY: ${key}: this is not the key of the first certificate in ${cert}`);
  }
  if (faults.length > 0 || own === undefined || secret === undefined || first === undefined) {
    return { ok: false, faults };
  }
  const certificates: Certificates = {
    cert: own.pem,
    key: secret.pem,
    ca: authorities?.pem,
    validTo: new Date(first.validTo),
    fingerprint: first.fingerprint256,
  };
  try {
    createSecureContext(contextOf(certificates));
  } catch (error) {
    // A key that is too short, or an algorithm that OpenSSL does not take any more.
    const reason = error instanceof Error && 'reason' in error ? error.reason : 'OpenSSL does not take it';
    return { ok: false, faults: [`POSTERN_TLS_CERT: ${cert}: ${reason}`] };
  }
  return { ok: true, certificates };
}

/** RFC 9325, section 3.1.1: nothing before TLS 1.2. */
export const contextOf = ({ cert, key, ca }: Certificates): SecureContextOptions => ({
  cert,
  key,
  ...(ca === undefined ? {} : { ca }),
  minVersion: 'TLSv1.2',
});

class Fault extends Error {}

/** Where a path should be, as it is or in base64. It may be the key: what is wrong with it is told without it. */
const IS_PEM = /-----BEGIN|LS0tLS1/;

/** Chains and bundles of authorities are smaller. */
const MOST_BYTES = 1024 * 1024;

async function textOf(file: string): Promise<string> {
  const { size } = await stat(file);
  if (size > MOST_BYTES) throw new Fault('this file is too large for certificates and keys');
  return await readFile(file, 'utf8');
}

/**
 * Every certificate in a file. Of a file without any, OpenSSL would say nothing, and then trust the authorities that come
 * with Node: every stranger with a certificate would be let in.
 */
function certificatesOf(pem: string): readonly X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new Fault('there is no certificate in PEM form in this file');
  return blocks.map((block, at) => {
    try {
      return new X509Certificate(block);
    } catch {
      throw new Fault(`certificate ${at + 1} in this file cannot be read`);
    }
  });
}

function keyOf(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    const locked = error instanceof Error && 'code' in error && error.code === 'ERR_MISSING_PASSPHRASE';
    throw new Fault(
      locked
        ? 'the key is encrypted: write it without a passphrase'
        : 'there is no private key in PEM form in this file',
    );
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this file may not be read',
  EISDIR: 'this is a directory',
};

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return reasons[code] ?? `this file cannot be read${code === '' ? '' : `: ${code}`}`;
}
