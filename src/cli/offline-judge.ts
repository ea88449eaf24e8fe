import { Readable } from 'node:stream';
import { shapeOf } from '../http/schemas.js';
import type { DecisionAnswer } from '../service/pdp.js';
import type { Judge } from './judge.js';
import { LOCAL } from './local.js';
import { asServed, openStoreDocument, orFailure } from './offline.js';
import type { Terminal } from './terminal.js';

/** A Postern of this process alone, which holds what a store document says, or nothing. */
export async function offlineJudge(terminal: Terminal, store: string | undefined): Promise<Judge> {
  const { services, close } = await openStoreDocument(terminal, store);
  // As a whole, because nothing else is asked for.
  const whole = { ...LOCAL, minimal: false };
  return {
    decide: (body) => asServed('DecisionRequest', body, (it) => services.pdp.decide(it, whole) as DecisionAnswer),
    explain: (body) => asServed('DecisionRequest', body, (it) => services.pdp.explain(it)),
    simulate: (body) =>
      asServed('SimulationRequest', body, (it) => services.pdp.simulate(it, whole) as Promise<DecisionAnswer>),
    replay: (lines, most) => {
      const options = { most, shapeErrors: shapeOf('DecisionRequest') };
      return orFailure(() => services.replay.run(Readable.from(lines), options));
    },
    close,
  };
}
