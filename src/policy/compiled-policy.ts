import type { ActionPattern } from './action.js';
import type { Condition } from './condition.js';
import type { Effect } from './document.js';
import type { Glob } from './pattern.js';
import type { PrincipalSet } from './principal-set.js';
import type { StatementIndex } from './statement-index.js';
import type { Template } from './variables.js';

/** A policy ready to be asked: frozen, shared by all requests. */
export interface CompiledPolicy {
  readonly statements: readonly CompiledStatement[];
  /** Null for a policy so small that going through it is faster. */
  readonly index: StatementIndex | null;
}

/** What every call reads comes first, to be in one cache line. */
export interface CompiledStatement {
  readonly effect: Effect;
  /** Whether it speaks of whoever calls: it says so, or is of an identity policy. */
  readonly anyone: boolean;
  /** Whether `execute-api:Invoke` is an action of it, which nearly every call is. */
  readonly invoke: boolean;
  /** Its place among the statements, from 0. */
  readonly order: number;
  readonly conditions: readonly Condition[];
  /** Null in an identity policy, which speaks of whom it is attached to. */
  readonly principal: PrincipalSet | null;
  readonly resource: { readonly negated: boolean; readonly entries: readonly ResourceEntry[] };
  readonly action: ActionElement;
  /** `/Statement/0`, or `/Statement` where the policy has a single one outside a list. */
  readonly pointer: string;
  readonly sid: string | null;
}

export interface ActionElement {
  readonly negated: boolean;
  readonly patterns: readonly ActionPattern[];
}

/** One entry of a Resource element: nearly always a pattern for whole ARNs. */
export type ResourceEntry = Glob | SpecialEntry;

/** An entry that says something of the call as well. */
export interface SpecialEntry {
  /** Whether the pattern is matched from the stage of the API being called on, not against the whole ARN. */
  readonly tail: boolean;
  /** Null where it has variables, and has to be made for each request. */
  readonly glob: Glob | null;
  /** What it is made from then; empty where there are none. */
  readonly template: Template;
}
