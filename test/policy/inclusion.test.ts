import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Budget } from '../../src/policy/budget.js';
import { includes, shapeOf } from '../../src/policy/inclusion.js';
import { Glob } from '../../src/policy/pattern.js';
import { Subject } from '../../src/policy/positions.js';
import type { Token } from '../../src/policy/token.js';

/** A pattern as a person writes it: `<` and `>` stand for `?` and `*` that match no colon. */
const wildcards: Readonly<Record<string, Token>> = {
  '?': { wildcard: 'one' },
  '*': { wildcard: 'any' },
  '<': { wildcard: 'oneWithin' },
  '>': { wildcard: 'anyWithin' },
};
const tokens = (pattern: string): Token[] => [...pattern].map((char) => wildcards[char] ?? { text: char });
const isCovered = (wide: string, narrow: string, steps = 1e6): boolean =>
  includes(shapeOf(tokens(wide))!, shapeOf(tokens(narrow))!, new Budget(steps));

describe('a pattern covers another one', () => {
  it.each([
    ['*', ''],
    ['*', '*'],
    ['a*', 'abc'],
    ['a*', 'a*b?'],
    ['*b*', 'abc*'],
    ['?*', '*?'],
    ['*??', '?*?'],
    ['a*?', 'a?'],
    ['**', '>'],
    ['?', '<'],
    ['>', '<'],
    ['>:>', 'a:<'],
    ['😀*', '😀a'],
    ['?', '😀'],
    ['arn:aws:execute-api:*:*:*', 'arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/*'],
  ])('%s covers %s', (wide, narrow) => {
    expect(isCovered(wide, narrow)).toBe(true);
  });

  it.each([
    ['', '*'],
    ['', 'a'],
    ['a', ''],
    ['a', 'b'],
    ['?', ''],
    ['?', '*'],
    ['?', ':a'],
    ['<', '?'],
    ['<', ':'],
    ['>', '*'],
    ['>', 'a:b'],
    ['a*b', 'a*'],
    ['a?c', 'a*c'],
  ])('%s does not cover %s', (wide, narrow) => {
    expect(isCovered(wide, narrow)).toBe(false);
  });

  it('claims nothing when the work is too much, or characters are halved', () => {
    expect(isCovered('*a*a*a', '?a?a?a?a', 10)).toBe(false);
    expect(isCovered('*a*a*a', '?a?a?a?a')).toBe(true);
    expect(shapeOf([{ text: '\ud83d' }])).toBeUndefined();
  });

  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', ':', '?', '*', '<', '>'), maxLength: 6 });
  const text = fc.string({ unit: fc.constantFrom('a', 'b', ':', 'c', '😀'), maxLength: 7 });

  it('only if it matches every text that the other one matches', () => {
    let certain = 0;
    fc.assert(
      fc.property(pattern, pattern, fc.array(text, { minLength: 20, maxLength: 20 }), (wide, narrow, texts) => {
        if (!isCovered(wide, narrow)) return;
        certain++;
        const [wider, narrower] = [new Glob(tokens(wide)), new Glob(tokens(narrow))];
        for (const one of texts)
          if (narrower.matches(new Subject(one))) expect(wider.matches(new Subject(one)), one).toBe(true);
      }),
      { numRuns: 10_000 },
    );
    expect(certain).toBeGreaterThan(500);
  });

  it('and finds it wherever a star takes the place of anything', () => {
    // `*a?` is longer than one character, too: that does not show to `?*`, and need not.
    const plain = fc.string({ unit: fc.constantFrom('a', 'b', ':', '*'), maxLength: 6 });
    fc.assert(
      fc.property(plain, plain, plain, (before, middle, after) => {
        expect(isCovered(`${before}*${after}`, `${before}${middle}${after}`)).toBe(true);
        expect(isCovered(middle, middle)).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });
});
