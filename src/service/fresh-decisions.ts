import type { Follower } from './follower.js';
import type { Pdp } from './pdp.js';

/** What a decision point is asked. */
export type Decisions = Pick<Pdp, 'decide' | 'decideBatch' | 'explain' | 'simulate'>;

/**
 * The same decisions, made only while what they are made from is not too old (`state-too-old`). It is judged when they
 * are asked for, in the turn in which everything is looked up: a process that has stood still has no timer to warn it.
 */
export function freshDecisions(pdp: Decisions, follower: Pick<Follower, 'tooOld'>): Decisions {
  const fresh = (): Decisions => {
    const { tooOld } = follower;
    if (tooOld) throw tooOld;
    return pdp;
  };
  return {
    decide: (body, options) => fresh().decide(body, options),
    decideBatch: (requests, options) => fresh().decideBatch(requests, options),
    explain: async (body) => fresh().explain(body),
    simulate: async (body, options) => fresh().simulate(body, options),
  };
}
