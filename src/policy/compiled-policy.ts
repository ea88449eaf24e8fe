import type { ActionPattern } from './action.js';
import type { Condition } from './condition.js';
import type { Effect } from './document.js';
import type { Glob } from './pattern.js';
import type { PrincipalSet } from './principal.js';
import type { StatementIndex } from './statement-index.js';
import type { Template } from './variables.js';

/** A policy ready to be asked: frozen, shared by all requests. */
export interface CompiledPolicy {
  readonly statements: readonly CompiledStatement[];
  /** Null for a policy so small that going through it is faster. */
  readonly index: StatementIndex | null;
}

export interface CompiledStatement {
  /** Its place among the statements, from 0. */
  readonly order: number;
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
  /** The pattern between its slashes: texts that stand there in every ARN it matches; null where a wildcard is. */
  readonly literals: readonly (string | null)[];
}
