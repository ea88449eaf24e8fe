import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** Tells scanners of code and logs whose secret they have found. */
const PREFIX = 'postern_';
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SECRET_LENGTH = 43;
const CHECKSUM_LENGTH = 6;
const FORM = /^postern_[0-9A-Za-z]{49}$/;

/**
 * A new API key: 256 random bits, and a checksum, so that a typing error is told from a key without asking anybody, and a
 * scanner has no false alarms. Letters and digits only: a double click selects all of it.
 */
export function newKey(): string {
  const secret = base62(BigInt(`0x${randomBytes(32).toString('hex')}`), SECRET_LENGTH);
  return PREFIX + secret + checksumOf(secret);
}

/** Whether a text can be one of our keys. It says nothing about whether it is. */
export const isKey = (text: string): boolean =>
  FORM.test(text) && text.endsWith(checksumOf(text.slice(PREFIX.length, -CHECKSUM_LENGTH)));

/**
 * What is kept of a secret, and what it is looked up by. A plain hash is right for keys that nobody has thought up: 256
 * random bits cannot be guessed from it, however fast it is. bcrypt and its like slow down those who try out passwords; here
 * they would slow down only us, by a hundred milliseconds for each request.
 */
export const digestOf = (secret: string): string => hash('sha256', secret);

const checksumOf = (secret: string): string => base62(BigInt(crc32(secret)), CHECKSUM_LENGTH);

function base62(value: bigint, length: number): string {
  let text = '';
  for (let rest = value; rest > 0n; rest /= 62n) text = DIGITS[Number(rest % 62n)] + text;
  return text.padStart(length, '0');
}
