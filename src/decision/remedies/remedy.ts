import type { Decision, DecisionInput, Layer } from '../decision.js';
import type { Edit } from '../json-patch.js';

/**
 * One thing to change. Paths of the patch start at:
 * - `request`: the body of the decision; of a simulation its member `request`
 * - `policy`: the document. A stored policy has a name and the version that the patch fits (none where it is to be
 *   created); without a name it is the document that the body brings for this layer, and at this index
 * - `endpoint`, `api`: the body with which the record `name` is put. `api` without a name is the body of a simulation
 */
export interface Change {
  readonly target: 'request' | 'policy' | 'endpoint' | 'api';
  readonly layer?: Layer;
  readonly name?: string | null;
  readonly version?: number | null;
  readonly index?: number;
  readonly patch: readonly Edit[];
}

/** Changes that together turn a Deny into an Allow. */
export interface Remedy {
  readonly summary: string;
  /** Whether anything but this principal, action and ARN may be allowed by it, too. */
  readonly widens: boolean;
  readonly changes: readonly Change[];
}

/** Part of a remedy: it mends one layer. */
export interface Step extends Remedy {
  /** Of two that widen alike the lower is offered first: how much else a change touches. */
  readonly rank: number;
}

/** A question as it stands after some changes. */
export interface Trial {
  readonly decision: Decision;
  /** Null where the call does not get as far as a policy. */
  readonly input: DecisionInput | null;
  readonly scene: Scene;
}

/** Asks a question again with changes made to it. */
export interface Retry {
  /** @returns null when the changes leave no question that can be asked: an invalid policy, a conflicting key */
  ask(changes: readonly Change[]): Trial | null;
  /** The characters of all policies that were changed for it: what asking costs. */
  readonly parsed: number;
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** Where things are written that a remedy may change. */
export interface Scene {
  readonly form: 'decision' | 'simulation';
  /** All that was sent; of a decision it is the call, too. */
  readonly body: JsonObject;
  readonly call: JsonObject;
  /** The records that the question names, where they are stored, as their writers put them. */
  readonly endpoint: StoredRecord | null;
  readonly api: StoredRecord | null;
  /** Ids of stored endpoints that the call might have meant, the likeliest first. */
  readonly otherEndpoints: readonly string[];
  /** ARNs of the same call to stored APIs that it might have meant, the likeliest first. */
  readonly otherResources: readonly string[];
  /** A name under which no resource policy is stored. */
  readonly freePolicyName: string;
  /** Ids of the other records that name the policy of a layer. */
  readonly sharedBy: (layer: Layer) => readonly string[];
}

export interface StoredRecord {
  readonly id: string;
  readonly body: JsonObject;
}

/** How much a change touches, from what only this call feels to what opens a whole layer. */
export const Rank = {
  request: 0,
  statement: 1,
  authorizer: 2,
  caller: 3,
  entry: 10,
  exemption: 11,
  authorization: 12,
  record: 13,
  removal: 14,
  fullAccess: 15,
} as const;
