import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../src/policy/json.js';
import { isKept } from '../../src/policy/json-number.js';

describe('a number of JSON', () => {
  it.each(
    [
      '0',
      '0.0',
      '0e5',
      '1',
      '1.10',
      '10.0',
      '100',
      '1e3',
      '1E+3',
      '0.001',
      '1e-3',
      '123456789012345',
      '9007199254740992',
    ].concat([
      '1e21',
      '1000000000000000000000',
      '0.1',
      '0.30000000000000004',
      '1.7976931348623157e308',
      '5e-324',
      '0e999',
    ]),
  )('%s is kept', (literal) => {
    expect(isKept(literal)).toBe(true);
  });

  it.each(
    [
      '9007199254740993',
      '12345678901234567890',
      '0.1000000000000000055511151231257827',
      '1e400',
      '1e309',
      '1e-400',
    ].concat(['1180591620717411303424', '2e-324', `1${'0'.repeat(100)}`, `0.${'0'.repeat(1000)}1`]),
  )('%s is not', (literal) => {
    expect(isKept(literal)).toBe(false);
  });

  it('that JavaScript has written is kept, in whichever form', () => {
    const number = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(number, (value) => isKept(String(value)) && isKept(value.toExponential())),
      { numRuns: 2000 },
    );
  });
});

describe('a text with a number that is not kept', () => {
  const errors = (text: string) => {
    const read = parseJson(text, { maxDepth: 32 });
    return read.ok ? [] : read.errors;
  };

  it.each(['{"a":[1,%s]}', '[-%s]', '%s', '{"%s":1,\n "b": %s}', '[%s,%s]'])('is refused: %s', (text) => {
    for (const literal of ['1e400', '9007199254740993']) {
      expect(errors(text.replaceAll('%s', literal))).toMatchObject([{ pointer: '', code: 'inexact-number' }]);
    }
  });

  it('says where the number is', () => {
    const [error] = errors('{"a": 1,\n  "b": -12345678901234567890}');
    expect(error?.detail).toContain('line 2, column 9');
  });

  it('is taken where the digits are text', () => {
    expect(errors('{"9007199254740993":"1e400","x":"\\"12345678901234567890"}')).toEqual([]);
  });

  it('is no JSON all the same where it is none', () => {
    for (const text of ['{"a":9007199254740993', '[1.2.3e400]', '[12345678901234567890e]', '[9007199254740993-]']) {
      expect(errors(text)).toMatchObject([{ code: 'malformed-json' }]);
    }
  });
});
