import type { PolicyKind } from '../policy/document.js';
import { firstErrors } from '../policy/first-errors.js';
import type { Finding, Issue } from '../policy/issue.js';
import { lintPolicy } from '../policy/lint.js';
import { parsePolicy } from '../policy/parse.js';
import type { PolicyLimits } from './policy-sources.js';

/** What is wrong with a document, and if nothing is, what is to be said of it; pointers are relative to it. */
export interface Validation {
  readonly valid: boolean;
  readonly errors: readonly Issue[];
  readonly findings: readonly Finding[];
}

/**
 * What a write would say of a document.
 * @param duplicates pointers of members that occur twice; `document` holds the last of each
 */
export function validateDocument(
  kind: PolicyKind,
  document: unknown,
  duplicates: readonly string[],
  limits: PolicyLimits,
): Validation {
  const parsed = parsePolicy(kind, document, limits[kind]);
  const errors = firstErrors([...duplicates.map(twice), ...(parsed.ok ? [] : parsed.errors)]);
  const valid = parsed.ok && errors.length === 0;
  // Of a member that stands twice only the last is here: advice on that would be on half of what was written.
  return { valid, errors, findings: valid ? lintPolicy(kind, parsed.document) : [] };
}

export const twice = (pointer: string): Issue => ({
  pointer,
  code: 'duplicate-member',
  detail: 'this member occurs more than once',
});
