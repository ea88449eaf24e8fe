import type { PolicyDocument, PolicyKind } from './document.js';
import { finding } from './finding.js';
import type { Finding } from './issue.js';
import { type Attachment, attachedRules } from './lint-attached.js';
import { contradictionRules } from './lint-contradictions.js';
import { documentRules } from './lint-document.js';
import { endpointRules, endpointTestRules } from './lint-endpoint.js';
import { exposureRules } from './lint-exposure.js';
import { keyRules } from './lint-keys.js';
import { operatorRules, variableRules } from './lint-operators.js';
import { principalRules } from './lint-principals.js';
import { shadowRules } from './lint-shadows.js';
import { targetRules } from './lint-targets.js';
import { type DocumentRule, type Linted, linted, type StatementRule, type TestRule } from './linted.js';

/** Advice on a valid document, each with what to write instead: what is likely not meant as it is written. */
export const lintPolicy = (kind: PolicyKind, document: PolicyDocument): Finding[] =>
  firstOf(adviceOn(linted(kind, document)));

/**
 * Advice that follows from what a policy is attached to, besides that of `lintPolicy`: whom and which keys the methods
 * of its APIs can tell, and which APIs and endpoints they are.
 */
export const lintAttached = (kind: PolicyKind, document: PolicyDocument, attachment: Attachment): Finding[] =>
  firstOf(adviceOnAttachment(linted(kind, document), attachment));

function* adviceOn(policy: Linted): Iterable<Finding> {
  for (const rule of wholeRules) yield* rule(policy);
  for (const statement of policy.statements) {
    for (const rule of statementRules) yield* rule(statement, policy);
    for (const test of statement.tests) {
      for (const rule of testRules) yield* rule(test, statement, policy);
    }
  }
}

function* adviceOnAttachment(policy: Linted, attachment: Attachment): Iterable<Finding> {
  for (const rule of attachedRules) yield* rule(policy, attachment);
}

const wholeRules: readonly DocumentRule[] = [...documentRules, ...exposureRules, ...shadowRules];
const statementRules: readonly StatementRule[] = [
  ...principalRules,
  ...targetRules,
  ...variableRules,
  ...endpointRules,
  ...contradictionRules,
];
const testRules: readonly TestRule[] = [...operatorRules, ...keyRules, ...endpointTestRules];

/** More advice than this helps nobody, and a small document must not make a large answer. */
const MAX_FINDINGS = 100;

function firstOf(advice: Iterable<Finding>): Finding[] {
  const findings: Finding[] = [];
  for (const one of advice) {
    if (findings.length === MAX_FINDINGS) {
      findings.push(finding('more-findings', '', 'there are more findings than are shown: correct these first'));
      break;
    }
    findings.push(one);
  }
  return findings;
}
