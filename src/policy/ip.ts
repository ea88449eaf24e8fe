import { fault, ok, quoted, type Result } from './issue.js';

/** An IPv4 address as one 32-bit word, an IPv6 address as four. Families never match each other. */
export type Address = number | readonly number[];

/** A range of addresses of one family: RFC 4632. Host bits are ignored; without a prefix length it is one address. */
export interface Cidr {
  readonly base: readonly number[];
  readonly mask: readonly number[];
}

/** @returns undefined for anything but four decimal numbers without leading zeros, or RFC 4291 text without a zone */
export function parseAddress(text: string): Address | undefined {
  return text.includes(':') ? parseV6(text) : parseV4(text);
}

/** @param text `address` or `address/prefix length` */
export function parseCidr(text: string): Result<Cidr> {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) {
    return fault(
      'not-an-address-range',
      `${quoted(text)} is no address range: write \`10.0.0.0/8\` or \`2001:db8::/32\``,
    );
  }
  const base = typeof address === 'number' ? [address] : address;
  const bits = base.length * 32;
  const length = slash < 0 ? bits : prefixLength(text.slice(slash + 1));
  if (length > bits) {
    return fault('not-an-address-range', `the prefix length of ${quoted(text)} is not a number from 0 to ${bits}`);
  }
  const mask = base.map((_, word) => wordMask(length - word * 32));
  return ok({ base: base.map((word, at) => (word & mask[at]!) >>> 0), mask });
}

export function contains({ base, mask }: Cidr, address: Address): boolean {
  if (typeof address === 'number') return base.length === 1 && (address & mask[0]!) >>> 0 === base[0];
  if (base.length === 1) return false;
  for (let word = 0; word < 4; word++) {
    if ((address[word]! & mask[word]!) >>> 0 !== base[word]) return false;
  }
  return true;
}

/** `contains`, as a condition asks it of request after request. */
export function inRange(range: Cidr): (value: { readonly address: Address | undefined }) => boolean {
  const { base, mask } = range;
  if (base.length > 1) return ({ address }) => address !== undefined && contains(range, address);
  // Signed words: V8 keeps them without a box.
  const [word, bits] = [base[0]! | 0, mask[0]! | 0];
  return ({ address }) => typeof address === 'number' && (address & bits) === word;
}

const privateRanges: readonly Cidr[] = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'].flatMap((text) => {
  const range = parseCidr(text);
  return range.ok ? [range.value] : [];
});

/** Whether all of a range is private: RFC 1918, RFC 4193. */
export const isPrivate = ({ base, mask }: Cidr): boolean =>
  privateRanges.some(
    (range) =>
      contains(range, base.length === 1 ? base[0]! : base) &&
      range.mask.every((word, at) => (word & mask[at]!) >>> 0 === word),
  );

/** Infinity for what is no prefix length, so that it is out of any range. */
function prefixLength(text: string): number {
  return /^(0|[1-9]\d{0,2})$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
}

/** The mask of one word of which `bits` are in the prefix (below 0: none, above 32: all). */
function wordMask(bits: number): number {
  return bits <= 0 ? 0 : bits >= 32 ? 0xffffffff : (0xffffffff << (32 - bits)) >>> 0;
}

function parseV4(text: string): number | undefined {
  let value = 0;
  let octet = -1;
  let dots = 0;
  for (let at = 0; at <= text.length; at++) {
    const char = at < text.length ? text.charCodeAt(at) : 46;
    if (char === 46) {
      if (octet < 0) return undefined;
      value = value * 256 + octet;
      octet = -1;
      dots++;
    } else {
      // `010` is refused: some read it as eight.
      if (char < 48 || char > 57 || octet === 0) return undefined;
      octet = (octet < 0 ? 0 : octet * 10) + char - 48;
      if (octet > 255) return undefined;
    }
  }
  return dots === 4 ? value : undefined;
}

function parseV6(text: string): readonly number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2 || text.length > 45) return undefined;
  const head = groups(halves[0]!, halves.length === 1);
  const tail = halves.length === 2 ? groups(halves[1]!, true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const zeros = 8 - head.length - tail.length;
  if (halves.length === 2 ? zeros < 1 : zeros !== 0) return undefined;
  const all = [...head, ...new Array<number>(zeros).fill(0), ...tail];
  return Array.from({ length: 4 }, (_, word) => all[word * 2]! * 65536 + all[word * 2 + 1]!);
}

/** The 16-bit groups of a part; the last may be an IPv4 address (`::ffff:10.0.0.1`) if the part ends the text. */
function groups(part: string, last: boolean): number[] | undefined {
  if (part === '') return [];
  const result: number[] = [];
  const texts = part.split(':');
  for (const [index, group] of texts.entries()) {
    if (/^[0-9A-Fa-f]{1,4}$/.test(group)) {
      result.push(Number.parseInt(group, 16));
    } else {
      const embedded = last && index === texts.length - 1 ? parseV4(group) : undefined;
      if (embedded === undefined) return undefined;
      result.push(embedded >>> 16, embedded & 0xffff);
    }
  }
  return result;
}
