import { type ActionPattern, parseActionPattern } from './action.js';
import { parseResourcePattern, type ResourcePattern } from './arn.js';
import { type Condition, compileConditions } from './condition.js';
import {
  type Effect,
  each,
  many,
  type OneOrMany,
  type PolicyDocument,
  type PrincipalElement,
  type Statement,
} from './document.js';
import { Glob } from './pattern.js';
import { PrincipalSet, type PrincipalValue, parsePrincipalValue } from './principal.js';
import { isTokens, type Template } from './variables.js';

/** A policy ready to be asked: frozen, shared by all requests. */
export interface CompiledPolicy {
  readonly statements: readonly CompiledStatement[];
}

export interface CompiledStatement {
  /** `/Statement/0`, or `/Statement` where the policy has a single one outside a list. */
  readonly pointer: string;
  readonly sid: string | null;
  readonly effect: Effect;
  /** Null in an identity policy, which speaks of whom it is attached to. */
  readonly principal: { readonly negated: boolean; readonly set: PrincipalSet } | null;
  readonly action: { readonly negated: boolean; readonly patterns: readonly ActionPattern[] };
  readonly resource: { readonly negated: boolean; readonly entries: readonly ResourceEntry[] };
  readonly conditions: readonly Condition[];
}

/** One entry of a Resource element. */
export interface ResourceEntry {
  /** Whether the pattern is matched from the stage of the API being called on, not against the whole ARN. */
  readonly tail: boolean;
  /** Null matches every resource. */
  readonly glob: Glob | null;
  /** What the glob has to be made of for each request, where it has variables. */
  readonly template: Template | null;
}

/** @param document a parsed policy: nothing in it is doubted again */
export function compilePolicy(document: PolicyDocument): CompiledPolicy {
  // Without an explicit 2012-10-17 a variable is ordinary text (IAM User Guide, "Version").
  const variables = document.Version === '2012-10-17';
  const statements = [...each<Statement>(document.Statement)].map(([statement, place]) =>
    Object.freeze(compileStatement(statement, `/Statement${place}`, variables)),
  );
  return Object.freeze({ statements: Object.freeze(statements) });
}

function compileStatement(statement: Statement, pointer: string, variables: boolean): CompiledStatement {
  return {
    pointer,
    sid: statement.Sid ?? null,
    effect: statement.Effect,
    principal: compilePrincipal(statement),
    action: {
      negated: statement.NotAction !== undefined,
      patterns: entries(statement.Action ?? statement.NotAction, parseActionPattern),
    },
    resource: {
      negated: statement.NotResource !== undefined,
      entries: entries(statement.Resource ?? statement.NotResource, (text) =>
        parseResourcePattern(text, { shortForm: true, variables }),
      ).map(resourceEntry),
    },
    conditions: compileConditions(statement.Condition ?? {}, `${pointer}/Condition`, variables),
  };
}

function entries<T>(
  texts: OneOrMany<string> | undefined,
  parse: (text: string) => { readonly ok: true; readonly value: T } | { readonly ok: false },
): T[] {
  return many(texts).flatMap((text) => {
    const parsed = parse(text);
    return parsed.ok ? [parsed.value] : [];
  });
}

function resourceEntry(pattern: ResourcePattern): ResourceEntry {
  if (pattern.form === 'all') return { tail: false, glob: null, template: null };
  const tail = pattern.form === 'tail';
  return isTokens(pattern.template)
    ? { tail, glob: new Glob(pattern.template), template: null }
    : { tail, glob: null, template: pattern.template };
}

function compilePrincipal(statement: Statement): CompiledStatement['principal'] {
  const element = statement.Principal ?? statement.NotPrincipal;
  if (element === undefined) return null;
  return { negated: statement.NotPrincipal !== undefined, set: new PrincipalSet(principalValues(element)) };
}

function principalValues(element: PrincipalElement): PrincipalValue[] {
  if (element === '*') return [{ names: 'everyone' }];
  return Object.entries(element).flatMap(([type, texts]) => entries(texts, (text) => parsePrincipalValue(type, text)));
}
