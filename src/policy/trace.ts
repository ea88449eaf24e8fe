import { covers } from './action.js';
import type { CompiledPolicy, CompiledStatement } from './compiled-policy.js';
import { holds } from './condition.js';
import {
  type ConditionValue,
  type Effect,
  many,
  type OneOrMany,
  type PolicyDocument,
  type Statement,
} from './document.js';
import { actionMatches, entryMatches, grantOf, type Outcome, resourceMatches } from './evaluate.js';
import { quoted } from './issue.js';
import { Grant } from './principal-set.js';
import type { AccessRequest } from './request.js';
import { conditionDetail } from './trace-condition.js';
import { actionMiss, resourceMiss } from './trace-miss.js';
import { principalDetail } from './trace-principal.js';

/** What one policy says to a request, and how each element of each statement came to it. */
export interface Trace {
  readonly outcome: Outcome;
  readonly statements: readonly StatementTrace[];
}

export interface StatementTrace {
  readonly pointer: string;
  readonly sid: string | null;
  readonly effect: Effect;
  /** Whether all of its elements matched. */
  readonly matched: boolean;
  /** Principal, Action, Resource, then each condition, none left out because another failed. */
  readonly elements: readonly ElementTrace[];
}

export interface ElementTrace {
  readonly element: ElementName;
  readonly matched: boolean;
  /** The entry of the policy that decided: the one that covers the request, or else the one that comes nearest. */
  readonly pattern?: string;
  readonly detail: string;
  readonly condition?: ConditionTrace;
}

type ElementName = 'Principal' | 'NotPrincipal' | 'Action' | 'NotAction' | 'Resource' | 'NotResource' | 'Condition';

export interface ConditionTrace {
  readonly operator: string;
  readonly key: string;
  readonly expected: readonly ConditionValue[];
  /** Null where the request has no such key. */
  readonly actual: string | readonly string[] | null;
}

/**
 * Asks every element of every statement, with the matchers that `evaluate` asks, and stops at none.
 * INVARIANT: whether something matched is what a matcher of the compiled policy says; the document only lends its
 * words. So a trace cannot disagree with a decision.
 * @param document what `policy` was compiled from
 * @param action as the caller wrote it
 */
export function tracePolicy(
  document: PolicyDocument,
  policy: CompiledPolicy,
  request: AccessRequest,
  action: string,
): Trace {
  const written = many<Statement>(document.Statement);
  const asked: Asked = { request, action, variables: document.Version === '2012-10-17' };
  const statements = policy.statements.map((statement, at) => traceStatement(statement, written[at]!, asked));
  const applies = (effect: Effect): boolean => statements.some((each) => each.effect === effect && each.matched);
  return { outcome: applies('Deny') ? 'explicitDeny' : applies('Allow') ? 'allow' : 'implicitDeny', statements };
}

/** A request, and how to speak of it. */
export interface Asked {
  readonly request: AccessRequest;
  readonly action: string;
  /** Whether the policy's language has variables. */
  readonly variables: boolean;
}

function traceStatement(statement: CompiledStatement, written: Statement, asked: Asked): StatementTrace {
  const { pointer, sid, effect } = statement;
  const elements = [
    ...tracePrincipal(statement, written, asked),
    traceAction(statement, written, asked),
    traceResource(statement, written, asked),
    ...traceConditions(statement, written, asked),
  ];
  return { pointer, sid, effect, matched: elements.every(({ matched }) => matched), elements };
}

/** An identity policy has none: it speaks of whom it is attached to. */
function tracePrincipal(statement: CompiledStatement, written: Statement, { request }: Asked): ElementTrace[] {
  const element = written.Principal ?? written.NotPrincipal;
  if (statement.principal === null || element === undefined) return [];
  const grant = grantOf(statement, request);
  return [
    {
      element: statement.principal.negated ? 'NotPrincipal' : 'Principal',
      matched: grant !== Grant.none,
      ...principalDetail(statement, element, grant, request),
    },
  ];
}

function traceAction(statement: CompiledStatement, written: Statement, { request, action }: Asked): ElementTrace {
  const matched = actionMatches(statement, request);
  const { negated, patterns } = statement.action;
  const texts = many(written.Action ?? written.NotAction);
  const covering = patterns.findIndex((pattern) => covers(pattern, request.action));
  const element = negated ? 'NotAction' : 'Action';
  if (covering >= 0) {
    const pattern = texts[covering]!;
    const detail = negated
      ? `${quoted(action)} is among the actions left out, by ${quoted(pattern)}`
      : `${quoted(pattern)} covers ${quoted(action)}`;
    return { element, matched, pattern, detail };
  }
  if (negated) return { element, matched, detail: `${quoted(action)} is not among the actions left out` };
  return { element, matched, ...actionMiss(texts, action) };
}

function traceResource(statement: CompiledStatement, written: Statement, asked: Asked): ElementTrace {
  const { request, variables } = asked;
  const matched = resourceMatches(statement, request);
  const { negated, entries } = statement.resource;
  const texts = many(written.Resource ?? written.NotResource);
  // A lone entry is not asked again.
  const lone = entries.length === 1 && !negated;
  const covering = lone ? Number(matched) - 1 : entries.findIndex((entry) => entryMatches(entry, request) === true);
  const element = negated ? 'NotResource' : 'Resource';
  if (covering >= 0) {
    const pattern = texts[covering]!;
    const detail = negated ? `the ARN is left out by ${quoted(pattern)}` : `${quoted(pattern)} covers the ARN`;
    return { element, matched, pattern, detail };
  }
  if (!negated) return { element, matched, ...resourceMiss(texts, request, variables) };
  if (matched) return { element, matched, detail: 'the ARN is not left out' };
  const unread = entries.findIndex((entry) => entryMatches(entry, request) === null);
  const pattern = texts[unread]!;
  const detail = `a variable of ${quoted(pattern)} has no value, and an Allow does not open what it cannot read`;
  return { element, matched, pattern, detail };
}

function traceConditions(statement: CompiledStatement, written: Statement, asked: Asked): ElementTrace[] {
  return statement.conditions.map((condition) => {
    const { request } = asked;
    const entry = request.context.get(condition.key);
    const matched = holds(condition, entry, statement.effect, request);
    const values = written.Condition?.[condition.name.text]?.[condition.keyText] as OneOrMany<ConditionValue>;
    return {
      element: 'Condition',
      matched,
      detail: conditionDetail(condition, entry, asked),
      condition: {
        operator: condition.name.text,
        key: condition.keyText,
        expected: many(values),
        actual: entry === undefined ? null : entry.given,
      },
    };
  });
}
