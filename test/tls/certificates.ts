import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A certificate and its key, in PEM form. */
export interface Issued {
  readonly cert: string;
  readonly key: string;
}

interface Authority extends Issued {
  /**
   * @param name of the server, also as an alternative name, or of the client
   * @param valid milliseconds from now, in whole seconds
   */
  issue(name: string, valid?: number): Issued;
}

/** An authority of our own. Written here in DER, since Node reads certificates and makes none. */
export function authority(name: string): Authority {
  const own = keys();
  return {
    cert: certificate({ subject: name, publicKey: own.publicKey, issuer: name, by: own.privateKey, isAuthority: true }),
    key: pemOf(own.privateKey),
    issue(subject, valid) {
      const { publicKey, privateKey } = keys();
      const cert = certificate({ subject, publicKey, issuer: name, by: own.privateKey, isAuthority: false, valid });
      return { cert, key: pemOf(privateKey) };
    },
  };
}

const keys = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const pemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

interface Content {
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly issuer: string;
  readonly by: KeyObject;
  readonly isAuthority: boolean;
  readonly valid?: number | undefined;
}

const DAY = 86_400_000;

/** RFC 5280, section 4.1. */
function certificate({ subject, publicKey, issuer, by, isAuthority, valid = DAY }: Content): string {
  const algorithm = sequence(ECDSA_WITH_SHA256);
  const content = sequence(
    tagged(0xa0, tagged(0x02, Buffer.of(2))),
    tagged(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])),
    algorithm,
    named(issuer),
    sequence(time(Date.now() - DAY), time(Date.now() + valid)),
    named(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(isAuthority ? IS_AUTHORITY : alternativeNames(subject))),
  );
  const signature = sign('sha256', content, by);
  const der = sequence(content, algorithm, tagged(0x03, Buffer.concat([Buffer.of(0), signature])));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}

const sequence = (...parts: Buffer[]): Buffer => tagged(0x30, Buffer.concat(parts));
const id = (hex: string): Buffer => tagged(0x06, Buffer.from(hex, 'hex'));
const time = (at: number): Buffer =>
  tagged(0x17, Buffer.from(`${new Date(at).toISOString().replace(/\D/g, '').slice(2, 14)}Z`));

const ECDSA_WITH_SHA256 = id('2a8648ce3d040302');
const COMMON_NAME = id('550403');
const named = (name: string): Buffer => sequence(tagged(0x31, sequence(COMMON_NAME, tagged(0x0c, Buffer.from(name)))));

const TRUE = tagged(0x01, Buffer.of(0xff));
const IS_AUTHORITY = sequence(id('551d13'), TRUE, tagged(0x04, sequence(TRUE)));
/** The name, and 127.0.0.1. */
const alternativeNames = (name: string): Buffer =>
  sequence(
    id('551d11'),
    tagged(0x04, sequence(tagged(0x82, Buffer.from(name)), tagged(0x87, Buffer.of(127, 0, 0, 1)))),
  );
