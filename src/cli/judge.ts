import type { Asked, DecisionBody, SimulationBody } from '../service/decision-request.js';
import type { DecisionAnswer, ExplanationAnswer } from '../service/pdp.js';
import type { ReplayAnswer } from '../service/replay.js';

/** Who answers: this process or a server, by the same code. Each method throws a `Failure` where there is no answer. */
export interface Judge {
  decide(body: DecisionBody): Promise<DecisionAnswer>;
  explain(body: DecisionBody): Promise<ExplanationAnswer>;
  /** With `explain: true` in the body, an explanation. */
  simulate(body: SimulationBody): Promise<DecisionAnswer | ExplanationAnswer>;
  /**
   * @param lines drafts, and then entries of a decision log
   * @param most how many changes are listed, and how many entries that cannot be replayed
   */
  replay(lines: readonly string[], most: number): Promise<ReplayAnswer>;
  close(): Promise<void>;
}

/** @throws Failure */
export const askDecision = (judge: Judge, asked: Asked): Promise<DecisionAnswer> =>
  asked.form === 'decision' ? judge.decide(asked.body) : judge.simulate(asked.body);

/** @throws Failure */
export const askExplanation = (judge: Judge, asked: Asked): Promise<ExplanationAnswer> =>
  asked.form === 'decision'
    ? judge.explain(asked.body)
    : (judge.simulate({ ...asked.body, explain: true }) as Promise<ExplanationAnswer>);
