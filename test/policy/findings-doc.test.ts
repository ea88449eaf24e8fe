import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { POLICY_KINDS, type PolicyDocument, type PolicyKind } from '../../src/policy/document.js';
import { FINDING_CODES } from '../../src/policy/finding.js';
import type { Finding } from '../../src/policy/issue.js';
import { lintAttached, lintPolicy } from '../../src/policy/lint.js';
import type { Attachment } from '../../src/policy/lint-attached.js';
import { ALL, parsed } from './ask.js';

/** One code, as `docs/findings.md` describes it. */
interface Described {
  readonly code: string;
  readonly severity: string;
  readonly kind: PolicyKind;
  readonly pointer: string;
  /** The JSON under each of its labels. */
  readonly found: PolicyDocument;
  readonly instead: PolicyDocument;
  readonly attachment: Attachment | undefined;
}

const page = readFileSync(new URL('../../docs/findings.md', import.meta.url), 'utf8');
const sections = page.split(/^### /m).slice(1);
const codeOf = (section: string): string => /^`([a-z-]+)`\n/.exec(section)?.[1] ?? '';

/** It would need a hundred findings. */
const WITHOUT_EXAMPLE = 'more-findings';
const described = sections.filter((section) => codeOf(section) !== WITHOUT_EXAMPLE).map(read);

function read(section: string): Described {
  const [, severity = '', kind = '', pointer = ''] =
    /^\*\*(\w+)\*\* · (\w+) policy · at `([^`]*)`$/m.exec(section) ?? [];
  const block = (label: string): unknown => {
    const json = new RegExp(`^${label}:\n\n\`\`\`json\n([^]*?)\n\`\`\`$`, 'm').exec(section)?.[1];
    return json === undefined ? undefined : JSON.parse(json);
  };
  const policy = (label: string) => parsed(kind as PolicyKind, block(label));
  return {
    code: codeOf(section),
    severity,
    kind: kind as PolicyKind,
    pointer,
    found: policy('Found in'),
    instead: policy('Write instead'),
    attachment: block('Attached to') as Attachment | undefined,
  };
}

const findingsOf = ({ kind, attachment }: Described, document: PolicyDocument): Finding[] =>
  attachment === undefined ? lintPolicy(kind, document) : lintAttached(kind, document, attachment);

describe('docs/findings.md', () => {
  it('describes every code once, and no other', () => {
    expect(sections.map(codeOf).sort()).toEqual([...FINDING_CODES].sort());
  });

  it.each(described)('$code is found in its example, and nothing else is', (entry) => {
    const found = findingsOf(entry, entry.found).map(({ severity, code, pointer }) => ({ severity, code, pointer }));
    expect(found).toEqual([{ severity: entry.severity, code: entry.code, pointer: entry.pointer }]);
  });

  it.each(described)('$code is not found in what it says to write, nor is any warning', (entry) => {
    const left = [...lintPolicy(entry.kind, entry.instead), ...findingsOf(entry, entry.instead)];
    expect(left.filter(({ code, severity }) => code === entry.code || severity === 'warning')).toEqual([]);
  });
});

describe('advice', () => {
  it.each(POLICY_KINDS)('on a policy of kind %s has an end', (kind) => {
    const { Principal, ...rest } = ALL;
    const Action = Array.from({ length: 150 }, (_, index) => `execute-api:x${index}`);
    const document = parsed(kind, { Statement: { ...rest, ...(kind === 'identity' ? {} : { Principal }), Action } });
    const findings = lintPolicy(kind, document);
    expect(findings).toHaveLength(101);
    expect(findings.at(-1)).toMatchObject({ severity: 'info', code: WITHOUT_EXAMPLE, pointer: '' });
  });
});
