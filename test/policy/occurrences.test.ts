import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { occurrences } from '../../src/policy/occurrences.js';

const codes = (text: string): Int32Array => Int32Array.from(text, (char) => char.codePointAt(0)!);

const places = (wanted: string, text: string): number[] => {
  const found = occurrences(codes(wanted), codes(text));
  return Array.from({ length: text.length + 1 }, (_, at) => at).filter((at) => (found[at >>> 5]! >>> (at & 31)) & 1);
};

describe('the occurrences of a text', () => {
  it('are where it begins, also where they overlap', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 80 });
    const wanted = fc.string({ unit: fc.constantFrom('a', 'b', 'ab', 'aab'), minLength: 1, maxLength: 12 });
    let found = 0;
    fc.assert(
      fc.property(wanted, text, text, (wanted, before, after) => {
        for (const whole of [before + after, before + wanted + after]) {
          const expected = Array.from(whole, (_, at) => at).filter((at) => whole.startsWith(wanted, at));
          found += expected.length;
          expect(places(wanted, whole)).toEqual(expected);
        }
      }),
      { numRuns: 2000 },
    );
    expect(found).toBeGreaterThan(2000);
  });

  it('of the empty text are everywhere, of a longer text nowhere', () => {
    expect(places('', 'ab')).toEqual([0, 1, 2]);
    expect(places('abc', 'ab')).toEqual([]);
  });
});
