import { describe, expect, it } from 'vitest';
import { CompiledPolicies } from '../../src/service/compiled-policies.js';
import type { SimulationBody } from '../../src/service/decision-request.js';
import { Directory } from '../../src/service/directory.js';
import { Pdp } from '../../src/service/pdp.js';
import { caseFiles, conformanceCases } from './conformance-cases.js';

/** Nothing is stored: every policy comes with the question. */
const pdp = new Pdp(
  new Directory({ revision: 0, policies: [], records: [] }),
  new CompiledPolicies(async () => undefined, 100_000_000),
  { version: async () => undefined },
  {
    limits: { endpoint: 20_480, resource: 8192, identity: 10_240 },
    requireIdentityPolicies: false,
    maxBatch: 1000,
    now: Date.now,
  },
);

it('all of the conformance suite is there', () => {
  expect(conformanceCases).toHaveLength(179);
});

describe.each(caseFiles)('%s', (_, cases) => {
  it.each(cases)('$id: $title', async ({ body, expected }) => {
    const answer = await pdp.simulate(body as unknown as SimulationBody, { minimal: false });
    expect({ decision: answer.decision, reason: answer.reason }).toEqual(expected);
  });
});
