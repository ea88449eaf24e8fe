import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { PolicyKind } from '../../src/policy/document.js';
import { lintPolicy } from '../../src/policy/lint.js';
import { parsed } from './ask.js';

interface Linted {
  readonly name: string;
  readonly kinds: readonly PolicyKind[];
  readonly document: unknown;
  readonly findings: readonly (readonly [pointer: string, code?: string])[];
}

const file = new URL('../cases/lint/findings.json', import.meta.url);
const cases: readonly Linted[] = JSON.parse(readFileSync(file, 'utf8'));
const each = cases.flatMap((entry) => entry.kinds.map((kind) => ({ ...entry, kind })));

/** What the specification asks for; there may be more advice than that. */
const specified = new Set(cases.flatMap(({ findings }) => findings.flatMap(([, code]) => code ?? [])));

const findingsOf = (kind: PolicyKind, document: unknown) => lintPolicy(kind, parsed(kind, document));

describe('a valid policy gets the findings of the specification, each at its place', () => {
  it.each(each)('$kind, $name', ({ kind, name, document, findings }) => {
    const found = findingsOf(kind, document);
    const listed = found.filter(({ code }) => specified.has(code)).map(({ pointer, code }) => `${pointer} ${code}`);
    const coded = findings.flatMap(([pointer, code]) => (code === undefined ? [] : [`${pointer} ${code}`]));
    expect(listed.sort()).toEqual(coded.sort());
    for (const [pointer] of findings) expect(found.map((finding) => finding.pointer)).toContain(pointer);
    if (name.startsWith('clean: ')) expect(found).toEqual([]);
  });
});

describe('a finding', () => {
  const all = each.flatMap(({ kind, document }) => findingsOf(kind, document));

  it('is a warning or an info, with a text in lower case and without a full stop', () => {
    for (const { severity, detail } of all) {
      expect(['warning', 'info']).toContain(severity);
      // Names of AWS may begin a sentence as they are.
      expect(detail).toMatch(/^(?![A-Z][a-z])\S.*[^.\s]$/);
    }
  });

  it.each(['bare-number-date', 'any-value-if-exists', 'account-in-endpoint-policy', 'resource-matches-no-method'])(
    '%s is a warning, as the specification has it',
    (code) => {
      const severities = all.filter((finding) => finding.code === code).map(({ severity }) => severity);
      expect(new Set(severities)).toEqual(new Set(['warning']));
    },
  );

  it('does not stop a policy, and says where to look', () => {
    for (const { kind, document } of each) {
      for (const { pointer } of findingsOf(kind, document)) {
        const steps = pointer.split('/').slice(1);
        const at = steps.reduce<unknown>(
          (value, step) => (value as Record<string, unknown>)[step.replaceAll('~1', '/').replaceAll('~0', '~')],
          document,
        );
        expect(at, pointer).toBeDefined();
      }
    }
  });
});
