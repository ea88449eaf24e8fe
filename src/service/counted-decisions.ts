import type { Layer } from '../decision/decision.js';
import type { Current } from './collectors.js';
import type { Decisions } from './fresh-decisions.js';
import type { BatchAnswer, DecisionAnswer, MinimalAnswer } from './pdp.js';

type Counted = Pick<DecisionAnswer, 'decision' | 'layer'> & { readonly reason: string };

/** How many decisions there were of each kind. */
export class DecisionCounts {
  /** By reason, then by layer; a reason says also whether it is an Allow. */
  readonly #counts = new Map<string, Map<Layer | null, { readonly outcome: string; count: number }>>();

  add({ decision, reason, layer }: Counted): void {
    const counted = this.#counts.get(reason)?.get(layer);
    if (counted === undefined) this.#first(decision.toLowerCase(), reason, layer);
    else counted.count++;
  }

  #first(outcome: string, reason: string, layer: Layer | null): void {
    const byLayer = this.#counts.get(reason) ?? new Map<Layer | null, { readonly outcome: string; count: number }>();
    this.#counts.set(reason, byLayer.set(layer, { outcome, count: 1 }));
  }

  *current(): ReturnType<Current> {
    for (const [reason, byLayer] of this.#counts) {
      for (const [layer, { outcome, count }] of byLayer) yield [{ outcome, reason, layer: layer ?? 'none' }, count];
    }
  }
}

/** The same decisions, counted when they are made. Explanations and simulations are not: nobody enforces them. */
export function countedDecisions(pdp: Decisions, counts: DecisionCounts): Decisions {
  const one = <T extends DecisionAnswer | MinimalAnswer>(answer: T): T => {
    counts.add(answer);
    return answer;
  };
  const all = (answer: BatchAnswer): BatchAnswer => {
    for (const each of answer.decisions) counts.add(each);
    return answer;
  };
  return {
    decide(body, options) {
      const answer = pdp.decide(body, options);
      return answer instanceof Promise ? answer.then(one) : one(answer);
    },
    decideBatch(requests, options) {
      const answer = pdp.decideBatch(requests, options);
      return answer instanceof Promise ? answer.then(all) : all(answer);
    },
    explain: (body) => pdp.explain(body),
    simulate: (body, options) => pdp.simulate(body, options),
  };
}
