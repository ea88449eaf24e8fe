import type { CompiledPolicy } from '../../src/policy/compile.js';
import type { PolicyDocument } from '../../src/policy/document.js';
import { largest } from '../decision/largest.js';
import { read } from './contenders.js';
import { CallContext, CompiledPolicies, compilePolicy, Directory, Pdp, tracePolicy } from './engine.js';
import { LIMITS } from './hostile.js';
import { collectGarbage, cpu } from './measure.js';
import { median } from './median.js';
import { type Row, rounded } from './report.js';
import type { Scale } from './scale.js';
import { explaining, explanation, tracing } from './scenarios.js';
import { generate, type WorkloadRequest } from './workload.mjs';

/** What explaining costs: each statement of the workload's policies, then the largest policies with their remedies. */
export async function measureExplaining(scale: Scale): Promise<Row[]> {
  const fields = explaining.map((statements) => ({
    statements,
    ...fieldOf(statements, scale),
    figures: [] as number[],
  }));
  collectGarbage();
  for (const { policies, requests } of fields)
    for (const until = cpu() + WARM; cpu() < until; ) traced(policies, requests);
  for (let round = 0; round < scale.rounds; round++) {
    for (const { policies, requests, figures } of fields) figures.push(traced(policies, requests));
  }
  const rows = fields.map(({ statements, figures }): Row => {
    return { quantity: `explain, S = ${statements}, a statement`, figure: median(figures), unit: 'µs', goal: tracing };
  });
  for (const [name, body] of Object.entries(largest)) rows.push(await withRemedies(name, body, scale));
  return rows;
}

const WARM = 500_000;

interface Explained {
  readonly document: PolicyDocument;
  readonly policy: CompiledPolicy;
}

function fieldOf(statements: number, { share }: Scale) {
  const workload = generate(statements, statements, Math.ceil(Math.max(30, 3000 / statements) * share));
  const documents = { ...workload.endpointPolicies, ...workload.resourcePolicies };
  return {
    policies: new Map(
      Object.entries(documents).map(([name, document]) => [name, { document, policy: compilePolicy(document) }]),
    ),
    requests: workload.requests,
  };
}

/** Microseconds a statement of both policies. */
function traced(policies: ReadonlyMap<string, Explained>, requests: readonly WorkloadRequest[]): number {
  let statements = 0;
  let spent = 0;
  for (const asked of requests) {
    const request = read(asked);
    const { principal, resource } = request;
    const nothing = { endpoint: null, endpointKeys: null, apiKeys: null, now: 0 };
    const context = new CallContext(request.context as Map<string, never>, { principal, resource, ...nothing });
    const before = cpu();
    for (const name of [asked.endpoint, asked.api]) {
      const { document, policy } = policies.get(name)!;
      statements += tracePolicy(document, policy, { ...request, context }, asked.action).statements.length;
    }
    spent += cpu() - before;
  }
  return spent / statements;
}

/** A question that brings the largest policies of every kind. */
async function withRemedies(name: string, body: (typeof largest)[string], { rounds }: Scale): Promise<Row> {
  const pdp = new Pdp(
    new Directory({ revision: 0, policies: [], records: [] }),
    new CompiledPolicies(async () => undefined, 1_000_000),
    { version: async () => undefined },
    { limits: { ...LIMITS, identity: 10_240 }, requireIdentityPolicies: false, maxBatch: 1, now: () => 0 },
  );
  const ask = async (explain: boolean): Promise<number> => {
    const before = cpu();
    await pdp.simulate({ ...(structuredClone(body) as object), explain } as never, { minimal: false });
    return (cpu() - before) / 1000;
  };
  await ask(true);
  const [explained, plain]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    explained.push(await ask(true));
    plain.push(await ask(false));
  }
  const detail = `${rounded(median(plain))} ms the plain decision`;
  const quantity = `explain with remedies: ${name}`;
  return { quantity, figure: median(explained), unit: 'ms', goal: explanation, detail };
}
