import type { VersionNumber } from './wire.js';
import type { Decision, JudgedPolicy, Layer, MinimalDecision, PolicyOutcome, Verdict } from './wire-decisions.js';

/** What a condition compared. */
export interface ConditionTrace {
  /**
   * The operator, as the policy writes it.
   * @example "StringNotEquals"
   */
  readonly operator: string;
  /**
   * The condition key, as the policy writes it.
   * @example "aws:SourceVpc"
   */
  readonly key: string;
  /**
   * The values of the policy.
   * @example ["vpc-1a2b3c4d"]
   */
  readonly expected: readonly (string | number | boolean)[];
  /** What the request holds, as text; null where it lacks the key. */
  readonly actual: string | readonly string[] | null;
}

/** Whether one element of a statement matched. */
export interface ElementTrace {
  /** The element; there is one entry for each condition. */
  readonly element: 'Principal' | 'NotPrincipal' | 'Action' | 'NotAction' | 'Resource' | 'NotResource' | 'Condition';
  /** Whether it matched. */
  readonly matched: boolean;
  /**
   * The entry of the policy that decided: the one that covers the request, or else the one that comes nearest.
   * @example "arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/*"
   */
  readonly pattern?: string;
  /**
   * Why, in words: what matched, or where the request and the nearest entry part, or which rule decided of a condition.
   * @example "`arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/*` covers the ARN"
   */
  readonly detail: string;
  /** What was compared, of a condition. */
  readonly condition?: ConditionTrace;
}

/** Whether one statement matched. */
export interface StatementTrace {
  /**
   * Where the statement is in its document.
   * @example "/Statement/0"
   */
  readonly pointer: string;
  /**
   * The Sid of the statement.
   * @example "OnlyOurVpc"
   */
  readonly sid: string | null;
  /** The effect of the statement. */
  readonly effect: Verdict;
  /** Whether all of its elements matched, and it applies. */
  readonly matched: boolean;
  /** All of its elements, also those after one that failed. */
  readonly elements: readonly ElementTrace[];
}

/** What one policy said, statement by statement. */
export interface PolicyTrace extends PolicyOutcome {
  /** All of its statements. */
  readonly statements: readonly StatementTrace[];
}

/** One operation of a JSON Patch: RFC 6902. */
export interface PatchOperation {
  /** What to do. */
  readonly op: 'add' | 'remove' | 'replace';
  /**
   * Where: a JSON Pointer.
   * @example "/Statement/0/Resource/1"
   */
  readonly path: string;
  /** What to put there: any JSON value; absent for `remove`. */
  readonly value?: unknown;
}

/**
 * One thing to change. The paths of its patch start, by `target`:
 * `request`: at the body of the decision; of a simulation at its member `request`.
 * `policy`: at the document. With a `name` it is a stored policy of the layer's kind, in the `version` that the patch
 * fits (null: it is to be created); without one it is the document that the body brings for this layer, at this `index`.
 * `endpoint`, `api`: at the body with which the record `name` is put; `api` without a name: at the body of the simulation.
 */
export interface RemedyChange {
  /** What to change. */
  readonly target: 'request' | 'policy' | 'endpoint' | 'api';
  /** The layer of the policy. */
  readonly layer?: Layer;
  /**
   * The name of the policy, or the id of the record.
   * @example "two-apis"
   */
  readonly name?: JudgedPolicy['name'];
  /** The version of the policy that the patch fits. */
  readonly version?: VersionNumber | null;
  /**
   * The policy's place in the array of the request, where that takes several.
   * @isInt
   * @minimum 0
   */
  readonly index?: number;
  /** The operations, in order. */
  readonly patch: readonly PatchOperation[];
}

/** Changes that together would turn the Deny into an Allow. */
export interface Remedy {
  /**
   * The changes in words.
   * @example "send the call through the endpoint `vpce-1a2b3c4d`"
   */
  readonly summary: string;
  /** Whether anything but this principal, action and ARN may be allowed by it, too; true where that is not certain. */
  readonly widens: boolean;
  /** What to change: all of it, in order. */
  readonly changes: readonly RemedyChange[];
}

/** A decision, the way to it, and the ways out. */
export interface Explanation extends Decision {
  /** Every policy that was judged, as in `policies`, statement by statement. */
  readonly trace: readonly PolicyTrace[];
  /** The policies that the decision did not get to, and what they would say of the call. They decided nothing. */
  readonly notReached: readonly PolicyTrace[];
  /**
   * The same as sentences: who the caller was seen as, layer by layer what decided, and each key that a Deny reads and the
   * request lacks.
   */
  readonly summary: readonly string[];
  /** The smallest changes that would allow the call, each tried before it is offered, the narrowest first; none on Allow. */
  readonly remedies: readonly Remedy[];
}

/** The answer to a simulation: with `explain` an explanation. */
export type SimulationAnswer = Decision | MinimalDecision | Explanation;
