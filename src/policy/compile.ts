import { covers, INVOKE, parseActionPattern } from './action.js';
import { parseResourcePattern, type ResourcePattern } from './arn.js';
import { type CompiledPolicy, type CompiledStatement, candidateOf, type ResourceEntry } from './compiled-policy.js';
import { compileConditions } from './condition.js';
import { each, many, type OneOrMany, type PolicyDocument, type PrincipalElement, type Statement } from './document.js';
import { Glob } from './pattern.js';
import { PrincipalSet, type PrincipalValue, parsePrincipalValue } from './principal.js';
import { StatementIndex } from './statement-index.js';
import { ANY } from './token.js';
import { isTokens } from './variables.js';

export type { CompiledPolicy, CompiledStatement, ResourceEntry };

/** Up to here all statements are looked at one by one. */
const SMALL = 8;

/** @param document a parsed policy: nothing in it is doubted again */
export function compilePolicy(document: PolicyDocument): CompiledPolicy {
  // Without an explicit 2012-10-17 a variable is ordinary text (IAM User Guide, "Version").
  const variables = document.Version === '2012-10-17';
  const statements = [...each<Statement>(document.Statement)].map(([statement, place], order) =>
    Object.freeze(compileStatement(statement, order, `/Statement${place}`, variables)),
  );
  return statements.length > SMALL
    ? Object.freeze({ ...unindexed(statements), index: new StatementIndex(statements) })
    : unindexed(statements);
}

/** A policy of statements that are compiled already, to be gone through one by one. */
export function unindexed(statements: readonly CompiledStatement[]): CompiledPolicy {
  const candidates = statements.map((statement) => candidateOf(statement, soleEntry(statement)));
  return Object.freeze({ statements: Object.freeze(statements), candidates: Object.freeze(candidates), index: null });
}

function soleEntry({ resource }: CompiledStatement): ResourceEntry | null {
  return resource.negated || resource.entries.length !== 1 ? null : resource.entries[0]!;
}

function compileStatement(statement: Statement, order: number, pointer: string, variables: boolean): CompiledStatement {
  const principal = compilePrincipal(statement);
  const action = {
    negated: statement.NotAction !== undefined,
    patterns: entries(statement.Action ?? statement.NotAction, parseActionPattern),
  };
  const resource = {
    negated: statement.NotResource !== undefined,
    entries: entries(statement.Resource ?? statement.NotResource, (text) =>
      parseResourcePattern(text, { shortForm: true, variables }),
    ).map(resourceEntry),
  };
  return {
    effect: statement.Effect,
    anyone: principal === null || (principal.everyone && !principal.negated),
    invoke: action.patterns.some((pattern) => covers(pattern, INVOKE)) !== action.negated,
    order,
    conditions:
      statement.Condition === undefined
        ? UNCONDITIONAL
        : compileConditions(statement.Condition, `${pointer}/Condition`, variables),
    principal,
    action,
    resource,
    pointer,
    sid: statement.Sid ?? null,
  };
}

const UNCONDITIONAL: readonly never[] = [];

function entries<T>(
  texts: OneOrMany<string> | undefined,
  parse: (text: string) => { readonly ok: true; readonly value: T } | { readonly ok: false },
): T[] {
  const values: T[] = [];
  for (const text of many(texts)) {
    const parsed = parse(text);
    if (parsed.ok) values.push(parsed.value);
  }
  return values;
}

function resourceEntry(pattern: ResourcePattern): ResourceEntry {
  if (pattern.form === 'all') return { tail: false, glob: EVERYTHING, template: [] };
  const { form, template } = pattern;
  return { tail: form === 'tail', glob: isTokens(template) ? new Glob(template) : null, template };
}

const EVERYTHING = new Glob([ANY]);

function compilePrincipal(statement: Statement): CompiledStatement['principal'] {
  const element = statement.Principal ?? statement.NotPrincipal;
  if (element === undefined) return null;
  return new PrincipalSet(principalValues(element), statement.NotPrincipal !== undefined);
}

function principalValues(element: PrincipalElement): PrincipalValue[] {
  if (element === '*') return [{ names: 'everyone' }];
  return Object.entries(element).flatMap(([type, texts]) => entries(texts, (text) => parsePrincipalValue(type, text)));
}
