import { compilePolicy } from '../policy/compile.js';
import type { CompiledPolicy, CompiledStatement } from '../policy/compiled-policy.js';
import { each, type PolicyDocument, type Statement } from '../policy/document.js';

/** A policy as it was before a change. */
export interface Before {
  readonly document?: PolicyDocument;
  readonly compiled: CompiledPolicy;
}

/**
 * Compiles a document that has passed `parsePolicy`, taking from the policy it was made of the statements that stayed
 * as and where they were: a change for one call leaves hundreds of others alone.
 */
export function recompile(document: PolicyDocument, before: Before | undefined): CompiledPolicy {
  if (before?.document === undefined || before.document.Version !== document.Version) return compilePolicy(document);
  const known = new Map<Statement, CompiledStatement>();
  for (const [at, [statement]] of [...each<Statement>(before.document.Statement)].entries()) {
    const compiled = before.compiled.statements[at];
    if (compiled !== undefined) known.set(statement, compiled);
  }
  const written = [...each<Statement>(document.Statement)];
  const stays = ([statement, place]: readonly [Statement, string]): boolean =>
    known.get(statement)?.pointer === `/Statement${place}`;
  // Others stand in for those that stay, so that each keeps its pointer.
  const changed = written.map((entry) => (stays(entry) ? NOTHING : entry[0]));
  const fresh = compilePolicy({ ...document, Statement: Array.isArray(document.Statement) ? changed : changed[0]! });
  const statements = written.map((entry, at) => (stays(entry) ? known.get(entry[0])! : fresh.statements[at]!));
  // Asked a few times at most: to go through it is cheaper than to index it.
  return { statements, index: null };
}

const NOTHING: Statement = { Effect: 'Deny', Action: 'none:None', Resource: 'arn:aws:none:*:*:*' };
