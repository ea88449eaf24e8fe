import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineReader } from '../../src/service/line-reader.js';

const MIB = 1024 * 1024;

describe('a reader of lines', () => {
  it('finds the same lines, in whatever pieces they come', () => {
    const text = fc.array(fc.constantFrom('\n', 'a', 'é', '€', '\u{1F6AA}', '\r', '\ufeff', 'bcdefgh'), {
      maxLength: 60,
    });
    const sizes = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(text, sizes, (parts, cuts) => {
        // A mark of byte order at the start is none of the text.
        const bytes = Buffer.from(`x${parts.join('')}`);
        const reader = new LineReader();
        const lines: string[] = [];
        for (let at = 0, n = 0; at < bytes.length; n++) {
          const next = at + (cuts[n % cuts.length] || 1);
          lines.push(...reader.add(bytes.subarray(at, next)));
          at = next;
        }
        expect([...lines, reader.end()]).toEqual(bytes.toString().split('\n'));
      }),
    );
  });

  it('takes a line up to its limit, and no longer one', () => {
    const limit = 8 * MIB;
    const longest = new LineReader();
    // Characters are counted, of which these are two bytes each.
    for (let n = 0; n < 16; n++) expect(longest.add(Buffer.from('é'.repeat(MIB / 2)))).toEqual([]);
    expect(longest.add(Buffer.from('\nb')).map(({ length }) => length)).toEqual([limit]);
    // The next one starts from nothing.
    expect(longest.add(Buffer.alloc(limit - 1, 'b'))).toEqual([]);
    expect(() => longest.add(Buffer.from('b'))).toThrow(`a line is longer than ${limit} characters`);
  });

  it('refuses what is not UTF-8', () => {
    expect(() => new LineReader().add(Buffer.of(0x61, 0xff))).toThrow('the text is not UTF-8');
    const torn = new LineReader();
    torn.add(Buffer.of(0xe2, 0x82));
    expect(() => torn.end()).toThrow('the text is not UTF-8');
  });

  it('takes time for the bytes that come, not for those that it has', () => {
    const reader = new LineReader();
    reader.add(Buffer.alloc(8 * MIB - 200_000, 'a'));
    const from = performance.now();
    let n = 0;
    // 5 ms each would be 8 minutes.
    while (n < 100_000 && performance.now() - from < 5000) n += reader.add(Buffer.from('bb')).length + 1;
    expect(n).toBe(100_000);
    expect(reader.add(Buffer.from('\n')).map((line) => [line.length, line.at(-1)])).toEqual([[8 * MIB, 'b']]);
  });

  it('holds little more than a line, also one that comes a byte at a time', () => {
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    const memory = () => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const reader = new LineReader();
    const size = 2 * MIB;
    const before = memory();
    for (let n = 0; n < size; n++) reader.add(Buffer.of(0x61 + (n % 26)));
    expect(memory() - before).toBeLessThan(3 * size);
    expect(reader.end().length).toBe(size);
  });
});
