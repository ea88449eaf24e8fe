import { covers } from './action.js';
import { MAX_ARN_BYTES } from './arn.js';
import type { CompiledPolicy, CompiledStatement, ResourceEntry } from './compiled-policy.js';
import { holds } from './condition.js';
import { Glob } from './pattern.js';
import { Grant } from './principal.js';
import { type AccessRequest, lookupIn } from './request.js';
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
  const found = new Matched();
  if (policy.index === null) {
    for (const statement of policy.statements) found.consider(statement, null, request);
  } else {
    for (const statement of policy.index.unfiled) found.consider(statement, null, request);
    policy.index.candidates(request, ({ statement, entry }) => found.consider(statement, entry, request));
  }
  return found.evaluation();
}

/** What the statements of one policy say, whatever the order in which they are looked at. */
class Matched {
  private _denies: CompiledStatement[] | null = null;
  /** The first matching Allow in the order of the policy. */
  private _allow: CompiledStatement | null = null;
  private _grant: Grant = Grant.none;

  /** @param entry the entry of its Resource that may match, when the others cannot or are considered by themselves */
  consider(statement: CompiledStatement, entry: ResourceEntry | null, request: AccessRequest): void {
    if (statement.effect === 'Allow') {
      const grant = grantOf(statement, request);
      if (!this._isNews(statement, grant) || !appliesTo(statement, entry, request)) return;
      if (this._allow === null || statement.order < this._allow.order) this._allow = statement;
      if (grant > this._grant) this._grant = grant;
    } else if (grantOf(statement, request) !== Grant.none && appliesTo(statement, entry, request)) {
      if (this._denies === null) this._denies = [statement];
      else if (!this._denies.includes(statement)) this._denies.push(statement);
    }
  }

  evaluation(): Evaluation {
    if (this._denies !== null) {
      const determining = this._denies.sort((a, b) => a.order - b.order);
      return { outcome: 'explicitDeny', determining, grant: Grant.none };
    }
    if (this._allow === null) return SILENT;
    return { outcome: 'allow', determining: [this._allow], grant: this._grant };
  }

  /** A later Allow that names the caller no better than the one found says nothing new. */
  private _isNews({ order }: CompiledStatement, grant: Grant): boolean {
    if (grant === Grant.none) return false;
    return this._allow === null || grant > this._grant || order < this._allow.order;
  }
}

/** How a statement names the caller: an identity policy names the identity it is attached to. */
export function grantOf({ principal, effect }: CompiledStatement, request: AccessRequest): Grant {
  if (principal === null) return Grant.caller;
  if (!principal.negated) return principal.set.grant(request.principal, effect);
  return !request.hasBoundary && principal.set.exempts(request.principal) ? Grant.none : Grant.caller;
}

/** Everything but the principal. */
function appliesTo(statement: CompiledStatement, entry: ResourceEntry | null, request: AccessRequest): boolean {
  if (!actionMatches(statement, request)) return false;
  const matches = entry === null ? resourceMatches(statement, request) : entryMatches(entry, request) === true;
  return matches && conditionsHold(statement, request);
}

export function actionMatches({ action }: CompiledStatement, request: AccessRequest): boolean {
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

export function conditionsHold({ conditions, effect }: CompiledStatement, request: AccessRequest): boolean {
  for (const condition of conditions) {
    if (!holds(condition, request.context.get(condition.key), effect, request)) return false;
  }
  return true;
}
