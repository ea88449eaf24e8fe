import { parseActionPattern } from './action.js';
import { parseResourcePattern, type ResourcePattern } from './arn.js';
import type { CompiledPolicy, CompiledStatement, ResourceEntry } from './compiled-policy.js';
import { compileConditions } from './condition.js';
import { each, many, type OneOrMany, type PolicyDocument, type PrincipalElement, type Statement } from './document.js';
import { Glob } from './pattern.js';
import { PrincipalSet, type PrincipalValue, parsePrincipalValue } from './principal.js';
import { StatementIndex } from './statement-index.js';
import { isTokens, type Template } from './variables.js';

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
  const index = statements.length > SMALL ? new StatementIndex(statements) : null;
  return Object.freeze({ statements: Object.freeze(statements), index });
}

function compileStatement(statement: Statement, order: number, pointer: string, variables: boolean): CompiledStatement {
  return {
    order,
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
  if (pattern.form === 'all') return { tail: false, glob: null, template: null, literals: [] };
  const { form, template } = pattern;
  const fixed = isTokens(template);
  return {
    tail: form === 'tail',
    glob: fixed ? new Glob(template) : null,
    template: fixed ? null : template,
    literals: literalsOf(template),
  };
}

/** A wildcard or variable may stand for text with slashes; what stands between two literal slashes is a whole token. */
function literalsOf(template: Template): (string | null)[] {
  const literals: (string | null)[] = [''];
  for (const piece of template) {
    if (!('text' in piece)) {
      literals[literals.length - 1] = null;
      continue;
    }
    const [first = '', ...rest] = piece.text.split('/');
    const open = literals.at(-1);
    if (typeof open === 'string') literals[literals.length - 1] = open + first;
    literals.push(...rest);
  }
  return literals;
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
