import type { Caller } from './credentials.js';
import type { DecisionLog } from './decision-log.js';
import type { DecisionBody } from './decision-request.js';
import type { Decisions } from './fresh-decisions.js';
import { type AnswerOptions, type BatchAnswer, type DecisionAnswer, minimalOf } from './pdp.js';

/**
 * Of the log's buffer; the rest is for those who ask one question at a time. A request of one mebibyte can make
 * sixteen mebibytes of entries, all in one turn.
 */
const SHARE_OF_BATCHES = 0.5;

/**
 * The same decisions, each of them logged before it is given. Explanations and simulations are not: nobody enforces
 * them, and they can be asked again. Nor is what was malformed: no policy was asked.
 */
export function loggedDecisions(pdp: Decisions, log: DecisionLog): LoggedDecisions {
  const logged = (asked: Parameters<DecisionLog['add']>[0], answer: DecisionAnswer, minimal: boolean) => {
    const given = minimal ? minimalOf(answer) : answer;
    const waiting = log.add(asked, answer);
    return waiting === undefined ? given : waiting.then(() => given);
  };
  const loggedAll = (requests: readonly unknown[], { decisions, ...rest }: BatchAnswer, caller: Timed) => {
    const waiting: Promise<void>[] = [];
    const share = requests.length > 1 ? SHARE_OF_BATCHES : 1;
    const given = decisions.map((answer, item) => {
      if (!('decisionId' in answer)) return answer;
      const wait = log.add({ ...caller, body: requests[item] as DecisionBody, item }, answer as DecisionAnswer, share);
      if (wait !== undefined) waiting.push(wait);
      return caller.minimal ? minimalOf(answer as DecisionAnswer) : answer;
    });
    const all: BatchAnswer = { ...rest, decisions: given };
    return waiting.length === 0 ? all : Promise.all(waiting).then(() => all);
  };
  return {
    decide(body, { minimal, requestId, by }) {
      const at = Date.now();
      // The full answer is logged, even where the caller wants less.
      const answer = pdp.decide(body, { minimal: false, at }) as DecisionAnswer | Promise<DecisionAnswer>;
      const asked = { body, at, requestId, by };
      if (answer instanceof Promise) return answer.then((full) => logged(asked, full, minimal));
      return logged(asked, answer, minimal);
    },
    decideBatch(requests, { shapeErrors, minimal, requestId, by }) {
      const at = Date.now();
      const answer = pdp.decideBatch(requests, { shapeErrors, minimal: false, at });
      const caller = { at, requestId, by, minimal };
      if (answer instanceof Promise) return answer.then((all) => loggedAll(requests, all, caller));
      return loggedAll(requests, answer, caller);
    },
    explain: (body) => pdp.explain(body),
    simulate: (body, options) => pdp.simulate(body, options),
  };
}

type Timed = Caller & { readonly at: number; readonly minimal: boolean };

/** Decisions for whoever says who asks. */
export interface LoggedDecisions extends Pick<Decisions, 'explain' | 'simulate'> {
  decide(body: DecisionBody, options: AnswerOptions & Caller): ReturnType<Decisions['decide']>;
  decideBatch(
    requests: readonly unknown[],
    options: Parameters<Decisions['decideBatch']>[1] & Caller,
  ): ReturnType<Decisions['decideBatch']>;
}
