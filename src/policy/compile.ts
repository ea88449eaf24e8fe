import { type ActionPattern, covers, INVOKE, parseActionPattern } from './action.js';
import type { ActionElement, CompiledPolicy, CompiledStatement, ResourceEntry } from './compiled-policy.js';
import { compileConditions } from './condition.js';
import { each, many, type PolicyDocument, type Statement } from './document.js';
import { Glob } from './pattern.js';
import { PrincipalSet } from './principal-set.js';
import { parseResourcePattern, type ResourcePattern } from './resource-pattern.js';
import { Shared } from './shared.js';
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
  const written = each<Statement>(document.Statement);
  const patterns = written.map(([statement]) => resourcePatterns(statement, variables));
  const statements = written.map(([statement, place], order) =>
    Object.freeze(compileStatement(statement, patterns[order]!, order, `/Statement${place}`, variables)),
  );
  const index = statements.length > SMALL ? new StatementIndex(statements, patterns) : null;
  return Object.freeze({ statements: Object.freeze(statements), index });
}

/** A policy of statements that are compiled already, to be gone through one by one. */
export const unindexed = (statements: readonly CompiledStatement[]): CompiledPolicy =>
  Object.freeze({ statements: Object.freeze(statements), index: null });

function compileStatement(
  statement: Statement,
  patterns: readonly ResourcePattern[],
  order: number,
  pointer: string,
  variables: boolean,
): CompiledStatement {
  const named = statement.Principal ?? statement.NotPrincipal;
  const principal = named === undefined ? null : new PrincipalSet(named, statement.NotPrincipal !== undefined);
  const action = compileAction(statement);
  return {
    effect: statement.Effect,
    anyone: principal === null || (principal.everyone && !principal.negated),
    invoke: action.patterns.some((pattern) => covers(pattern, INVOKE)) !== action.negated,
    order,
    conditions: statement.Condition === undefined ? UNCONDITIONAL : compileConditions(statement.Condition, variables),
    principal,
    resource: { negated: statement.NotResource !== undefined, entries: patterns.map(resourceEntry) },
    action,
    pointer,
    sid: statement.Sid ?? null,
  };
}

const UNCONDITIONAL: readonly never[] = [];

function compileAction({ Action, NotAction }: Statement): ActionElement {
  const texts = many(Action ?? NotAction);
  const negated = NotAction !== undefined;
  // No action has a space.
  return actions.of(`${negated ? 'NotAction' : 'Action'} ${texts.join(' ')}`, () => ({
    negated,
    patterns: texts.flatMap((text): ActionPattern[] => {
      const parsed = parseActionPattern(text);
      return parsed.ok ? [parsed.value] : [];
    }),
  }));
}

const actions = new Shared<ActionElement>();

function resourcePatterns({ Resource, NotResource }: Statement, variables: boolean): ResourcePattern[] {
  return many(Resource ?? NotResource).flatMap((text) => {
    const parsed = parseResourcePattern(text, { shortForm: true, variables });
    return parsed.ok ? [parsed.value] : [];
  });
}

function resourceEntry(pattern: ResourcePattern): ResourceEntry {
  if (pattern.form === 'all') return EVERYTHING;
  const { form, template } = pattern;
  const tail = form === 'tail';
  if (!isTokens(template)) return { tail, glob: null, template };
  const glob = new Glob(template);
  return tail ? { tail, glob, template: NOTHING } : glob;
}

const EVERYTHING = new Glob([ANY]);
const NOTHING: readonly never[] = [];
