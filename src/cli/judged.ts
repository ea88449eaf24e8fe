import type { Asked } from '../service/decision-request.js';
import type { DecisionAnswer, ExplanationAnswer } from '../service/pdp.js';
import type { Judge } from './judge.js';

/** @throws Failure */
export const decided = (judge: Judge, asked: Asked): Promise<DecisionAnswer> =>
  asked.form === 'decision' ? judge.decide(asked.body) : judge.simulate(asked.body);

/** @throws Failure */
export const explained = (judge: Judge, asked: Asked): Promise<ExplanationAnswer> =>
  asked.form === 'decision'
    ? judge.explain(asked.body)
    : (judge.simulate({ ...asked.body, explain: true }) as Promise<ExplanationAnswer>);
