import type { Outcome } from '../../src/policy/evaluate.js';

/** What a figure has to be; a figure without a goal is there to be seen. */
export type Goal = { readonly least: number } | { readonly most: number };

/** Decisions against two policies of so many statements each, beside the naive baseline. */
export interface DecisionScenario {
  readonly statements: number;
  /** How many requests are timed at once; each is new to the process. */
  readonly requests: number;
  /** Of how many times the naive baseline takes. */
  readonly goal: Goal;
}

export const decisions: readonly DecisionScenario[] = [
  { statements: 1, requests: 4096, goal: { least: 1 } },
  { statements: 10, requests: 4096, goal: { least: 1 } },
  { statements: 100, requests: 2048, goal: { least: 12 } },
  // The baseline takes a millisecond for each, and so does whoever draws a request that is not to be denied.
  { statements: 1000, requests: 384, goal: { least: 300 } },
];

/** Of how many times the decision with the fewest statements takes the one with the most. */
export const growth: Goal = { most: 4 };

/** Decisions that end alike; `statements` in each policy. */
export interface OutcomeScenario {
  readonly outcome: Outcome;
  readonly statements: number;
  readonly requests: number;
}

export const outcomes: readonly OutcomeScenario[] = [
  { outcome: 'allow', statements: 10, requests: 2048 },
  { outcome: 'implicitDeny', statements: 10, requests: 2048 },
  // One request of 25 is such a one, so that many have to be drawn.
  { outcome: 'explicitDeny', statements: 10, requests: 256 },
];

/** Decisions among so many stored pairs of an endpoint and an API with a policy of their own, asked for uniformly. */
export interface PairsScenario {
  readonly pairs: number;
  readonly statements: number;
  readonly requests: number;
  /** Of how many times the decision among the fewest pairs takes. */
  readonly goal?: Goal;
}

export const pairs: readonly PairsScenario[] = [
  { pairs: 64, statements: 10, requests: 4096 },
  { pairs: 1000, statements: 10, requests: 4096 },
  { pairs: 100_000, statements: 10, requests: 4096, goal: { most: 3 } },
];

/** Milliseconds for the worst policy that is accepted, with an ARN of 1,600 bytes. */
export const worst: Goal = { most: 1 };

/** Compiling policies of so many statements, microseconds a statement. */
export interface CompileScenario {
  readonly statements: number;
  readonly goal: Goal;
}

export const compiling: readonly CompileScenario[] = [
  { statements: 1, goal: { most: 10 } },
  { statements: 10, goal: { most: 10 } },
  { statements: 100, goal: { most: 10 } },
  { statements: 1000, goal: { most: 10 } },
];

/** The longest that nothing else is done while the largest legal policy is compiled, in milliseconds. */
export const stall: Goal = { most: 25 };

/** Explaining decisions against policies of so many statements. */
export const explaining: readonly number[] = [1, 10, 100, 1000];

/** Microseconds to explain a statement, and milliseconds to explain a decision of the largest policies with remedies. */
export const tracing: Goal = { most: 15 };
export const explanation: Goal = { most: 50 };
