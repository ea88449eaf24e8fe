/** Numbers, dates and addresses as exact values (IAM: Condition operators; W3C NOTE-datetime; RFC 4632). */

/** `digits` / 10^`scale`, exactly. */
export interface Decimal {
  digits: bigint;
  scale: number;
}

/** Decimal notation only: `10`, `-3.50`. Anything else is not a number. */
export function readDecimal(text: string): Decimal | undefined {
  const found = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!found) return undefined;
  const fraction = found[3] ?? '';
  const digits = BigInt(found[2] + fraction);
  return { digits: found[1] === '-' ? -digits : digits, scale: fraction.length };
}

/** Negative, zero or positive as the left value is less than, equal to or greater than the right one. */
export function compareDecimals(left: Decimal, right: Decimal): number {
  const scale = Math.max(left.scale, right.scale);
  const difference =
    left.digits * 10n ** BigInt(scale - left.scale) - right.digits * 10n ** BigInt(scale - right.scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

const dateForm =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(?:(Z)|([+-])(\d\d):(\d\d)))?)?)?$/;

/**
 * An instant as exact seconds since 1970. Four digits are a year, more digits are epoch seconds (reading U14);
 * a date without a time means 00:00 UTC.
 */
export function readInstant(text: string): Decimal | undefined {
  if (/^\d{5,}$/.test(text)) return readDecimal(text);
  const found = dateForm.exec(text);
  if (!found) return undefined;
  const number = (index: number, missing: number) => (found[index] === undefined ? missing : Number(found[index]));
  const [year, month, day] = [number(1, 0), number(2, 1), number(3, 1)];
  const [hour, minute, second] = [number(4, 0), number(5, 0), number(6, 0)];
  const [offsetHour, offsetMinute] = [number(10, 0), number(11, 0)];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  if (hour > 23 || minute > 59 || second > 59 || offsetHour > 23 || offsetMinute > 59) return undefined;
  const offset = (offsetHour * 60 + offsetMinute) * 60 * (found[9] === '-' ? -1 : 1);
  const seconds = date.getTime() / 1000 + hour * 3600 + minute * 60 + second - offset;
  const fraction = found[7] ?? '';
  return { digits: BigInt(seconds) * 10n ** BigInt(fraction.length) + BigInt(fraction || '0'), scale: fraction.length };
}

/** An address as a number of 32 or 128 bits. */
export interface Address {
  width: 32 | 128;
  bits: bigint;
}

export function readAddress(text: string): Address | undefined {
  const bits = text.includes(':') ? readIpv6(text) : readIpv4(text);
  return bits === undefined ? undefined : { width: text.includes(':') ? 128 : 32, bits };
}

function readIpv4(text: string): bigint | undefined {
  const octets = text.split('.');
  if (octets.length !== 4 || !octets.every((octet) => /^(0|[1-9]\d{0,2})$/.test(octet) && Number(octet) <= 255)) {
    return undefined;
  }
  return octets.reduce((bits, octet) => bits * 256n + BigInt(octet), 0n);
}

function readIpv6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const left = readGroups(halves[0]!, halves.length === 1);
  const right = readGroups(halves[1] ?? '', true);
  if (!left || !right) return undefined;
  const missing = 8 - left.length - right.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...left, ...Array<bigint>(missing).fill(0n), ...right];
  return groups.reduce((bits, group) => bits * 65536n + group, 0n);
}

/** Groups of four hexadecimal digits; the last of an address may be a dotted IPv4 address, which makes two groups. */
function readGroups(text: string, atEnd: boolean): bigint[] | undefined {
  const groups: bigint[] = [];
  const written = text === '' ? [] : text.split(':');
  for (const [index, group] of written.entries()) {
    if (/^[0-9A-Fa-f]{1,4}$/.test(group)) {
      groups.push(BigInt(`0x${group}`));
      continue;
    }
    const dotted = atEnd && index === written.length - 1 ? readIpv4(group) : undefined;
    if (dotted === undefined) return undefined;
    groups.push(dotted / 65536n, dotted % 65536n);
  }
  return groups;
}

/**
 * Whether an address lies in a CIDR block. No prefix length means that one address, host bits are ignored, and the two
 * families never match each other: `::ffff:10.0.0.1` is an IPv6 address (reading U16).
 */
export function isInside(address: Address, cidr: string): boolean {
  const slash = cidr.indexOf('/');
  const network = readAddress(slash === -1 ? cidr : cidr.slice(0, slash));
  if (!network || network.width !== address.width) return false;
  const length = slash === -1 ? network.width : Number(cidr.slice(slash + 1));
  const hostBits = BigInt(network.width - length);
  return address.bits >> hostBits === network.bits >> hostBits;
}

/** The bytes of a base64 text. */
export function readBytes(text: string): string | undefined {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return undefined;
  return Buffer.from(text, 'base64').toString('hex');
}
