import type { CompiledPolicy, CompiledStatement } from '../../policy/compiled-policy.js';
import { type Condition, holds } from '../../policy/condition.js';
import { many, type PolicyDocument, type Statement } from '../../policy/document.js';
import { actionMatches, grantOf, resourceMatches } from '../../policy/evaluate.js';
import { Grant } from '../../policy/principal-set.js';
import type { AccessRequest } from '../../policy/request.js';
import type { AppliedPolicy } from '../decision.js';
import { evaluation, once } from '../judge-once.js';

/** A statement as compiled and as written. */
export interface Looked {
  /** Its place among the statements. */
  readonly at: number;
  readonly statement: CompiledStatement;
  readonly written: Statement;
}

/** A statement that does not apply to a request, and which of its elements match all the same. */
export interface NearMiss extends Looked {
  readonly principal: boolean;
  readonly action: boolean;
  readonly resource: boolean;
  /** The conditions that do not hold. */
  readonly failing: readonly Condition[];
  /** How far it is from the request; as in the summary, a condition may hold in another minute. */
  readonly lacks: number;
}

/** The Denies of a policy that apply to a request. */
export function applyingDenies({ compiled, document }: AppliedPolicy, request: AccessRequest): Looked[] {
  if (document === undefined) return [];
  const { outcome, determining } = evaluation(compiled, request);
  if (outcome !== 'explicitDeny') return [];
  const written = statementsOf(document);
  return determining.map((statement) => ({ at: statement.order, statement, written: written[statement.order]! }));
}

/** The Allows of a policy that come nearest to a request, at most `limit`, those first that lack least. */
export function nearMisses({ compiled, document }: AppliedPolicy, request: AccessRequest, limit: number): NearMiss[] {
  if (document === undefined) return [];
  const written = statementsOf(document);
  return misses(compiled, request)
    .slice(0, limit)
    .map((miss) => ({ ...miss, written: written[miss.at]! }));
}

/** All Allows that do not apply, the nearest first. */
const misses = once(({ statements }: CompiledPolicy, request): readonly Omit<NearMiss, 'written'>[] => {
  const found: Omit<NearMiss, 'written'>[] = [];
  for (const statement of statements) {
    const { conditions, effect, order: at } = statement;
    if (effect === 'Deny') continue;
    const principal = grantOf(statement, request) !== Grant.none;
    const action = actionMatches(statement, request);
    const resource = resourceMatches(statement, request);
    const failing = conditions.filter((each) => !holds(each, request.context.get(each.key), effect, request));
    const lacks = (principal ? 0 : 5) + (action ? 0 : 4) + (resource ? 0 : 3) + failing.length * 2;
    if (lacks > 0) found.push({ at, statement, principal, action, resource, failing, lacks });
  }
  return found.sort((a, b) => a.lacks - b.lacks);
});

export const statementsOf = (document: PolicyDocument): readonly Statement[] => many<Statement>(document.Statement);

/** A document with other statements; a single one outside a list stays outside while it is alone. */
export function withStatements(document: PolicyDocument, statements: readonly Statement[]): PolicyDocument {
  const alone = statements.length === 1 && !Array.isArray(document.Statement);
  return { ...document, Statement: alone ? statements[0]! : statements };
}
