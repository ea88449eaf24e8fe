import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../src/policy/json.js';

const LIMITS = { maxDepth: 32 };
const read = (text: string) => parseJson(text, LIMITS);

/** JSON text in which members may be repeated and names escaped, with the pointers of those that are repeated. */
interface Written {
  readonly text: string;
  readonly duplicates: readonly string[];
}

const name = fc.constantFrom('a', 'b', 'Effect', '__proto__', 'constructor', 'a/b', 'c~d', '', 'é', '"');
const escaped = (text: string, all: boolean): string =>
  all
    ? `"${[...text].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`
    : JSON.stringify(text);
const step = (text: string): string => text.replaceAll('~', '~0').replaceAll('/', '~1');

const { value } = fc.letrec<{ value: Written }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('1', '-0.5e3', '"x:{"', '"\\""', 'true', 'null', '""').map((text) => ({ text, duplicates: [] })),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => ({
      text: `[${items.map(({ text }) => text).join(' , ')}]`,
      duplicates: items.flatMap(({ duplicates }, at) => duplicates.map((pointer) => `/${at}${pointer}`)),
    })),
    fc.array(fc.tuple(name, fc.boolean(), tie('value')), { maxLength: 4 }).map((members) => ({
      text: `{${members.map(([key, all, { text }]) => `${escaped(key, all)}: ${text}`).join(',\n')}}`,
      duplicates: members.flatMap(([key, , { duplicates }], at) => [
        ...(members.findIndex(([other]) => other === key) < at ? [`/${step(key)}`] : []),
        ...duplicates.map((pointer) => `/${step(key)}${pointer}`),
      ]),
    })),
  ),
}));

describe('reading JSON of strangers', () => {
  it('gives what JSON.parse gives, and names every repeated member', () => {
    let repeated = 0;
    fc.assert(
      fc.property(value, ({ text, duplicates }) => {
        const result = read(text);
        expect(result.ok).toBe(true);
        if (!result.ok) return;
        expect(JSON.stringify(result.value)).toBe(JSON.stringify(JSON.parse(text)));
        expect([...result.duplicates].sort()).toEqual([...new Set(duplicates)].sort());
        if (duplicates.length > 0) repeated++;
      }),
      { numRuns: 1000 },
    );
    expect(repeated).toBeGreaterThan(50);
  });

  it('takes and refuses what JSON.parse takes and refuses', () => {
    const accepted = (text: string): boolean => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    };
    const bent = fc
      .tuple(value, fc.nat(), fc.constantFrom('', ',', '"', '}', '{', ':', '\\', '\n', 'x', '01'))
      .map(([{ text }, at, instead]) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + instead + text.slice(place + 1);
      });
    fc.assert(
      fc.property(fc.oneof(bent, fc.string()), (text) => {
        const result = read(text);
        expect(result.ok).toBe(accepted(text));
        if (!result.ok) expect(result.errors).toMatchObject([{ pointer: '', code: 'malformed-json' }]);
      }),
      { numRuns: 2000 },
    );
  });

  it('a second Effect never wins silently', () => {
    expect(read('{"Statement":[{"Effect":"Deny","Sid":"a","Effect":"Allow"}]}')).toMatchObject({
      ok: true,
      duplicates: ['/Statement/0/Effect'],
    });
    expect(read('{"Effect":"Deny","\\u0045ffect":"Allow"}')).toMatchObject({ duplicates: ['/Effect'] });
    expect(read('{"__proto__":1,"__proto__":2}')).toMatchObject({ duplicates: ['/__proto__'] });
    expect(read('{"a":{"x":1},"b":{"x":1}}')).toMatchObject({ duplicates: [] });
  });

  it('bounds the depth before anything recurses', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(read(nested(32)).ok).toBe(true);
    expect(read(nested(33))).toMatchObject({ ok: false, errors: [{ pointer: '', code: 'too-deep' }] });
    expect(read(`${'{"a":'.repeat(33)}1${'}'.repeat(33)}`)).toMatchObject({
      ok: false,
      errors: [{ code: 'too-deep' }],
    });
    expect(read('['.repeat(500_000))).toMatchObject({ ok: false, errors: [{ code: 'too-deep' }] });
    expect(read(JSON.stringify('['.repeat(100))).ok).toBe(true);
  });

  it('says where the text stops being JSON', () => {
    const detail = (text: string): string | undefined => {
      const result = read(text);
      return result.ok ? undefined : result.errors[0]?.detail;
    };
    expect(detail('{"a": 1,\n  "b": }')).toContain('line 2, column 8');
    expect(detail('{"a": 1')).toContain('ends');
    expect(detail('')).toContain('ends');
  });

  it.each([
    ['backslashes', `"${'\\\\'.repeat(500_000)}"`],
    ['one repeated name', `{${'"a":1,'.repeat(100_000)}"a":1}`],
    ['quotes in a string', `"${'\\"'.repeat(500_000)}"`],
  ])('is linear in the text: %s', (_, text) => {
    const before = process.cpuUsage();
    expect(read(text).ok).toBe(true);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(1000);
  });
});
