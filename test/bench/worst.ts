import type { PolicyDocument } from '../../src/policy/document.js';
import { largest } from '../decision/largest.js';
import { read } from './contenders.js';
import { compilePolicy, evaluate, parsePolicy, work } from './engine.js';
import { type Hostile, LIMITS } from './hostile.js';
import { hostileConditions, hostileSets } from './hostile-conditions.js';
import { hostilePatterns } from './hostile-patterns.js';
import { cpu } from './measure.js';
import { median } from './median.js';
import type { Row } from './report.js';
import type { Scale } from './scale.js';
import { worst } from './scenarios.js';

/** Milliseconds that one policy takes to judge one request, the worst policies first. */
export function measureWorst({ rounds }: Scale): Row[] {
  const rows = [...hostilePatterns, ...hostileConditions, ...hostileSets, ...large].map((one): Row => {
    const policy = compilePolicy(accepted(one));
    const text = JSON.stringify({ principal: CALLER, action: 'execute-api:Invoke', ...one, document: undefined });
    const times: number[] = [];
    let steps = 0;
    for (let round = -WARM; round < rounds; round++) {
      const request = read(JSON.parse(text) as Parameters<typeof read>[0]);
      const [before, taken] = [cpu(), work.steps];
      evaluate(policy, request);
      steps = work.steps - taken;
      if (round >= 0) times.push((cpu() - before) / 1000);
    }
    return {
      quantity: `${one.kind}: ${one.name}`,
      figure: median(times),
      unit: 'ms',
      goal: worst,
      detail: `${steps.toLocaleString('en')} steps`,
    };
  });
  return rows.sort((a, b) => b.figure - a.figure);
}

/** What a server has judged before. */
const WARM = 20;
const CALLER = 'arn:aws:iam::123412341234:user/alice';

/** Policies filled to the brim that nearly allow; the longest ARN is one of their API. */
const large: readonly Hostile[] = Object.entries(largest).flatMap(
  ([name, { endpointPolicy, resourcePolicy, request }]) =>
    Object.entries({ endpoint: endpointPolicy, resource: resourcePolicy }).map(([kind, document]) => ({
      name,
      kind: kind as Hostile['kind'],
      document: document as PolicyDocument,
      resource: request.resource.padEnd(1600, '/1'),
      context: request.context,
    })),
);

function accepted({ name, kind, document }: Hostile): PolicyDocument {
  const parsed = parsePolicy(kind, JSON.parse(JSON.stringify(document)), LIMITS[kind]);
  if (!parsed.ok) throw new Error(`${name}: ${JSON.stringify(parsed.errors.slice(0, 3))}`);
  return parsed.document;
}
