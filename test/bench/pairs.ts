import { judged, read } from './contenders.js';
import { type Contender, collectGarbage, ratio, timed, warmUp } from './measure.js';
import { median } from './median.js';
import { type Question, type StoredPairs, storedPairs } from './pairs-stored.js';
import { type Row, rounded } from './report.js';
import type { Scale } from './scale.js';
import { pairs } from './scenarios.js';

/** One decision among many stored pairs of an endpoint and an API: their policies are looked up, and both asked. */
export async function measurePairs({ rounds, share, mostPairs }: Scale): Promise<Row[]> {
  const scenarios = pairs.filter((scenario) => scenario.pairs <= mostPairs);
  const fields: Field[] = [];
  const sizes: number[] = [];
  for (const { pairs, statements, requests } of scenarios) {
    const size = Math.ceil(requests * share);
    const stored = await storedPairs(pairs, statements, (rounds + 1) * size);
    sizes.push(stored.size);
    fields.push({
      contender: lookingUp(stored),
      before: stored.questions(size).map(textOf),
      next: () => stored.questions(size),
      figures: [],
    });
  }
  collectGarbage();
  for (const { contender, before } of fields) warmUp(contender, before);
  for (let round = 0; round < rounds; round++) for (const field of fields) run(field);
  const fewest = fields[0]!.figures;
  const rows = fields.map(({ figures }, at): Row => {
    const { pairs, statements, goal } = scenarios[at]!;
    const quantity = `stored pairs P = ${pairs}, S = ${statements}`;
    if (at === 0) return { quantity, figure: median(figures), unit: 'µs' };
    const detail = `${rounded(median(figures))} µs, against P = ${scenarios[0]!.pairs}`;
    return { quantity, figure: ratio(figures, fewest), unit: 'x', goal, detail };
  });
  // Of the most, where what was there before weighs least.
  const { pairs: most, statements } = scenarios.at(-1)!;
  const quantity = `memory of a compiled policy, P = ${most}, S = ${statements}`;
  return [...rows, { quantity, figure: sizes.at(-1)! / 1024, unit: 'KiB' }];
}

interface Field {
  readonly contender: Contender<Asked>;
  readonly before: readonly string[];
  /** Questions that have not been asked before. */
  readonly next: () => readonly Question[];
  readonly figures: number[];
}

interface Asked {
  readonly endpoint: string;
  readonly request: ReturnType<typeof read>;
}

const textOf = ({ text }: Question): string => text;

/** @throws where Postern and the baseline differ */
function run({ contender, before, next, figures }: Field): void {
  const questions = next();
  const { time, answers } = timed(contender, questions.map(textOf), before);
  const wrong = questions.findIndex(({ expected }, at) => expected !== answers[at]);
  if (wrong >= 0) throw new Error(`${questions[wrong]!.text}: ${answers[wrong]}, not ${questions[wrong]!.expected}`);
  figures.push(time);
}

/** The names in a request are strings that nobody has looked up before, as they are in a server. */
function lookingUp({ directory, compiled }: StoredPairs): Contender<Asked> {
  const policy = (kind: 'endpoint' | 'resource', name: string | null) => {
    const found = compiled.get(directory.policy(kind, name!)!.digest);
    if (found instanceof Promise) throw new Error('a policy has not been compiled, or not been kept');
    return found;
  };
  return {
    fresh: (text) => {
      const body = JSON.parse(text) as { endpoint: string } & Parameters<typeof read>[0];
      return { endpoint: body.endpoint, request: read(body) };
    },
    judge: ({ endpoint, request }) => {
      const door = directory.endpoints.get(endpoint)!;
      const { resource } = request.resource;
      const api = directory.apis.get(resource.slice(0, resource.indexOf('/')))!;
      return judged(policy('endpoint', door.policy), policy('resource', api.policy), request);
    },
  };
}
