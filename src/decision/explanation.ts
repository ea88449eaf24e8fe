import type { StatementTrace } from '../policy/trace.js';
import type { Decision, PolicyOutcome } from './decision.js';

/** What one policy said, statement by statement. */
export interface PolicyTrace extends PolicyOutcome {
  readonly statements: readonly StatementTrace[];
}

/** A decision and what led to it. */
export interface Explanation {
  readonly decision: Decision;
  /** The policies that were judged, as in `decision.policies`. */
  readonly trace: readonly PolicyTrace[];
  /** The policies that the decision did not get to: what they would say of the same call. They decided nothing. */
  readonly notReached: readonly PolicyTrace[];
  readonly summary: readonly string[];
}
