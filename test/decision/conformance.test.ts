import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CompiledPolicies } from '../../src/service/compiled-policies.js';
import type { SimulationBody } from '../../src/service/decision-request.js';
import { Directory } from '../../src/service/directory.js';
import { Pdp } from '../../src/service/pdp.js';

interface Case {
  readonly id: string;
  readonly title: string;
  readonly body: SimulationBody;
  readonly expected: { readonly decision: string; readonly reason: string };
  readonly source: string;
}

const folder = new URL('../cases/conformance/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

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

it('all files of the conformance suite are there', () => {
  expect(files.length).toBeGreaterThanOrEqual(13);
});

describe.each(files)('%s', (file) => {
  const cases = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Case[];

  it.each(cases)('$id: $title', async ({ body, expected }) => {
    const answer = await pdp.simulate(body, { minimal: false });
    expect({ decision: answer.decision, reason: answer.reason }).toEqual(expected);
  });
});
