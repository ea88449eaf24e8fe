import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { Glob } from '../../src/policy/pattern.js';
import { Subject } from '../../src/policy/positions.js';
import type { Token } from '../../src/policy/token.js';

/** Properties are slow on a machine that others use. */
vi.setConfig({ testTimeout: 60_000 });

const any: Token = { wildcard: 'any' };
const one: Token = { wildcard: 'one' };
const text = (plain: string): Token => ({ text: plain });

/** `*` and `?` as a policy writes them. */
const glob = (pattern: string): Glob =>
  new Glob([...pattern].map((char) => (char === '*' ? any : char === '?' ? one : text(char))));

/** Row by row: which beginnings of the text the tokens so far can cover. Slow and obvious. */
function covers(tokens: readonly Token[], whole: string): boolean {
  const chars = [...whole];
  let row = chars.map(() => false);
  row.unshift(true);
  const step = (fits: (char: string) => boolean): void => {
    row = row.map((_, end) => end > 0 && row[end - 1]! && fits(chars[end - 1]!));
  };
  for (const token of tokens) {
    if ('text' in token) for (const wanted of token.text) step((char) => char === wanted);
    else if (token.wildcard === 'one') step(() => true);
    else if (token.wildcard === 'oneWithin') step((char) => char !== ':');
    else {
      const crosses = token.wildcard === 'any';
      for (let end = 1; end < row.length; end++) row[end] ||= row[end - 1]! && (crosses || chars[end - 1] !== ':');
    }
  }
  return row.at(-1)!;
}

const alphabet = fc.constantFrom('a', 'b', ':', '😀', '\u{1F601}');
const wildcard = fc.constantFrom<Token>(any, one, { wildcard: 'anyWithin' }, { wildcard: 'oneWithin' });
const short = fc.string({ unit: alphabet, minLength: 1, maxLength: 3 }).map(text);
/** What a variable stands for. */
const given = fc
  .string({ unit: fc.constantFrom('a', 'b', 'ab', '😀'), maxLength: 40 })
  .map((plain): Token => ({ text: plain, given: true }));
/** Longer than what is looked for with `indexOf`, and full of borders. */
const long = fc.string({ unit: fc.constantFrom('a', 'ab', 'aab'), minLength: 5, maxLength: 20 }).map(text);
/** More than 32 places without a star between them. */
const wide = fc
  .array(fc.constantFrom<Token>(one, { wildcard: 'oneWithin' }, text('a'), text('ab')), {
    minLength: 30,
    maxLength: 80,
  })
  .filter((tokens) => tokens.some((token) => 'wildcard' in token));

const tokens = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.oneof({ weight: 2, arbitrary: wildcard }, short), { maxLength: 10 }) },
  { weight: 2, arbitrary: fc.array(fc.oneof(wildcard, short, long, given), { maxLength: 8 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.array(fc.oneof(wildcard, short), { maxLength: 2 }), wide, fc.array(wildcard, { maxLength: 2 }))
      .map((parts) => parts.flat()),
  },
);

/** What the tokens match, with every wildcard filled in, and perhaps bent in one place. */
const textFor = (pattern: readonly Token[]): fc.Arbitrary<string> =>
  fc
    .tuple(
      ...pattern.map((token) => {
        if ('text' in token) return fc.constant(token.text);
        if (token.wildcard === 'one' || token.wildcard === 'oneWithin') return alphabet;
        return fc.string({ unit: alphabet, maxLength: 5 });
      }),
    )
    .map((parts) => parts.join(''))
    .chain((whole) => fc.oneof({ weight: 3, arbitrary: fc.constant(whole) }, bent(whole)));

const bent = (whole: string): fc.Arbitrary<string> =>
  fc.tuple(fc.nat(), fc.constantFrom('', 'a', 'ab', ':', '😀')).map(([place, instead]) => {
    const chars = [...whole];
    chars.splice(place % (chars.length + 1), 1, instead);
    return chars.join('');
  });

const question = tokens.chain((pattern) => fc.record({ pattern: fc.constant(pattern), whole: textFor(pattern) }));

describe('a glob', () => {
  it('agrees with the obvious matcher', () => {
    const seen = { true: 0, false: 0 };
    fc.assert(
      fc.property(question, ({ pattern, whole }) => {
        const expected = covers(pattern, whole);
        seen[`${expected}`]++;
        expect(new Glob(pattern).matches(new Subject(whole))).toBe(expected);
      }),
      { numRuns: 6000 },
    );
    expect(Math.min(seen.true, seen.false)).toBeGreaterThan(600);
  });

  it('finds long literals among their own beginnings', () => {
    const literal = fc.string({ unit: fc.constantFrom('a', 'b', 'ab', 'aab'), minLength: 9, maxLength: 16 });
    const drawn = literal.chain((wanted) => {
      const piece = fc.tuple(fc.nat(wanted.length), fc.nat(4)).map(([end, start]) => wanted.slice(start, end));
      return fc.tuple(
        fc.constant(wanted),
        fc.array(piece, { maxLength: 5 }),
        fc.array(piece, { maxLength: 3 }),
        fc.boolean(),
      );
    });
    fc.assert(
      fc.property(drawn, ([wanted, before, after, whole]) => {
        const searched = [...before, whole ? wanted : '', ...after].join('');
        expect(new Glob([any, text(wanted), any]).matches(new Subject(searched))).toBe(searched.includes(wanted));
        const twice = searched.indexOf(wanted, searched.indexOf(wanted) + wanted.length) >= 0;
        const expected = searched.includes(wanted) && twice;
        expect(new Glob([any, text(wanted), any, text(wanted), any]).matches(new Subject(searched))).toBe(expected);
      }),
      { numRuns: 3000 },
    );
  });

  it('can begin anywhere in the text, and be asked again', () => {
    fc.assert(
      fc.property(question, fc.string({ unit: alphabet, maxLength: 6 }), ({ pattern, whole }, before) => {
        const matcher = new Glob(pattern);
        const expected = covers(pattern, whole);
        expect(matcher.matches(new Subject(before + whole), before.length)).toBe(expected);
        expect(matcher.matches(new Subject(before + whole + before), before.length, before.length + whole.length)).toBe(
          expected,
        );
        expect(matcher.matches(new Subject(whole))).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it('does not care how text is cut into tokens', () => {
    fc.assert(
      fc.property(question, ({ pattern, whole }) => {
        const cut = pattern.flatMap((token) => ('text' in token ? [...token.text].map(text) : [token]));
        expect(new Glob(cut).matches(new Subject(whole))).toBe(new Glob(pattern).matches(new Subject(whole)));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['', '', true],
    ['', 'a', false],
    ['*', '', true],
    ['**', 'a/b:c', true],
    ['?', '', false],
    ['?', '😀', true],
    ['??', '😀', false],
    ['*?', '😀', true],
    ['a?c', 'a/c', true],
    ['a?c', 'a:c', true],
    ['a', 'A', false],
    ['a.c', 'abc', false],
    ['a*b*a', 'aba', true],
    ['ab*ba', 'aba', false],
    [`${'a'.repeat(40)}?*`, 'a'.repeat(41), true],
    [`*${'ab'.repeat(20)}`, 'ab'.repeat(21), true],
  ])('%j on %j: %j', (pattern, whole, expected) => {
    expect(glob(pattern).matches(new Subject(whole))).toBe(expected);
  });
});

describe('a hostile pattern takes time in proportion to pattern and text', () => {
  const bestOf = (runs: number, run: () => void): number => {
    const times = Array.from({ length: runs }, () => {
      // The processor's time: others may be at work on the machine.
      const before = process.cpuUsage();
      run();
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    });
    return Math.min(...times);
  };
  const as = (count: number): string => 'a'.repeat(count);

  it.each([
    ['a star after every letter', `${'a*'.repeat(4000)}b`, as(4096)],
    ['long beginnings that recur', `*${as(800)}b`.repeat(25), as(1600)],
    ['one long beginning that recurs', `*${as(2000)}b`, as(4096)],
    ['one long end that recurs', `*${as(1000)}b${as(1000)}*b`, as(4096)],
    ['question marks after every star', `${'*?a?'.repeat(1000)}b`, as(4096)],
    ['question marks in a long part', `*${'?a'.repeat(800)}b`, as(4096)],
    ['as many long parts as fit', [...Array(20).fill(`*${'?a'.repeat(100)}`), 'b'].join(''), as(4096)],
    ['the place before the last letter', `${'*?'.repeat(2000)}b`, as(4096)],
    ['stars and nothing else', `${'*'.repeat(20_000)}b`, as(4096)],
  ])('%s', (_, pattern, whole) => {
    const matcher = glob(pattern);
    expect(matcher.matches(new Subject(whole))).toBe(false);
    expect(bestOf(5, () => matcher.matches(new Subject(whole)))).toBeLessThan(20);
  });

  it('to be compiled, too', () => {
    expect(bestOf(5, () => glob('*?a'.repeat(6000)))).toBeLessThan(50);
    expect(bestOf(5, () => glob(`*${'?a'.repeat(10_000)}`))).toBeLessThan(50);
  });
});
