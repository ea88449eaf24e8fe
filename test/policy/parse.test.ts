import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { PolicyKind } from '../../src/policy/document.js';
import type { Issue } from '../../src/policy/issue.js';
import { parsePolicy } from '../../src/policy/parse.js';

const ALL_KINDS: readonly PolicyKind[] = ['endpoint', 'resource', 'identity'];
const UNBOUNDED = Number.POSITIVE_INFINITY;

const cases = <T>(path: string): T[] => JSON.parse(readFileSync(new URL(`../cases/${path}`, import.meta.url), 'utf8'));

/** Valid in itself; in an identity policy without its Principal. */
const valid = (kind: PolicyKind) => ({
  Effect: 'Allow',
  ...(kind === 'identity' ? {} : { Principal: '*' }),
  Action: 'execute-api:Invoke',
  Resource: 'arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/*',
});

/** Elements that replace those of a valid statement, or remove them; or a whole document (`$VALID`: that statement). */
interface Refused {
  readonly name: string;
  readonly kinds?: readonly PolicyKind[];
  readonly version?: unknown;
  readonly statement?: Readonly<Record<string, unknown>>;
  readonly document?: unknown;
  readonly errors: readonly (readonly [pointer: string, code?: string])[];
}

function documentOf({ version = '2012-10-17', statement, document }: Refused, kind: PolicyKind): unknown {
  if (statement === undefined) {
    return JSON.parse(JSON.stringify(document).replaceAll('"$VALID"', JSON.stringify([valid(kind)])));
  }
  const elements = Object.entries({ ...valid(kind), ...statement }).filter(([, value]) => value !== '(absent)');
  return { Version: version, Statement: [Object.fromEntries(elements)] };
}

const errorsOf = (kind: PolicyKind, document: unknown): readonly Issue[] => {
  const result = parsePolicy(kind, document, UNBOUNDED);
  return result.ok ? [] : result.errors;
};

const sorted = (entries: readonly string[]): string[] => [...entries].sort();

describe('a policy is refused with every fault at its place', () => {
  const refused = cases<Refused>('parse/refused.json');
  const documents = (entry: Refused) =>
    (entry.kinds ?? ALL_KINDS).map((kind) => ({ kind, document: documentOf(entry, kind) }));

  it.each(refused)('$name', (entry) => {
    for (const { kind, document } of documents(entry)) {
      const found = errorsOf(kind, document);
      const pointers = entry.errors.map(([pointer]) => pointer);
      expect(sorted(found.map(({ pointer }) => pointer)), kind).toEqual(sorted(pointers));
      const coded = entry.errors.flatMap(([pointer, code]) => (code === undefined ? [] : [`${pointer} ${code}`]));
      expect(found.map(({ pointer, code }) => `${pointer} ${code}`)).toEqual(expect.arrayContaining(coded));
    }
  });

  it('and a text that says what to write instead: lower case, no full stop, no more than a line', () => {
    const details = refused
      .flatMap(documents)
      .flatMap(({ kind, document }) => errorsOf(kind, document).map(({ detail }) => detail));
    // Names of AWS may begin a sentence as they are.
    const ill = details.filter((detail) => !/^(?![A-Z][a-z])\S.*[^.\s]$/.test(detail) || detail.length > 300);
    expect([...new Set(ill)]).toEqual([]);
  });

  it('and the pointers lead to what is there, or to where something is missing', () => {
    for (const { kind, document } of refused.flatMap(documents)) {
      for (const { pointer } of errorsOf(kind, document)) {
        const steps = pointer.split('/').slice(1);
        const at = steps.reduce<unknown>(
          (value, step) => (value as Record<string, unknown>)[step.replaceAll('~1', '/').replaceAll('~0', '~')],
          document,
        );
        expect(at, pointer).not.toBeUndefined();
      }
    }
  });
});

interface Accepted {
  readonly id: string;
  readonly kinds: readonly PolicyKind[];
  readonly document: Readonly<Record<string, unknown>>;
}

/** Removing an entry breaks policies that are stored somewhere: argue it in the changelog, and lower the count. */
const CORPUS_SIZE = 147;

describe('every form that was ever accepted', () => {
  const corpus = cases<Accepted>('corpus.json');

  it('is still listed', () => {
    expect(corpus.length).toBeGreaterThanOrEqual(CORPUS_SIZE);
    expect(new Set(corpus.map(({ id }) => id)).size).toBe(corpus.length);
  });

  it.each(corpus)('$id', ({ kinds, document }) => {
    for (const kind of kinds) {
      expect(errorsOf(kind, document), kind).toEqual([]);
      const result = parsePolicy(kind, document, UNBOUNDED);
      expect(result.ok && result.document).toEqual(document);
    }
  });
});

describe('members named like what every object inherits', () => {
  it.each([
    ['{"__proto__":{"Statement":[]}}', ['/__proto__', '']],
    [
      '{"Statement":{"__proto__":{"Effect":"Allow"},"Principal":"*","Action":"*","Resource":"*"}}',
      ['/Statement/__proto__', '/Statement'],
    ],
    ['{"constructor":1,"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}', ['/constructor']],
    [
      '{"Statement":{"Effect":"Allow","Principal":{"__proto__":"*"},"Action":"*","Resource":"*"}}',
      ['/Statement/Principal/__proto__'],
    ],
    [
      '{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{"__proto__":{"a:b":"c"},"toString":{"a:b":"c"}}}}',
      ['/Statement/Condition/__proto__', '/Statement/Condition/toString'],
    ],
    [
      '{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{"StringEquals":{"__proto__":"c","constructor":"d"}}}}',
      ['/Statement/Condition/StringEquals/__proto__', '/Statement/Condition/StringEquals/constructor'],
    ],
  ])('%s', (text, pointers) => {
    const found = errorsOf('resource', JSON.parse(text)).map(({ pointer }) => pointer);
    expect(sorted(found)).toEqual(sorted(pointers));
  });
});

describe('size', () => {
  const withSid = (sid: string) => ({ Statement: { ...valid('endpoint'), Sid: sid } });
  const limit = 20_480;
  const overhead = JSON.stringify(withSid('')).length;

  it('is counted in the characters of the JSON text', () => {
    expect(parsePolicy('endpoint', withSid('a'.repeat(limit - overhead)), limit).ok).toBe(true);
    const over = parsePolicy('endpoint', withSid('a'.repeat(limit - overhead + 1)), limit);
    expect(over).toMatchObject({ ok: false, errors: [{ pointer: '', code: 'too-large' }] });
    // An escape is as many characters as it takes in the text.
    expect(parsePolicy('endpoint', withSid('"'.repeat((limit - overhead) / 2 + 1)), limit).ok).toBe(false);
  });

  it('counts a character beyond the basic plane once', () => {
    expect(parsePolicy('endpoint', withSid('😀'.repeat(limit - overhead)), limit).ok).toBe(true);
    const over = parsePolicy('endpoint', withSid('😀'.repeat(limit - overhead + 1)), limit);
    expect(over).toMatchObject({ ok: false, errors: [{ pointer: '', code: 'too-large' }] });
    expect(!over.ok && over.errors[0]?.detail).toContain(`${limit + 1} characters`);
  });

  it.each([
    ['valid', valid('endpoint'), true],
    ['faulty', { Effect: 'x', Principal: 'x', Action: ['x'], Resource: 'x', Condition: { x: 1 } }, false],
  ])('10,000 statements, %s, are answered at once', (_, statement, ok) => {
    const document = { Statement: Array.from({ length: 10_000 }, () => statement) };
    expect(parsePolicy('endpoint', document, UNBOUNDED).ok).toBe(ok);
    expect(bestOf(5, () => parsePolicy('endpoint', document, UNBOUNDED))).toBeLessThan(300);
    // A document over the limit is refused before its statements are looked at.
    expect(bestOf(5, () => parsePolicy('endpoint', document, limit))).toBeLessThan(100);
  });
});

/** Milliseconds of the processor's time: others may be at work on the machine. */
function bestOf(runs: number, run: () => void): number {
  const times = Array.from({ length: runs }, () => {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}
