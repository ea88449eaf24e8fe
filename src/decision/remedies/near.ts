import type { CompiledStatement } from '../../policy/compiled-policy.js';
import { type Condition, holds } from '../../policy/condition.js';
import { each, type PolicyDocument, type Statement } from '../../policy/document.js';
import { actionMatches, evaluate, grantOf, resourceMatches } from '../../policy/evaluate.js';
import { Grant } from '../../policy/principal.js';
import type { AccessRequest } from '../../policy/request.js';
import type { AppliedPolicy } from '../decision.js';

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
}

/** The Denies of a policy that apply to a request. */
export function applyingDenies({ compiled, document }: AppliedPolicy, request: AccessRequest): Looked[] {
  if (document === undefined) return [];
  const { outcome, determining } = evaluate(compiled, request);
  if (outcome !== 'explicitDeny') return [];
  const written = statementsOf(document);
  return determining.map((statement) => ({ at: statement.order, statement, written: written[statement.order]! }));
}

/** The Allows of a policy that come nearest to a request, at most `limit`, those first that lack least. */
export function nearMisses({ compiled, document }: AppliedPolicy, request: AccessRequest, limit: number): NearMiss[] {
  if (document === undefined) return [];
  const written = statementsOf(document);
  const allows = compiled.statements.filter(({ effect }) => effect === 'Allow');
  return allows
    .map((statement): NearMiss => {
      const { conditions, effect, order } = statement;
      return {
        at: order,
        statement,
        written: written[order]!,
        principal: grantOf(statement, request) !== Grant.none,
        action: actionMatches(statement, request),
        resource: resourceMatches(statement, request),
        failing: conditions.filter((each) => !holds(each, request.context.get(each.key), effect, request)),
      };
    })
    .map((each) => ({ each, lacks: lacking(each) }))
    .filter(({ lacks }) => lacks > 0)
    .sort((a, b) => a.lacks - b.lacks)
    .slice(0, limit)
    .map(({ each }) => each);
}

/** How far a statement is from a request; as in the summary, a condition may hold in another minute. */
const lacking = ({ principal, action, resource, failing }: NearMiss): number =>
  (principal ? 0 : 5) + (action ? 0 : 4) + (resource ? 0 : 3) + failing.length * 2;

export const statementsOf = (document: PolicyDocument): readonly Statement[] =>
  [...each<Statement>(document.Statement)].map(([statement]) => statement);

/** A document with other statements; a single one outside a list stays outside while it is alone. */
export function withStatements(document: PolicyDocument, statements: readonly Statement[]): PolicyDocument {
  const alone = statements.length === 1 && !Array.isArray(document.Statement);
  return { ...document, Statement: alone ? statements[0]! : statements };
}
