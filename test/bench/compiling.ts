import type { PolicyDocument } from '../../src/policy/document.js';
import { compilePolicy } from './engine.js';
import { collectGarbage, cpu, type Figures } from './measure.js';
import { median } from './median.js';
import { type Row, rounded } from './report.js';
import type { Scale } from './scale.js';
import { type CompileScenario, compiling } from './scenarios.js';
import { generate } from './workload.mjs';

/** Microseconds a statement, from the stored text to the compiled policy, once V8 has compiled what it will compile. */
export function measureCompiling({ rounds, share }: Scale): Row[] {
  const fields = compiling.map((scenario) => ({ scenario, texts: textsOf(scenario, share), times: [] as Times[] }));
  collectGarbage();
  for (const { texts } of fields) for (const until = cpu() + WARM; cpu() < until; ) compiled(texts);
  for (let round = 0; round < rounds; round++) for (const { texts, times } of fields) times.push(compiled(texts));
  return fields.map(({ scenario: { statements, goal }, texts, times }): Row => {
    const each = (name: keyof Times): Figures => times.map((time) => time[name] / (texts.length * statements));
    return {
      quantity: `compile, S = ${statements}, a statement`,
      figure: median(times.map(({ parsing, compiling }) => (parsing + compiling) / (texts.length * statements))),
      unit: 'µs',
      goal,
      detail: `${rounded(median(each('parsing')))} µs of it JSON.parse`,
    };
  });
}

const WARM = 500_000;
/** Statements that are compiled in one go at most. */
const TOGETHER = 12_000;

/** The policies of as many workloads as there is time for. */
function textsOf({ statements }: CompileScenario, share: number): string[] {
  const texts: string[] = [];
  for (let seed = 1; texts.length < 12 || (texts.length + 12) * statements <= TOGETHER * share; seed++) {
    const { endpointPolicies, resourcePolicies } = generate(statements, seed, 0);
    for (const document of Object.values({ ...endpointPolicies, ...resourcePolicies })) {
      texts.push(JSON.stringify(document));
    }
  }
  return texts;
}

interface Times {
  readonly parsing: number;
  readonly compiling: number;
}

/** Nothing of what is made is kept, so that the next round finds the memory as this one did. */
function compiled(texts: readonly string[]): Times {
  const start = cpu();
  const documents = texts.map((text) => JSON.parse(text) as PolicyDocument);
  const parsed = cpu();
  for (const document of documents) compilePolicy(document);
  return { parsing: parsed - start, compiling: cpu() - parsed };
}
