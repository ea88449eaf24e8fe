import { compilePolicy, unindexed } from '../policy/compile.js';
import type { CompiledPolicy, CompiledStatement } from '../policy/compiled-policy.js';
import { each, many, type PolicyDocument, type PolicyKind, type Statement } from '../policy/document.js';
import { parsePolicy } from '../policy/parse.js';

/** A policy as it was before a change. */
export interface Before {
  readonly document?: PolicyDocument;
  readonly compiled: CompiledPolicy;
}

type Reparsed = { readonly document: PolicyDocument; readonly compiled: CompiledPolicy } | 'invalid' | 'too-large';

/**
 * Parses and compiles a changed document. Statements are judged one by one, so those that stayed as they were, and the
 * change for one call leaves hundreds of others alone, need not be judged again.
 * INVARIANT: `before` has passed `parsePolicy` for this kind.
 * @param text the document as JSON
 */
export function reparse(
  kind: PolicyKind,
  value: unknown,
  text: string,
  limit: number,
  before: Before | undefined,
): Reparsed {
  if (text.length > limit && [...text].length > limit) return 'too-large';
  const kept = before && statementsKept(value, before);
  if (kept === undefined) {
    const parsed = parsePolicy(kind, value, limit);
    return parsed.ok ? { document: parsed.document, compiled: compilePolicy(parsed.document) } : 'invalid';
  }
  const document = value as PolicyDocument;
  const written = each<Statement>(document.Statement);
  const changed = written.flatMap(([statement]) => (kept.has(statement) ? [] : [statement]));
  let fresh: readonly CompiledStatement[] = [];
  if (changed.length > 0) {
    const parsed = parsePolicy(kind, { ...document, Statement: changed }, limit);
    if (!parsed.ok) return 'invalid';
    fresh = compilePolicy(parsed.document).statements;
  }
  let next = 0;
  const statements = written.map(([statement, place], order): CompiledStatement => {
    const compiled = kept.get(statement) ?? fresh[next++]!;
    return compiled.order === order ? compiled : placed(compiled, order, `/Statement${place}`);
  });
  // Asked a few times at most: to go through it is cheaper than to index it.
  return { document, compiled: unindexed(statements) };
}

/** Member by member, as `compilePolicy` does: a copy by spread has another shape, and V8 compiles the matchers anew. */
function placed(statement: CompiledStatement, order: number, pointer: string): CompiledStatement {
  const { effect, anyone, invoke, conditions, principal, resource, action, sid } = statement;
  return Object.freeze({ effect, anyone, invoke, order, conditions, principal, resource, action, pointer, sid });
}

/** The statements that a document may have in common with the one before it; undefined where more than those differ. */
function statementsKept(value: unknown, before: Before): ReadonlyMap<unknown, CompiledStatement> | undefined {
  if (before.document === undefined || typeof value !== 'object' || value === null) return undefined;
  const { Statement: was, ...rest } = before.document;
  const { Statement: is, ...others } = value as Partial<PolicyDocument>;
  if (!Array.isArray(is) || is.length === 0 || JSON.stringify(rest) !== JSON.stringify(others)) return undefined;
  return new Map(many<Statement>(was).map((statement, at) => [statement, before.compiled.statements[at]!]));
}
