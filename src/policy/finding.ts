import type { Finding } from './issue.js';

/** Every code that the linter gives, and how much it matters; `docs/findings.md` has an example of each. */
const severities = {
  // lint-document.ts
  'foreign-character': 'warning',
  'duplicate-sid': 'warning',
  'empty-sid': 'warning',
  'sid-characters': 'warning',
  'grants-nothing': 'warning',
  'grants-nothing-alone': 'info',
  'more-findings': 'info',
  // lint-principals.ts
  'principal-never-matches': 'warning',
  'account-in-endpoint-policy': 'warning',
  'incomplete-not-principal': 'warning',
  // lint-targets.ts
  'action-of-another-service': 'warning',
  'unknown-action': 'warning',
  'resource-of-another-service': 'warning',
  'resource-matches-no-method': 'warning',
  'excludes-everything': 'warning',
  // lint-operators.ts
  'variable-is-literal': 'warning',
  'variable-holds-set': 'warning',
  'wildcard-is-literal': 'warning',
  'several-booleans': 'warning',
  'for-all-values-on-single-value': 'warning',
  'any-value-if-exists': 'warning',
  'null-with-qualifier': 'warning',
  'bare-number-date': 'warning',
  // lint-keys.ts
  'vpc-id-format': 'warning',
  'private-source-ip': 'warning',
  'source-ip-absent': 'info',
  'unknown-key': 'warning',
  'key-never-set': 'info',
  'session-as-principal-arn': 'warning',
  'absent-key-passes': 'info',
  'mfa-absent-passes': 'warning',
  // lint-contradictions.ts, lint-shadows.ts
  'contradictory-conditions': 'warning',
  'shadowed-by-deny': 'warning',
  'denies-leave-nothing': 'warning',
  // lint-exposure.ts
  'reachable-from-every-vpc': 'warning',
  'allows-everyone': 'warning',
  'everyone-past-boundary': 'info',
  // lint-endpoint.ts
  'endpoint-wildcard-in-id': 'warning',
  'endpoint-number-on-id': 'warning',
  'endpoint-short-wildcard': 'warning',
  'endpoint-mixed-account': 'warning',
  // lint-attached.ts
  'principal-needs-iam': 'warning',
  'key-needs-iam': 'warning',
  'allows-no-anonymous-call': 'warning',
  'resource-of-another-api': 'warning',
  'needs-signed-calls': 'info',
  'tests-another-endpoint': 'warning',
} as const satisfies Record<string, Finding['severity']>;

type FindingCode = keyof typeof severities;

export const FINDING_CODES = Object.keys(severities) as readonly FindingCode[];

/** @param detail what is likely not meant, and what to write instead */
export const finding = (code: FindingCode, pointer: string, detail: string): Finding => ({
  severity: severities[code],
  code,
  pointer,
  detail,
});
