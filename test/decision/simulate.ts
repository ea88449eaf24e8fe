import type { Decision } from '../../src/decision/decision.js';
import { CompiledPolicies } from '../../src/service/compiled-policies.js';
import type { SimulationBody } from '../../src/service/decision-request.js';
import { Directory } from '../../src/service/directory.js';
import { type ExplanationAnswer, Pdp } from '../../src/service/pdp.js';

/** A PDP with nothing stored: every policy comes with the question. */
export const pdp = new Pdp(
  new Directory({ revision: 0, policies: [], records: [] }),
  new CompiledPolicies(async () => undefined, 100_000_000),
  { version: async () => undefined },
  {
    limits: { endpoint: 20_480, resource: 8192, identity: 10_240 },
    requireIdentityPolicies: false,
    maxBatch: 1000,
    now: () => Date.parse('2026-06-01T12:00:00Z'),
  },
);

/** @param body of a simulation, as drawn or read */
export const explained = async (body: object): Promise<ExplanationAnswer> =>
  (await pdp.simulate({ ...(body as SimulationBody), explain: true }, { minimal: false })) as ExplanationAnswer;

export async function plain(body: object): Promise<Decision> {
  const {
    revision: _,
    decisionId: __,
    ...decision
  } = (await pdp.simulate(body as SimulationBody, {
    minimal: false,
  })) as Decision & { revision: number; decisionId: string };
  return decision;
}
