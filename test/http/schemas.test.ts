import { describe, expect, it } from 'vitest';
import type { Schema } from '../../src/http/open-api.js';
import { checkOf } from '../../src/http/schemas.js';
import { cpuMillisecondsOf } from './cpu.js';

const text = (maxLength: number) => ({ type: 'string', maxLength }) as Schema;

describe('maxLength', () => {
  const codes = (value: string) => checkOf(text(4))(value).map(({ code }) => code);

  it.each(['', 'abcd', '\u{1f600}\u{1f600}\u{1f600}\u{1f600}', 'ab\u{1f600}d', '\ud83d\ud83d\ud83d\ud83d'])(
    'takes %j, of at most four characters',
    (value) => {
      expect(codes(value)).toEqual([]);
    },
  );

  it.each(['abcde', 'abcd\u{1f600}', '\u{1f600}'.repeat(5), '\ude00'.repeat(5), 'abcdefgh', 'abcdefghi'])(
    'refuses %j',
    (value) => {
      expect(codes(value)).toEqual(['too-long']);
    },
  );

  it('tells of all that are too long, wherever they stand, and how long they may be', () => {
    const schema = {
      type: 'object',
      properties: {
        either: { anyOf: [text(2), { type: 'number' }] },
        list: { type: 'array', items: text(3) },
        map: { type: 'object', additionalProperties: text(1) },
      },
    };
    const value = { either: 'abc', list: ['abc', 'abcd'], map: { key: 'ab', other: 'a' } };
    expect(checkOf(schema as unknown as Schema)(value)).toEqual([
      { pointer: '/either', code: 'too-long', detail: 'must have at most 2 characters' },
      { pointer: '/list/1', code: 'too-long', detail: 'must have at most 3 characters' },
      { pointer: '/map/key', code: 'too-long', detail: 'must have at most 1 characters' },
    ]);
  });

  it('does not count through a text of as many mebibytes as an import may have', () => {
    const long = 'x'.repeat(16 * 1024 * 1024);
    const check = checkOf(text(1000));
    expect(cpuMillisecondsOf(() => check(long))).toBeLessThan(10);
  });
});
