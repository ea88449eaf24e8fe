import { CompiledPolicies } from '../../src/service/compiled-policies.js';
import { Directory } from '../../src/service/directory.js';
import { Pdp } from '../../src/service/pdp.js';
import type { Judgement, SimulationBody } from './types.js';

/** Postern's own judgement of a simulation, without a store and without HTTP. */
export function posternJudge(): (body: SimulationBody) => Promise<Judgement> {
  const directory = new Directory({ revision: 0, policies: [], records: [] });
  const compiled = new CompiledPolicies(async () => undefined, 1_000_000);
  const limits = { endpoint: 100_000, resource: 100_000, identity: 100_000 };
  const options = { limits, requireIdentityPolicies: false, maxBatch: 1, now: Date.now };
  const pdp = new Pdp(directory, compiled, { version: async () => undefined }, options);
  return async (body) => {
    const { decision, reason, layer } = await pdp.simulate(body as never, { minimal: true });
    return { decision, reason, layer };
  };
}
