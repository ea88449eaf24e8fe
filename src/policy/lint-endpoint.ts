import { finding } from './finding.js';
import { quoted } from './issue.js';
import type { Entry, StatementRule, TestRule } from './linted.js';

/**
 * What AWS would refuse on an endpoint policy, beyond the language: AWS PrivateLink Guide, "Control access to VPC
 * endpoints using endpoint policies". Its scope is unclear there, so these are findings.
 */
export const endpointRules: readonly StatementRule[] = [
  function* mixedAccounts(statement, { kind }) {
    if (kind === 'endpoint') for (const entry of statement.entries('Resource')) yield* mixedAccount(entry);
  },
];

export const endpointTestRules: readonly TestRule[] = [
  function* mixedAccounts({ values }, _, { kind }) {
    if (kind === 'endpoint') for (const entry of values) yield* mixedAccount(entry);
  },
  function* systemIds({ name, values, known, keyText, pointer }, _, { kind }) {
    if (kind !== 'endpoint' || !known?.systemId) return;
    if (name.operator?.family === 'numeric') {
      const detail = `AWS refuses numeric operators on ids that it makes, such as ${quoted(keyText)}: use StringEquals`;
      yield finding('endpoint-number-on-id', pointer, detail);
    }
    if (!name.base.endsWith('Like')) return;
    for (const { text, pointer: at } of values) {
      if (!/[*?]/.test(text)) continue;
      const detail = `AWS refuses wildcards in ids that it makes: list the values of ${quoted(keyText)} in full`;
      yield finding('endpoint-wildcard-in-id', at, detail);
    }
  },
  function* shortWildcards({ name, values, known }, _, { kind }) {
    if (kind !== 'endpoint' || known?.systemId || name.operator?.family !== 'string' || !name.base.endsWith('Like'))
      return;
    for (const { text, pointer } of values) {
      if (!hasLonelyWildcard(text)) continue;
      const detail = `AWS asks for six characters before or after each wildcard: ${quoted(text)} says too little`;
      yield finding('endpoint-short-wildcard', pointer, `${detail}, spell more of it out`);
    }
  },
];

function* mixedAccount({ text, pointer }: Entry) {
  if (!text.startsWith('arn:')) return;
  const account = text.split(':', 5)[4] ?? '';
  if (!/[*?]/.test(account) || /^[*?]+$/.test(account)) return;
  const detail = `AWS refuses ${quoted(account)} in place of an account: write all 12 digits, or \`*\` alone`;
  yield finding('endpoint-mixed-account', pointer, detail);
}

/** Whether a wildcard has fewer than six ordinary characters on both sides; a variable may stand for any number. */
function hasLonelyWildcard(text: string): boolean {
  const runs = text.split(/[*?]+/).map((run) => (run.includes('${') ? ENOUGH : [...run].length));
  return runs.some((run, at) => at > 0 && run < ENOUGH && runs[at - 1]! < ENOUGH);
}

const ENOUGH = 6;
