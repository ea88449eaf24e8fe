import { type Cidr, parseCidr } from './ip.js';
import type { Operator } from './operators.js';
import { parseDecimal, parseInstant } from './values.js';

/**
 * Values that stand for all others: whatever numeric tests of these operands (or tests of dates, of addresses) say of
 * any value, they say of one of the witnesses. Null where such values cannot be written down.
 */
export const witnesses: Readonly<
  Record<Operator['family'], (operands: readonly string[]) => readonly string[] | null>
> = {
  bool: () => ['true', 'false'],
  numeric: (operands) => {
    const bounds = operands.map(parseDecimal);
    if (!bounds.every((bound) => bound !== undefined && bound.digits === null)) return null;
    const texts = around(bounds.map((bound) => bound!.near))?.map(String);
    // Very large and very small numbers are not written as decimals.
    return texts?.every((text) => parseDecimal(text) !== undefined) ? texts : null;
  },
  date: (operands) => {
    const bounds = operands.map(parseInstant);
    // Bounds less than a millisecond apart have nothing between them that could be written here.
    if (operands.some((text) => /\.\d{4}/.test(text)) || bounds.includes(undefined)) return null;
    const times = around(bounds.map((bound) => bound!.ms));
    return times?.every((ms) => Number.isInteger(ms) && ms > YEAR_1 && ms < YEAR_9999)
      ? times.map((ms) => new Date(ms).toISOString())
      : null;
  },
  ip: (operands) => {
    const ranges = operands.map(parseCidr);
    if (!ranges.every((range) => range.ok)) return null;
    return ['0.0.0.0', '::', ...ranges.flatMap((range) => (range.ok ? edges(range.value) : []))];
  },
  string: () => null,
  arn: () => null,
  binary: () => null,
};

const YEAR_1 = -62_135_596_800_000;
const YEAR_9999 = 253_370_764_800_000;

/** All bounds, one number between each two, and one on either side. */
function around(bounds: readonly number[]): number[] | null {
  const sorted = [...new Set(bounds)].sort((a, b) => a - b);
  const numbers = [sorted[0]! - 1, sorted.at(-1)! + 1, ...sorted];
  for (const [at, bound] of sorted.entries()) {
    const next = sorted[at + 1];
    if (next === undefined) continue;
    const between = Math.abs(next - bound) > 2 ? Math.floor((bound + next) / 2) : (bound + next) / 2;
    if (between <= bound || between >= next) return null;
    numbers.push(between);
  }
  return numbers;
}

/** The first address of a range and the one after its last: between two such addresses no range begins or ends. */
function edges({ base, mask }: Cidr): string[] {
  const after = base.map((word, at) => (word | ~mask[at]!) >>> 0);
  let carry = true;
  for (let at = after.length - 1; at >= 0 && carry; at--) {
    after[at] = (after[at]! + 1) >>> 0;
    carry = after[at] === 0;
  }
  return carry ? [addressText(base)] : [addressText(base), addressText(after)];
}

const addressText = (words: readonly number[]): string =>
  words.length === 1
    ? [24, 16, 8, 0].map((shift) => (words[0]! >>> shift) & 255).join('.')
    : [...words].flatMap((word) => [(word >>> 16).toString(16), (word & 0xffff).toString(16)]).join(':');
