import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../src/policy/json.js';
import { cpuMillisecondsOf } from './cpu.js';

const limits = { maxDepth: 32 };
const parse = (text: string) => parseJson(text, limits);
const duplicatesIn = (text: string) => {
  const result = parse(text);
  if (!result.ok) throw new Error(result.errors[0]?.detail);
  return result.duplicates;
};
const faultOf = (text: string) => {
  const result = parse(text);
  return result.ok ? undefined : result.errors[0];
};

describe('parseJson agrees with JSON.parse', () => {
  const json = fc.oneof(fc.json({ maxDepth: 6 }), fc.json({ maxDepth: 6, noUnicodeString: false }));

  it('on valid texts', () => {
    fc.assert(
      fc.property(json, fc.constantFrom(undefined, '\t', 2), (text, space) => {
        const spaced = JSON.stringify(JSON.parse(text), null, space);
        expect(parse(spaced)).toEqual({ ok: true, value: JSON.parse(spaced), duplicates: [] });
      }),
    );
  });

  it('on texts that have been bent a little: it refuses what JSON.parse refuses, and says where', () => {
    const bent = fc.tuple(
      json,
      fc.nat(),
      fc.constantFrom('', ',', ':', '"', '\\', '{', '}', '[', ']', '0', '-', '.', 'e', ' ', '\n', '\u0001', 'u00'),
    );
    fc.assert(
      fc.property(bent, ([text, where, what]) => {
        const at = where % (text.length + 1);
        const changed = text.slice(0, at) + what + text.slice(at + 1);
        const result = parse(changed);
        const isInexact = !result.ok && result.errors[0]?.code === 'inexact-number';
        expect(result.ok || isInexact).toBe(accepts(changed));
        if (!result.ok && !isInexact)
          expect(result.errors[0]?.detail).toMatch(/^expected .+ in line \d+, column \d+$|^the text ends where /);
      }),
      { numRuns: 2000 },
    );
  });

  const accepts = (text: string) => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };
});

describe('members that occur twice', () => {
  it.each([
    ['{"a":1,"a":1}', ['/a']],
    ['{"a":1,"b":2,"a":3,"a":4}', ['/a']],
    [String.raw`{"a":1,"\u0061":2}`, ['/a']],
    ['{"x":[0,{"y":{"a~/":1,"a~/":2}}]}', ['/x/1/y/a~0~1']],
    ['{"":1,"":2}', ['/']],
    ['{"__proto__":1,"__proto__":{"a":1}}', ['/__proto__']],
    ['{"a":{"b":1,"b":2},"a":{"b":1,"b":2},"c":1}', ['/a/b', '/a']],
    ['[{"a":1},{"a":1}]', []],
    ['{"a":{"a":{"a":1}}}', []],
    ['{"a":"\\"a\\":1","b:":":"}', []],
    ['{"constructor":1,"toString":2,"__proto__":3}', []],
  ])('%s', (text, pointers) => {
    expect(duplicatesIn(text)).toEqual(pointers);
  });

  it('are found wherever they are planted', () => {
    const place = fc.record({ before: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })), name: fc.string() });
    fc.assert(
      fc.property(fc.array(place, { maxLength: 6 }), fc.string(), (path, name) => {
        const escaped = [...name].map((c) =>
          c.length === 1 ? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}` : c,
        );
        const planted = `{${JSON.stringify(name)}:1,"${escaped.join('')}":2}`;
        const text = path.reduceRight((inner, { before, name }) => {
          const others = Object.entries(before).filter(([other]) => other !== name);
          const members = others.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
          return `{${[...members, `${JSON.stringify(name)}:${inner}`].join(',')}}`;
        }, planted);
        const steps = [...path.map((step) => step.name), name];
        expect(duplicatesIn(text)).toEqual([
          steps.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
        ]);
      }),
    );
  });

  it('are named at most a hundred times, one more that is not told, and never at twice the length of the text', () => {
    const many = Array.from({ length: 500 }, (_, i) => `"k${i}":1,"k${i}":2`).join();
    expect(duplicatesIn(`{${many}}`)).toHaveLength(101);
    const long = `{"${'k'.repeat(100_000)}":{${many}}}`;
    expect(duplicatesIn(long).join('').length).toBeLessThan(2 * long.length);
  });
});

describe('depth', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

  it('is bounded exactly', () => {
    expect(parse(nested(32)).ok).toBe(true);
    expect(faultOf(nested(33))).toMatchObject({ pointer: '', code: 'too-deep' });
    expect(parse(`[${Array(100).fill(nested(31)).join()}]`).ok).toBe(true);
  });

  it('does not count brackets in strings', () => {
    expect(parse(JSON.stringify(['['.repeat(100), '"{\\'.repeat(100)])).ok).toBe(true);
  });
});

describe('what is not JSON', () => {
  it.each([
    ['', 'the text ends where a value was expected'],
    ['{"a":', 'the text ends where a value was expected'],
    ['{"a":1', 'the text ends where `,` or `}` was expected'],
    ['"abc', 'the text ends where the end of a string was expected'],
    ['[1,\n  2,\n  x]', 'expected a value in line 3, column 3'],
    ['{"a" 1}', 'expected `:` in line 1, column 6'],
    ['{a: 1}', 'expected a member name in double quotes in line 1, column 2'],
    ['{"a":1,}', 'expected a member name in double quotes in line 1, column 8'],
    ['[01]', 'expected a value in line 1, column 2'],
    ['1 2', 'expected the end of the text in line 1, column 3'],
    ['"\\x"', 'expected an escape that JSON knows in line 1, column 2'],
    ['"\t"', 'expected an escape such as `\\n` for a control character in line 1, column 2'],
    ['\ufeff{}', 'expected a value in line 1, column 1'],
    ['NaN', 'expected a value in line 1, column 1'],
  ])('%j', (text, detail) => {
    expect(faultOf(text)).toEqual({ pointer: '', code: 'malformed-json', detail });
  });
});

describe('hostile texts take no longer than others of their size', () => {
  const MIB = 1024 * 1024;
  it.each([
    ['opening brackets', '['.repeat(MIB)],
    [
      'one member, over and over',
      `{${Array(MIB / 8)
        .fill('"abc":1')
        .join()}}`,
    ],
    [
      'duplicates below a long name',
      `{"${'k'.repeat(MIB / 2)}":{${Array(MIB / 16)
        .fill('"a":1')
        .join()}}}`,
    ],
    ['backslashes', `"${'\\\\'.repeat(MIB / 2)}"`],
    ['escaped quotes without end', `"${'\\"'.repeat(MIB / 2)}`],
    ['digits', '1'.repeat(MIB)],
    ['digits and then not', `${'1'.repeat(MIB)}x`],
    ['white space', ' '.repeat(MIB)],
    ['lines', `${'\n'.repeat(MIB)}x`],
  ])('%s', (_what, text) => {
    expect(cpuMillisecondsOf(() => parse(text))).toBeLessThan(100);
  });
});
