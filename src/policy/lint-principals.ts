import { finding } from './finding.js';
import { quoted } from './issue.js';
import type { LintedStatement, StatementRule } from './linted.js';
import type { Principal } from './principal.js';
import { type PrincipalValue, parsePrincipalValue } from './principal-set.js';

/** Whom a statement names. */
export const principalRules: readonly StatementRule[] = [
  function* nobody(statement, { kind }) {
    for (const { type, text, pointer } of statement.principals) {
      const value = parsePrincipalValue(type, text);
      if (!value.ok) continue;
      if (value.value.names === 'nobody') {
        const detail = `${quoted(text)} never matches a caller of execute-api: name a user, role, session or account`;
        yield finding('principal-never-matches', pointer, detail);
      }
      if (kind === 'endpoint' && value.value.names === 'account') {
        const detail =
          'the whole account is meant here; AWS documents for gateway endpoints that an account id is its root user ' +
          'only: `"Principal": "*"` with a condition on aws:PrincipalAccount says it without doubt';
        yield finding('account-in-endpoint-policy', pointer, detail);
      }
    }
  },
  function* incompleteExceptions(statement) {
    if (statement.element.NotPrincipal === undefined) return;
    const named = namedBy(statement);
    const values = named.map(({ value }) => value);
    for (const { text, pointer, value } of named) {
      const missing = missingWith(value, values);
      if (missing === undefined) continue;
      const detail =
        `${quoted(text)} is not exempt by this alone: ${missing}; \`"Principal": "*"\` with ArnNotEquals on ` +
        'aws:PrincipalArn exempts it without doubt';
      yield finding('incomplete-not-principal', pointer, detail);
    }
  },
];

const namedBy = (statement: LintedStatement) =>
  statement.principals.flatMap(({ type, text, pointer }) => {
    const value = parsePrincipalValue(type, text);
    return value.ok ? [{ text, pointer, value: value.value }] : [];
  });

/** What a NotPrincipal must list besides a value for it to exempt anyone: every level counts (reading U4). */
function missingWith(value: PrincipalValue, all: readonly PrincipalValue[]): string | undefined {
  const identities = all.flatMap((other) => (other.names === 'identity' ? [other.identity] : []));
  if (value.names === 'account') {
    const inside = identities.some(({ account }) => account === value.account);
    return inside ? undefined : 'users and sessions of the account are denied unless each one is listed too';
  }
  if (value.names !== 'identity') return undefined;
  const { type, account, partition } = value.identity;
  const accountListed = all.some(
    (other) => other.names === 'account' && other.account === account && (other.partition ?? partition) === partition,
  );
  if (!accountListed) return `list \`arn:${partition}:iam::${account}:root\` too`;
  const ofRole = identities.filter((other) => isSameRole(other, value.identity));
  if (type === 'role' && !ofRole.some((other) => other.type === 'session')) {
    return 'list the ARN of each session of the role too';
  }
  if (type === 'session' && !ofRole.some((other) => other.type === 'role')) return 'list the ARN of its role too';
  return undefined;
}

const isSameRole = (one: Principal, other: Principal): boolean =>
  one.role !== '' && one.role === other.role && one.account === other.account && one.partition === other.partition;
