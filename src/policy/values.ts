/** How the texts of condition values are read as numbers and instants. Undefined: the text is no such value. */

/** A decimal number. A double keeps 15 digits apart; a longer one (`long`) is compared by its text as well. */
export interface Decimal {
  readonly near: number;
  readonly text: string;
  readonly long: boolean;
}

const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/;

/** "Decimal notation": digits with an optional sign and point. `1e3` and `0x10` are not. */
export const parseDecimal = (text: string): Decimal | undefined =>
  text.length <= 400 && DECIMAL.test(text) ? { near: Number(text), text, long: text.length > 15 } : undefined;

/** Below 0, 0 or above 0, as `left` is less than, equal to or greater than `right`. */
export function compareDecimals(left: Decimal, right: Decimal): number {
  if (left.near !== right.near) return left.near < right.near ? -1 : 1;
  if (!left.long && !right.long) return 0;
  const a = exactly(left.text);
  const b = exactly(right.text);
  const places = Math.max(a.places, b.places);
  const difference = a.units * 10n ** BigInt(places - a.places) - b.units * 10n ** BigInt(places - b.places);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** A decimal text as a whole number of its last place. */
function exactly(text: string): { units: bigint; places: number } {
  const [whole = '', fraction = ''] = text.replace(/^[+-]/, '').split('.');
  const units = BigInt(`${whole}${fraction}`);
  return { units: text.startsWith('-') ? -units : units, places: fraction.length };
}

/** A point in time: whole milliseconds since 1970, and what is left of one, at least 0 and below 1. */
export interface Instant {
  readonly ms: number;
  readonly rest: number;
}

const W3C_DATE =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,30}))?)?(?:Z|([+-])(\d\d):(\d\d)))?)?)?$/;

/**
 * Reads a date in the W3C profile of ISO 8601 (`2024`, `2024-06`, `2024-06-01`, `2024-06-01T02:00Z`,
 * `…:00.5+02:00`; without a time it is midnight UTC) or UNIX epoch seconds. A bare number of four digits is a year
 * (reading U14).
 */
export function parseInstant(text: string): Instant | undefined {
  const match = W3C_DATE.exec(text);
  if (match === null) return /^-?\d{1,15}$/.test(text) ? { ms: Number(text) * 1000, rest: 0 } : undefined;
  const [, year, month = '01', day = '01', hour = '00', minute = '00', second = '00', fraction = ''] = match;
  const [, , , , , , , , sign, offsetHour = '00', offsetMinute = '00'] = match;
  const written = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const ms = Date.parse(`${written}Z`);
  // Date.parse takes 30 February for 1 March, and 24:00 for midnight.
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 19) !== written) return undefined;
  if (Number(offsetHour) > 23 || Number(offsetMinute) > 59) return undefined;
  const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000 * (sign === '-' ? -1 : 1);
  return { ms: ms + Number(fraction.slice(0, 3).padEnd(3, '0')) - offset, rest: Number(`0.${fraction.slice(3)}`) };
}

/** Below 0, 0 or above 0, as `left` is before, at or after `right`. */
export const compareInstants = (left: Instant, right: Instant): number => left.ms - right.ms || left.rest - right.rest;

export const parseBoolean = (text: string): boolean | undefined =>
  text === 'true' ? true : text === 'false' ? false : undefined;

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Base64 (RFC 4648) in its one spelling: equal bytes are equal texts, once the unused last bits are zero. */
export function parseBase64(text: string): string | undefined {
  if (!BASE64.test(text)) return undefined;
  return text.endsWith('=') ? canonicalEnd(text) : text;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The last character before `=` carries 2 or 4 bits that decode to nothing. */
function canonicalEnd(text: string): string {
  const at = text.indexOf('=') - 1;
  const unused = text.endsWith('==') ? 0b1111 : 0b11;
  return text.slice(0, at) + ALPHABET[ALPHABET.indexOf(text[at]!) & ~unused] + text.slice(at + 1);
}
