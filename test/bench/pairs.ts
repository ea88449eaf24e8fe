import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { judged, read } from './contenders.js';
import { type Contender, collectGarbage, type Figures, timed, warmUp } from './measure.js';
import { median } from './median.js';
import { type Question, type StoredPairs, storedPairs } from './pairs-stored.js';
import { type Row, rounded } from './report.js';
import type { Scale } from './scale.js';
import { type PairsScenario, pairs } from './scenarios.js';

/**
 * One decision among many stored pairs of an endpoint and an API: their policies are looked up, and both asked. Each
 * number of pairs is measured in a process of its own, for what others keep in memory would cost this one time.
 */
export function measurePairs(scale: Scale): Row[] {
  const measured = pairs
    .filter((scenario) => scenario.pairs <= scale.mostPairs)
    .map((scenario) => ({ ...scenario, ...measuredAlone(scenario, scale) }));
  const [fewest] = measured;
  const rows = measured.map(({ pairs, statements, goal, figures }): Row => {
    const quantity = `stored pairs P = ${pairs}, S = ${statements}`;
    const figure = median(figures);
    if (pairs === fewest!.pairs) return { quantity, figure, unit: 'µs' };
    const detail = `${rounded(figure)} µs, against P = ${fewest!.pairs}`;
    return { quantity, figure: figure / median(fewest!.figures), unit: 'x', goal, detail };
  });
  // Of the most, where what was there before weighs least.
  const { pairs: most, statements, size } = measured.at(-1)!;
  const quantity = `memory of a compiled policy, P = ${most}, S = ${statements}`;
  return [...rows, { quantity, figure: size / 1024, unit: 'KiB' }];
}

interface Alone {
  /** Microseconds, one figure from each round. */
  readonly figures: Figures;
  /** What a compiled policy takes, in bytes. */
  readonly size: number;
}

function measuredAlone(scenario: PairsScenario, scale: Scale): Alone {
  const program = [...process.execArgv, fileURLToPath(import.meta.url), JSON.stringify({ scenario, scale })];
  return JSON.parse(execFileSync(process.execPath, program, { encoding: 'utf8' })) as Alone;
}

async function measure({ pairs, statements, requests }: PairsScenario, { rounds, share }: Scale): Promise<Alone> {
  const count = Math.ceil(requests * share);
  const stored = await storedPairs(pairs, statements, (rounds + 2) * count);
  const before = stored.questions(count).map(({ text }) => text);
  const contender = lookingUp(stored);
  collectGarbage();
  warmUp(contender, before);
  const figures = Array.from({ length: rounds }, () => run(contender, before, stored.questions(count)));
  return { figures, size: stored.size };
}

interface Asked {
  readonly endpoint: string;
  readonly request: ReturnType<typeof read>;
}

/** Microseconds for each. @throws where Postern and the baseline differ */
function run(contender: Contender<Asked>, before: readonly string[], questions: readonly Question[]): number {
  const texts = questions.map(({ text }) => text);
  const { time, answers } = timed(contender, texts, before);
  const wrong = questions.findIndex(({ expected }, at) => expected !== answers[at]);
  if (wrong >= 0) throw new Error(`${questions[wrong]!.text}: ${answers[wrong]}, not ${questions[wrong]!.expected}`);
  return time;
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

/** As a program: one number of pairs. */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { scenario, scale } = JSON.parse(process.argv[2]!) as { scenario: PairsScenario; scale: Scale };
  process.stdout.write(JSON.stringify(await measure(scenario, scale)));
}
