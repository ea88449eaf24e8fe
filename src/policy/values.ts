/** How the texts of condition values are read as numbers and instants. Undefined: the text is no such value. */

/** A decimal number. A double keeps 15 digits apart; a longer one is compared by its `digits` as well. */
export interface Decimal {
  readonly near: number;
  readonly text: string;
  /** Null where the double tells all. */
  readonly digits: Digits | null;
}

/** The digits that count, so that they compare as texts do. */
interface Digits {
  readonly negative: boolean;
  readonly whole: string;
  readonly fraction: string;
}

const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/;

/** "Decimal notation": digits with an optional sign and point. `1e3` and `0x10` are not. */
export const parseDecimal = (text: string): Decimal | undefined =>
  text.length <= 400 && DECIMAL.test(text)
    ? { near: Number(text), text, digits: text.length > 15 ? digitsOf(text) : null }
    : undefined;

/** A number, Boolean or text of JSON as the text that operators read; numbers without the exponent JavaScript writes. */
export function textOf(value: string | number | boolean): string {
  const text = String(value);
  const [digits = '', exponent] = typeof value === 'number' ? text.split('e') : [];
  if (exponent === undefined) return text;
  const [whole = '', fraction = ''] = digits.replace('-', '').split('.');
  const point = whole.length + Number(exponent);
  const all = `${'0'.repeat(Math.max(0, 1 - point))}${whole}${fraction}`;
  const at = Math.max(1, point);
  const decimals = all.slice(at);
  return `${digits.startsWith('-') ? '-' : ''}${all.slice(0, at).padEnd(at, '0')}${decimals && `.${decimals}`}`;
}

/** Below 0, 0 or above 0, as `left` is less than, equal to or greater than `right`. */
export function compareDecimals(left: Decimal, right: Decimal): number {
  if (left.near !== right.near) return left.near < right.near ? -1 : 1;
  if (left.digits === null && right.digits === null) return 0;
  const a = left.digits ?? digitsOf(left.text);
  const b = right.digits ?? digitsOf(right.text);
  // Both are near the same double, so their signs are alike, but for what is near zero.
  if (a.negative !== b.negative) return a.negative ? -1 : 1;
  const order =
    a.whole.length - b.whole.length || compareTexts(a.whole, b.whole) || compareTexts(a.fraction, b.fraction);
  return a.negative ? 0 - order : order;
}

const compareTexts = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

/** Not a BigInt: to make one of 400 digits takes microseconds. */
function digitsOf(text: string): Digits {
  const from = text.startsWith('-') || text.startsWith('+') ? 1 : 0;
  const point = text.indexOf('.');
  const end = point < 0 ? text.length : point;
  let first = from;
  while (first < end && text.charCodeAt(first) === ZERO) first++;
  let last = text.length;
  while (last > end + 1 && text.charCodeAt(last - 1) === ZERO) last--;
  const [whole, fraction] = [text.slice(first, end), text.slice(end + 1, last)];
  return { negative: text.startsWith('-') && whole + fraction !== '', whole, fraction };
}

const ZERO = 48;

/** A point in time: whole milliseconds since 1970, and the decimals of what is left of one, without zeros at the end. */
export interface Instant {
  readonly ms: number;
  readonly rest: string;
}

const W3C_DATE =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,30}))?)?(?:Z|([+-])(\d\d):(\d\d)))?)?)?$/;

/**
 * Reads a date in the W3C profile of ISO 8601 (`2024`, `2024-06`, `2024-06-01`, `2024-06-01T02:00Z`,
 * `…:00.5+02:00`; without a time it is midnight UTC) or UNIX epoch seconds. A bare number of four digits is a year
 * (reading U14).
 */
export function parseInstant(text: string): Instant | undefined {
  return text.length === CLOCK.length ? (clockInstant(text) ?? anyInstant(text)) : anyInstant(text);
}

const CLOCK = '2026-06-01T00:00:00Z';

/** What clocks print, read without the expression: undefined for any other form. */
function clockInstant(text: string): Instant | undefined {
  for (let at = 0; at < CLOCK.length; at++) {
    const char = text.charCodeAt(at);
    const wanted = CLOCK.charCodeAt(at);
    if (wanted < 48 || wanted > 57 ? char !== wanted : char < 48 || char > 57) return undefined;
  }
  const two = (at: number): number => (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48;
  const [month, day, hour, minute, second] = [two(5), two(8), two(11), two(14), two(17)];
  // What is out of range is left to the other reading, so that there is one place that refuses.
  if (month < 1 || month > 12 || day < 1 || day > 28 || hour > 23 || minute > 59 || second > 59) return undefined;
  return { ms: utc(two(0) * 100 + two(2), month, day) + (hour * 3600 + minute * 60 + second) * 1000, rest: '' };
}

function anyInstant(text: string): Instant | undefined {
  const match = W3C_DATE.exec(text);
  if (match === null) return /^-?\d{1,15}$/.test(text) ? { ms: Number(text) * 1000, rest: '' } : undefined;
  const [, year, month = '01', day = '01', hour = '00', minute = '00', second = '00', fraction = ''] = match;
  const [, , , , , , , , sign, offsetHour = '00', offsetMinute = '00'] = match;
  // Date.UTC takes 30 February for 1 March, and 24:00 for midnight.
  if (Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > daysIn(Number(year), Number(month))) {
    return undefined;
  }
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  if (Number(offsetHour) > 23 || Number(offsetMinute) > 59) return undefined;
  const ms =
    utc(Number(year), Number(month), Number(day)) + (Number(hour) * 3600 + Number(minute) * 60 + Number(second)) * 1000;
  const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000 * (sign === '-' ? -1 : 1);
  return {
    ms: ms + Number(fraction.slice(0, 3).padEnd(3, '0')) - offset,
    rest: fraction.slice(3).replace(/0+$/, ''),
  };
}

const daysIn = (year: number, month: number): number => {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
};

/** Midnight of a day. Date.UTC takes the years 0 to 99 for 1900 to 1999; 400 years are always as many days. */
const utc = (year: number, month: number, day: number): number =>
  Date.UTC(year + 400, month - 1, day) - 146_097 * 86_400_000;

/** Below 0, 0 or above 0, as `left` is before, at or after `right`. */
export function compareInstants(left: Instant, right: Instant): number {
  if (left.ms !== right.ms) return left.ms - right.ms;
  // Decimals of one place onwards compare as texts do.
  return left.rest === right.rest ? 0 : left.rest < right.rest ? -1 : 1;
}

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
