/** What one policy document says about a request (IAM: How AWS enforcement code logic evaluates requests). */
import { conditionHolds, variablesOf } from './conditions.js';
import { type Lookup, literally, matches, readPattern, readResourcePattern, splitArn } from './glob.js';
import { type Caller, isExempt, type Naming, namings } from './principals.js';
import { type Context, type Kind, listOf, type Outcome, type PolicyDocument, type Statement } from './types.js';

/** One request as one policy sees it: `context` holds the derived keys too. */
export interface View {
  caller: Caller;
  action: string;
  resource: string;
  context: Context;
  hasBoundary: boolean;
}

/** Any matching Deny denies, else any matching Allow allows; order never matters. */
export function evaluateDocument(
  document: PolicyDocument,
  kind: Kind,
  caller: Caller,
  action: string,
  resource: string,
  context: Context,
  { hasBoundary }: { hasBoundary: boolean },
): Outcome {
  const matched = matchedStatements(document, kind, { caller, action, resource, context, hasBoundary });
  if (matched.some((statement) => statement.Effect === 'Deny')) return 'explicitDeny';
  return matched.length > 0 ? 'allow' : 'implicitDeny';
}

/** The statements all of whose parts match. */
export function matchedStatements(document: PolicyDocument, kind: Kind, view: View): Statement[] {
  const lookup = variablesIn(document, view.context);
  return listOf(document.Statement).filter(
    (statement) =>
      principalMatches(statement, view) &&
      actionMatches(statement, view.action) &&
      resourceMatches(statement, kind, view.resource, lookup) &&
      conditionMatches(statement, view.context, lookup),
  );
}

/** Policy variables count only under an explicit 2012-10-17 (IAM: Version; reading U19). */
export function variablesIn(document: PolicyDocument, context: Context): Lookup | undefined {
  return document.Version === '2012-10-17' ? variablesOf(context) : undefined;
}

/** By which names the matching Allow statements of a resource policy grant the call. */
export function grantsOf(document: PolicyDocument, view: View): Set<Naming> {
  const allows = matchedStatements(document, 'resource', view).filter((statement) => statement.Effect === 'Allow');
  return new Set(allows.flatMap((statement) => [...namings(statement.Principal!, view.caller, 'Allow')]));
}

/** Identity policies have neither element: they belong to the caller. */
function principalMatches(statement: Statement, view: View): boolean {
  if (statement.NotPrincipal !== undefined) return !isExempt(statement.NotPrincipal, view.caller, view.hasBoundary);
  if (statement.Principal === undefined) return true;
  return namings(statement.Principal, view.caller, statement.Effect).size > 0;
}

export function actionMatches(statement: Statement, action: string): boolean {
  if (statement.NotAction !== undefined) return !listOf(statement.NotAction).some((entry) => isAction(entry, action));
  return listOf(statement.Action).some((entry) => isAction(entry, action));
}

/** `prefix:Name` without case; wildcards only in the name, besides `*` and `*:*` (IAM: Action). */
function isAction(entry: string, action: string): boolean {
  if (entry === '*' || entry === '*:*') return true;
  const colon = entry.indexOf(':') + 1;
  const pattern = [...literally(entry.slice(0, colon).toLowerCase())];
  pattern.push(...readPattern(entry.slice(colon).toLowerCase(), true, undefined)!);
  return matches(pattern, action.toLowerCase());
}

export function resourceMatches(
  statement: Statement,
  kind: Kind,
  resource: string,
  lookup: Lookup | undefined,
): boolean {
  const isOne = (entry: string) => isResource(entry, kind, resource, lookup);
  if (statement.NotResource === undefined) return listOf(statement.Resource).some((entry) => isOne(entry) === true);
  const entries = listOf(statement.NotResource).map(isOne);
  // Reading U12: an entry without a value matches nothing in a Deny, and takes the statement out in an Allow.
  if (statement.Effect === 'Allow' && entries.includes(undefined)) return false;
  return !entries.includes(true);
}

/** Undefined when a variable of the entry has no value. */
function isResource(entry: string, kind: Kind, resource: string, lookup: Lookup | undefined): boolean | undefined {
  const short = 'execute-api:/';
  if (kind === 'resource' && entry.startsWith(short)) {
    // "This tail, of the API being called" (API Gateway: Resource policy examples).
    const tail = readPattern(entry.slice(short.length - 1), true, lookup);
    return tail && matches(tail, tailOf(resource));
  }
  const tokens = readResourcePattern(entry, lookup);
  return tokens && matches(tokens, resource);
}

/** `/stage/VERB/path`, or all of a domain's `/domainnames/…`. */
function tailOf(resource: string): string {
  const rest = splitArn(resource)?.[5] ?? '';
  return rest.includes('/') ? rest.slice(rest.indexOf('/')) : '';
}

/** All operators, and all keys under one operator, must hold. */
function conditionMatches(statement: Statement, context: Context, lookup: Lookup | undefined): boolean {
  return Object.entries(statement.Condition ?? {}).every(([operator, block]) =>
    Object.entries(block).every(([key, values]) =>
      conditionHolds({ operator, key, values: listOf(values) }, statement.Effect, context, lookup),
    ),
  );
}
