import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { missOf, missOfText } from '../../src/policy/miss.js';
import { Glob } from '../../src/policy/pattern.js';
import { Subject } from '../../src/policy/positions.js';
import type { Token } from '../../src/policy/token.js';

const tokensOf = (pattern: string): Token[] =>
  [...pattern].map((char) => {
    if (char === '*') return { wildcard: 'any' };
    if (char === '?') return { wildcard: 'one' };
    return { text: char };
  });

describe('where a text leaves a pattern', () => {
  it.each([
    ['api/Prod/GET', 'api/prod/GET', 4, 4],
    ['api/*/GET/pets', 'api/prod/GET/dogs', 13, 10],
    ['api/prod', 'api/prod/GET', 8, 8],
    ['api/prod/GET', 'api/prod', 8, 8],
    ['api/v?/GET', 'api/v10/GET', 6, 6],
    ['*/pets', 'api/prod', 5, 3],
    ['*/pets', 'a/pets/pets/7', 11, 6],
    ['a*b*c', 'aXbX', 3, 4],
    ['', 'a', 0, 0],
    ['a', '', 0, 0],
    ['*aab', 'aaaac', 2, 3],
  ])('%s over %s: at %i of the text, %i of the pattern', (pattern, text, at, wanted) => {
    expect(missOf(tokensOf(pattern), text)).toEqual({ at, wanted, pattern });
    expect(missOfText(pattern, text)).toEqual({ at, wanted, pattern });
  });

  it('is nowhere where the pattern covers the text, and somewhere where it does not', () => {
    const text = fc.stringMatching(/^[ab:/]{0,12}$/);
    const token = fc.oneof(
      text.map((each): Token => ({ text: each })),
      fc.constantFrom<Token>(
        { wildcard: 'any' },
        { wildcard: 'one' },
        { wildcard: 'anyWithin' },
        { wildcard: 'oneWithin' },
      ),
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 7 }), text, fc.nat(3), (tokens, said, skipped) => {
        const from = Math.min(skipped, said.length);
        const miss = missOf(tokens, said, from);
        expect(miss === null).toBe(new Glob(tokens).matches(new Subject(said), from));
        if (miss === null) return;
        expect(miss.at).toBeGreaterThanOrEqual(from);
        expect(miss.at).toBeLessThanOrEqual(said.length);
        expect(miss.wanted).toBeLessThanOrEqual(miss.pattern.length);
      }),
      { numRuns: 3000 },
    );
  });

  it('is the same for a pattern as written', () => {
    const pattern = fc.stringMatching(/^[ab:*?]{0,10}$/);
    fc.assert(
      fc.property(pattern, fc.stringMatching(/^[ab:]{0,10}$/), (written, text) => {
        expect(missOfText(written, text)).toEqual(missOf(tokensOf(written), text));
      }),
      { numRuns: 3000 },
    );
  });

  it('takes a character beyond the first plane for one', () => {
    expect(missOf(tokensOf('a?c'), 'a😀d')).toEqual({ at: 3, wanted: 2, pattern: 'a?c' });
  });

  it('gives up a place rather than time', () => {
    const tokens: Token[] = [{ text: 'x' }, { wildcard: 'any' }];
    for (let count = 0; count < 900; count++) tokens.push({ wildcard: 'one' }, { text: 'a' });
    const started = process.cpuUsage();
    expect(missOf(tokens, `x${'a'.repeat(1599)}b`)).not.toBeNull();
    expect(process.cpuUsage(started).user).toBeLessThan(500_000);
  });
});
