import { MAX_ARN_BYTES } from './arn.js';
import type { CompiledPolicy, CompiledStatement, ResourceEntry } from './compile.js';
import { holds, lookupIn } from './condition.js';
import { Glob } from './pattern.js';
import { Grant } from './principal.js';
import type { AccessRequest } from './request.js';
import { substitute } from './variables.js';

/** What one policy says to a request. `implicitDeny`: nothing in it speaks of the request. */
export type Outcome = 'allow' | 'explicitDeny' | 'implicitDeny';

export interface Evaluation {
  readonly outcome: Outcome;
  /** All matching Denies for an explicit deny, the first matching Allow for an allow, else none. */
  readonly determining: readonly CompiledStatement[];
  /** The strongest way in which a matching Allow names the caller; `none` unless the outcome is an allow. */
  readonly grant: Grant;
}

const SILENT: Evaluation = { outcome: 'implicitDeny', determining: [], grant: Grant.none };

/**
 * Asks one policy: IAM User Guide, "Policy evaluation logic". A statement applies only if all of its parts match, and
 * statements never combine; any matching Deny wins, whatever the order.
 */
export function evaluate(policy: CompiledPolicy, request: AccessRequest): Evaluation {
  const denies: CompiledStatement[] = [];
  let allow: CompiledStatement | null = null;
  let grant: Grant = Grant.none;
  for (const statement of policy.statements) {
    // A weaker Allow than the one found says nothing new.
    const named = grantOf(statement, request);
    if (named === Grant.none || (statement.effect === 'Allow' && named <= grant)) continue;
    if (!appliesTo(statement, request)) continue;
    if (statement.effect === 'Deny') {
      denies.push(statement);
    } else {
      allow ??= statement;
      grant = named;
    }
  }
  if (denies.length > 0) return { outcome: 'explicitDeny', determining: denies, grant: Grant.none };
  return allow === null ? SILENT : { outcome: 'allow', determining: [allow], grant };
}

/** How a statement names the caller: an identity policy names the identity it is attached to. */
export function grantOf({ principal, effect }: CompiledStatement, request: AccessRequest): Grant {
  if (principal === null) return Grant.caller;
  if (!principal.negated) return principal.set.grant(request.principal, effect);
  return !request.hasBoundary && principal.set.exempts(request.principal) ? Grant.none : Grant.caller;
}

/** Everything but the principal. */
const appliesTo = (statement: CompiledStatement, request: AccessRequest): boolean =>
  actionMatches(statement, request) && resourceMatches(statement, request) && conditionsHold(statement, request);

export function actionMatches({ action }: CompiledStatement, request: AccessRequest): boolean {
  const matched = action.patterns.some((pattern) => pattern === null || pattern.matches(request.action));
  return matched !== action.negated;
}

export function resourceMatches(statement: CompiledStatement, request: AccessRequest): boolean {
  const { negated, entries } = statement.resource;
  for (const entry of entries) {
    const matched = entryMatches(entry, request);
    if (matched === true) return !negated;
    // A NotResource that cannot be read must not open anything (reading U12).
    if (matched === null && negated && statement.effect === 'Allow') return false;
  }
  return negated;
}

/** @returns null when a variable of the entry has no value, so that it matches nothing */
export function entryMatches(entry: ResourceEntry, request: AccessRequest): boolean | null {
  const { text } = request.resource;
  const from = entry.tail ? tailStart(request) : 0;
  if (from < 0) return false;
  if (entry.template === null) return entry.glob === null || entry.glob.matches(text, from);
  const tokens = substitute(entry.template, lookupIn(request), MAX_ARN_BYTES);
  if (tokens === 'unresolved') return null;
  return tokens !== 'too-long' && new Glob(tokens).matches(text, from);
}

/** Where the stage begins in the ARN of the API being called; -1 for another service's ARN. */
function tailStart({ resource }: AccessRequest): number {
  const slash = resource.resource.indexOf('/');
  if (resource.service !== 'execute-api' || slash < 0) return -1;
  return resource.text.length - resource.resource.length + slash + 1;
}

export function conditionsHold(statement: CompiledStatement, request: AccessRequest): boolean {
  if (statement.conditions.length === 0) return true;
  const lookup = lookupIn(request);
  return statement.conditions.every((condition) =>
    holds(condition, request.context.get(condition.key), statement.effect, lookup),
  );
}
