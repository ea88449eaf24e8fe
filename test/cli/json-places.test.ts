import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placesIn } from '../../src/cli/json-places.js';
import { pointerTo } from '../../src/policy/issue.js';

/** The text from a place on. */
const textAt = (text: string, { line, column }: { line: number; column: number }): string =>
  text
    .split('\n')
    .slice(line - 1)
    .join('\n')
    .slice(column - 1);

const TEXT = `{
  "a": [1, {"b/c": null}, "x\\"]}"],
  "Effect": "Allow",
  "e": {}, "Effect" :
    "Deny"
}`;

describe('placesIn', () => {
  it.each([
    ['', '{\n'],
    ['/a', '"a": [1'],
    ['/a/0', '1, {'],
    ['/a/1', '{"b/c"'],
    ['/a/1/b~1c', '"b/c": null'],
    ['/a/2', '"x\\"]}"'],
    ['/Effect', '"Effect" :'],
    ['/e', '"e": {}'],
    ['/e/missing/too', '"e": {}'],
    ['/a/7', '"a": [1'],
    ['/none', '{\n'],
  ])('finds `%s` at `%s`', (pointer, begins) => {
    const [place] = placesIn(TEXT, [pointer]);
    expect(textAt(TEXT, place!).startsWith(begins)).toBe(true);
  });

  it('finds every member at its name and every element at its value, in whatever layout', () => {
    const layouts = [undefined, 1, '\t', 4];
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(...layouts), (value, layout) => {
        const text = JSON.stringify(value, null, layout);
        const expected: [pointer: string, begins: string][] = [];
        const walk = (at: unknown, pointer: string): void => {
          if (typeof at !== 'object' || at === null) return;
          for (const [name, child] of Object.entries(at)) {
            const to = pointerTo(pointer, name);
            const element =
              typeof child === 'object' && child !== null ? (Array.isArray(child) ? '[' : '{') : undefined;
            expected.push([to, Array.isArray(at) ? (element ?? JSON.stringify(child)) : `${JSON.stringify(name)}:`]);
            walk(child, to);
          }
        };
        walk(value, '');
        const places = placesIn(
          text,
          expected.map(([pointer]) => pointer),
        );
        for (const [at, [, begins]] of expected.entries())
          expect(textAt(text, places[at]!).startsWith(begins)).toBe(true);
      }),
    );
  });
});
