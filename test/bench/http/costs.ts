import { median } from '../median.js';
import type { Row } from './report.js';
import type { Figures, Runner } from './runner.js';
import type { Scale } from './scale.js';
import { type Peer, scenarios } from './scenarios.js';

/** What every runner measured, round after round. */
export type Measured = ReadonlyMap<Runner, readonly Figures[]>;

/** Measures all in turns, so that what else the machine does meets all of them. */
export async function measureCosts(
  runners: readonly Runner[],
  { rounds, warmUp, turn }: Scale,
  say: (text: string) => void,
): Promise<Measured> {
  const measured = new Map(runners.map((runner) => [runner, [] as Figures[]]));
  say('warming up');
  for (const runner of runners) await runner.measure(warmUp);
  for (let round = 1; round <= rounds; round++) {
    say(`round ${round} of ${rounds}`);
    for (const [runner, figures] of measured) {
      // A server that was not asked for a minute finds its caches with others, and some systems take its pages meanwhile.
      await runner.measure(turn / 2);
      // Of a thing that happens every second, whole seconds.
      figures.push(await runner.measure(runner.scenario.writes ? Math.max(turn, 2000) : turn));
    }
  }
  return measured;
}

const PEERS: Readonly<Record<Peer, string>> = {
  bare: 'bare node:http',
  headless: 'bare node:http, without our headers',
  express: 'plain express',
};

/** A scenario is compared with its bare server, or with that of the first scenario, in the same round. */
export function costRows(measured: Measured): Row[] {
  const bareOf = (name: string) =>
    [...measured].find(([{ scenario, of }]) => scenario.name === name && of === 'bare')?.[1];
  return [...measured].map(([{ scenario, of }, figures]) => {
    const bare = bareOf(scenario.name) ?? bareOf(scenarios[0]!.name)!;
    return {
      name: of === 'postern' ? scenario.name : `${scenario.name}: ${PEERS[of]}`,
      figures: {
        'µs CPU': median(figures.map(({ cpu }) => cpu)),
        'x bare': median(figures.map(({ cpu }, round) => cpu / bare[round]!.cpu)),
        'a second': median(figures.map(({ rate }) => rate)),
        // Less than all of it says that the load was too little, or that the machine did something else.
        '% of a core': median(figures.map(({ cpu, rate }) => (cpu * rate) / 10_000)),
      },
      goal: of === 'postern' ? scenario.goal : undefined,
    };
  });
}
