import { lintPolicy } from '../../src/policy/lint.js';
import { ACCOUNT, parsed } from './ask.js';

/**
 * Statements for the linter: neighbours of the examples in `docs/findings.md`, on both sides of each line. Undefined
 * members are left out.
 */
export type Json = Readonly<Record<string, unknown>>;

export const SHORT = 'execute-api:/*';
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/orders`;
const base = { Principal: '*', Action: 'execute-api:Invoke', Resource: SHORT };
export const allow = (more: Json = {}): Json => ({ Effect: 'Allow', ...base, ...more });
export const deny = (more: Json = {}): Json => ({ Effect: 'Deny', ...base, ...more });
export const when = (Condition: Json): { readonly Condition: Json } => ({ Condition });
export const OURS = when({ StringNotEquals: { 'aws:SourceVpce': 'vpce-1a2b3c4d' } });
export const FROM_US = when({ StringEquals: { 'aws:SourceVpce': 'vpce-1a2b3c4d' } });

export const resource = (...statements: readonly Json[]) =>
  parsed('resource', JSON.parse(JSON.stringify({ Version: '2012-10-17', Statement: statements })));

/** Where a resource policy of these statements gets a code. */
export const places = (code: string, ...statements: readonly Json[]): string[] =>
  lintPolicy('resource', resource(...statements))
    .filter((finding) => finding.code === code)
    .map(({ pointer }) => pointer);
