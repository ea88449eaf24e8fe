import type { CompiledStatement } from '../../policy/compiled-policy.js';
import { type Condition, holds } from '../../policy/condition.js';
import { each, type PolicyDocument, type Statement } from '../../policy/document.js';
import { actionMatches, grantOf, resourceMatches } from '../../policy/evaluate.js';
import { Grant } from '../../policy/principal.js';
import type { AccessRequest } from '../../policy/request.js';
import type { AppliedPolicy } from '../decision.js';

/** A statement, as compiled and as written, and what of it does not match a request. */
export interface Looked {
  readonly at: number;
  readonly statement: CompiledStatement;
  readonly written: Statement;
  readonly principal: boolean;
  readonly action: boolean;
  readonly resource: boolean;
  /** The conditions that do not hold. */
  readonly failing: readonly Condition[];
}

/** The Allows of a policy that come nearest to a request, at most `limit`, those first that lack least. */
export function nearMisses(policy: AppliedPolicy, request: AccessRequest, limit: number): Looked[] {
  const looked = look(policy, request, 'Allow');
  return looked
    .map((each) => ({ each, lacks: lacking(each) }))
    .filter(({ lacks }) => lacks > 0)
    .sort((a, b) => a.lacks - b.lacks)
    .slice(0, limit)
    .map(({ each }) => each);
}

/** The Denies of a policy that apply to a request. */
export const applyingDenies = (policy: AppliedPolicy, request: AccessRequest): Looked[] =>
  look(policy, request, 'Deny').filter((each) => lacking(each) === 0);

function look({ compiled, document }: AppliedPolicy, request: AccessRequest, effect: Statement['Effect']): Looked[] {
  if (document === undefined) return [];
  const written = statementsOf(document);
  return compiled.statements.flatMap((statement, at): Looked[] => {
    if (statement.effect !== effect) return [];
    return [
      {
        at,
        statement,
        written: written[at]!,
        principal: grantOf(statement, request) !== Grant.none,
        action: actionMatches(statement, request),
        resource: resourceMatches(statement, request),
        failing: statement.conditions.filter(
          (condition) => !holds(condition, request.context.get(condition.key), effect, request),
        ),
      },
    ];
  });
}

const lacking = ({ principal, action, resource, failing }: Looked): number =>
  (principal ? 0 : 5) + (action ? 0 : 4) + (resource ? 0 : 3) + failing.length * 2;

export const statementsOf = (document: PolicyDocument): readonly Statement[] =>
  [...each<Statement>(document.Statement)].map(([statement]) => statement);

/** A document with other statements; a single one outside a list stays outside while it is alone. */
export function withStatements(document: PolicyDocument, statements: readonly Statement[]): PolicyDocument {
  const alone = statements.length === 1 && !Array.isArray(document.Statement);
  return { ...document, Statement: alone ? statements[0]! : statements };
}
