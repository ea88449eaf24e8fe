/**
 * What explaining costs: `npx tsx test/bench/explain.mts`. The workload is that of the decisions; then the largest legal
 * policies, with remedies. Milliseconds and microseconds of CPU.
 */
import { CallContext } from '../../src/decision/context.js';
import { parseArn } from '../../src/policy/arn.js';
import { compilePolicy } from '../../src/policy/compile.js';
import type { PolicyDocument } from '../../src/policy/document.js';
import { parsePrincipal } from '../../src/policy/principal.js';
import { type AccessRequest, parseContext } from '../../src/policy/request.js';
import { tracePolicy } from '../../src/policy/trace.js';
import { largest } from '../decision/largest.js';
import { explained, plain } from '../decision/simulate.js';

interface Workload {
  readonly endpointPolicies: Readonly<Record<string, PolicyDocument>>;
  readonly resourcePolicies: Readonly<Record<string, PolicyDocument>>;
  readonly requests: readonly {
    readonly principal: string;
    readonly action: string;
    readonly resource: string;
    readonly endpoint: string;
    readonly context: Readonly<Record<string, unknown>>;
  }[];
}

const { generate } = (await import(new URL('./workload.mjs', import.meta.url).href)) as {
  generate(statements: number, seed: number, requests: number): Workload;
};

const cpu = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};
const print = (line: string): unknown => process.stdout.write(`${line}\n`);

for (const size of [1, 10, 100, 1000]) {
  const { endpointPolicies, resourcePolicies, requests } = generate(size, 1, size < 100 ? 6000 : 300);
  const compiled = (document: PolicyDocument) => ({ document, policy: compilePolicy(document) });
  const policies = new Map(
    Object.entries({ ...endpointPolicies, ...resourcePolicies }).map(([name, document]) => [name, compiled(document)]),
  );
  const asked = requests.map(({ principal, action, resource, endpoint, context }) => {
    const [who, arn] = [parsePrincipal(principal), parseArn(resource)];
    if (!who.ok || arn === undefined) throw new Error(`${principal} ${resource}`);
    const circumstances = {
      principal: who.value,
      resource: arn,
      endpoint: null,
      endpointKeys: null,
      apiKeys: null,
      now: 0,
    };
    const request: AccessRequest = {
      principal: who.value,
      action: action.toLowerCase(),
      resource: arn,
      context: new CallContext(parseContext(context, '').entries, circumstances),
      hasBoundary: false,
    };
    return { request, action, names: [endpoint, arn.resource.split('/', 1)[0] ?? ''] };
  });
  const costs: number[] = [];
  for (let round = 0; round < 9; round++) {
    const before = cpu();
    let statements = 0;
    for (const { request, action, names } of asked.slice(0, Math.max(20, 30_000 / size))) {
      for (const name of names) {
        const found = policies.get(name);
        if (found !== undefined)
          statements += tracePolicy(found.document, found.policy, request, action).statements.length;
      }
    }
    costs.push((cpu() - before) / statements);
  }
  print(
    `${size} statements: ${Math.min(...costs).toFixed(1)} µs a statement traced (median ${costs.sort((a, b) => a - b)[4]!.toFixed(1)})`,
  );
}

for (const [name, body] of Object.entries(largest)) {
  const costs: number[] = [];
  for (let round = 0; round < 20; round++) {
    const before = cpu();
    await explained(body);
    costs.push((cpu() - before) / 1000);
  }
  const before = cpu();
  for (let round = 0; round < 10; round++) await plain(body);
  const alone = (cpu() - before) / 10_000;
  const first = costs[0]!;
  costs.sort((a, b) => a - b);
  print(
    `${name}: ${costs[0]!.toFixed(1)} ms with remedies (median ${costs[10]!.toFixed(1)}, first ${first.toFixed(1)}), ${alone.toFixed(1)} ms the plain decision`,
  );
}
