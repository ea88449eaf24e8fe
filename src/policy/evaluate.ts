import { covers, INVOKE } from './action.js';
import { MAX_ARN_BYTES } from './arn.js';
import type { CompiledPolicy, CompiledStatement, ResourceEntry, SpecialEntry } from './compiled-policy.js';
import { holds } from './condition.js';
import { Glob } from './pattern.js';
import { Grant } from './principal-set.js';
import { type AccessRequest, lookupIn } from './request.js';
import type { Visitor } from './statement-index.js';
import { substitute } from './variables.js';
import { work } from './work.js';

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
export function evaluate({ statements, index }: CompiledPolicy, request: AccessRequest): Evaluation {
  const asking = new Asking(request);
  if (index === null) for (let at = 0; at < statements.length; at++) asking.consider(statements[at]!, null);
  else index.visit(request, asking);
  return asking.evaluation();
}

/** What the statements say that have been considered so far, in whatever order they come. */
class Asking implements Visitor {
  private _denies: CompiledStatement[] | null = null;
  /** The first matching Allow in the order of the policy. */
  private _allow: CompiledStatement | null = null;
  private _strongest: Grant = Grant.none;

  constructor(private readonly _request: AccessRequest) {}

  consider(statement: CompiledStatement, entry: ResourceEntry | null): void {
    work.steps++;
    const request = this._request;
    const grant = statement.anyone ? Grant.caller : grantOf(statement, request);
    if (grant === Grant.none) return;
    const allow = this._allow;
    if (statement.effect === 'Deny') {
      if (!appliesTo(statement, entry, request)) return;
      if (this._denies === null) this._denies = [statement];
      else if (!this._denies.includes(statement)) this._denies.push(statement);
    } else {
      // An Allow that comes later and names the caller no better says nothing new.
      if (allow !== null && grant <= this._strongest && statement.order >= allow.order) return;
      if (!appliesTo(statement, entry, request)) return;
      if (allow === null || statement.order < allow.order) this._allow = statement;
      if (grant > this._strongest) this._strongest = grant;
    }
  }

  evaluation(): Evaluation {
    if (this._denies !== null) {
      const determining = this._denies.sort((a, b) => a.order - b.order);
      return { outcome: 'explicitDeny', determining, grant: Grant.none };
    }
    if (this._allow === null) return SILENT;
    return { outcome: 'allow', determining: [this._allow], grant: this._strongest };
  }
}

/** How a statement names the caller: an identity policy names the identity it is attached to. */
export function grantOf({ principal, effect }: CompiledStatement, request: AccessRequest): Grant {
  if (principal === null) return Grant.caller;
  if (!principal.negated) return principal.grant(request.principal, effect);
  return !request.hasBoundary && principal.exempts(request.principal) ? Grant.none : Grant.caller;
}

/** Everything but the principal. @param entry the one of its Resource that may match; null: any */
function appliesTo(statement: CompiledStatement, entry: ResourceEntry | null, request: AccessRequest): boolean {
  if (!actionMatches(statement, request)) return false;
  const matches = entry === null ? resourceMatches(statement, request) : entryMatches(entry, request) === true;
  return matches && conditionsHold(statement, request);
}

export function actionMatches({ action, invoke }: CompiledStatement, request: AccessRequest): boolean {
  if (request.action === INVOKE) return invoke;
  for (const pattern of action.patterns) if (covers(pattern, request.action)) return !action.negated;
  return action.negated;
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
export const entryMatches = (entry: ResourceEntry, request: AccessRequest): boolean | null =>
  entry instanceof Glob ? entry.matches(request.resource) : specialMatches(entry, request);

function specialMatches({ tail, glob, template }: SpecialEntry, request: AccessRequest): boolean | null {
  const from = tail ? tailStart(request) : 0;
  if (from < 0) return false;
  if (glob !== null) return glob.matches(request.resource, from);
  work.steps += template.length;
  const tokens = substitute(template, lookupIn(request), MAX_ARN_BYTES);
  if (tokens === 'unresolved') return null;
  return tokens !== 'too-long' && new Glob(tokens).matches(request.resource, from);
}

/** Where the stage begins in the ARN of the API being called; -1 for another service's ARN. */
function tailStart({ resource }: AccessRequest): number {
  const slash = resource.text.indexOf('/', resource.resourceStart);
  return slash < 0 || !resource.isOf('execute-api') ? -1 : slash + 1;
}

export function conditionsHold({ conditions, effect }: CompiledStatement, request: AccessRequest): boolean {
  for (let at = 0; at < conditions.length; at++) {
    const condition = conditions[at]!;
    if (!holds(condition, request.context.get(condition.key), effect, request)) return false;
  }
  return true;
}
