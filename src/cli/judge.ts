import type { DecisionBody, SimulationBody } from '../service/decision-request.js';
import type { DecisionAnswer, ExplanationAnswer } from '../service/pdp.js';

/** Who answers: this process or a server, by the same code. Each method throws a `Failure` where there is no answer. */
export interface Judge {
  decide(body: DecisionBody): Promise<DecisionAnswer>;
  explain(body: DecisionBody): Promise<ExplanationAnswer>;
  /** With `explain: true` in the body, an explanation. */
  simulate(body: SimulationBody): Promise<DecisionAnswer | ExplanationAnswer>;
  close(): Promise<void>;
}
