/**
 * `npm run bench:http [-- --quick | --full] [--json file]`: what a question costs a real server process, beside bare node:http
 * and express in the same run. For Linux: processor time is read from /proc.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { costRows, measureCosts } from './costs.js';
import { type Prepared, prepare, preparePeers } from './prepare.js';
import { asJson, asText } from './report.js';
import { type StoreName, scenarios, stores, tail } from './scenarios.js';
import { type Served, serve } from './serve.js';
import { stallRows, tailRows } from './waits.js';

const {
  values: { quick, full, json },
} = parseArgs({
  options: {
    /** A look at whether all works; the figures mean little. */
    quick: { type: 'boolean', default: false },
    /** With what takes minutes to prepare. */
    full: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const rounds = quick ? 3 : 5;
/** So many questions are enough to see whether all works. */
const QUICK = 3000;
const say = (text: string): unknown => process.stderr.write(`${text}\n`);

const served = new Map<StoreName, Served>();
const prepared: Prepared[] = [];
for (const scenario of scenarios.filter(({ store }) => full || !stores[store].isLong)) {
  const { name, store, count } = scenario;
  if (!served.has(store)) {
    say(`storing: ${store}`);
    served.set(store, await serve(stores[store]));
  }
  say(`checking every answer: ${name}`);
  prepared.push(
    await prepare(quick ? { ...scenario, count: Math.min(count ?? QUICK, QUICK) } : scenario, served.get(store)!),
  );
}
const peers = await preparePeers(prepared);
// Peers just before what is compared with them.
const runners = prepared.flatMap(({ runner }) => [...peers.get(runner.scenario)!, runner]);

const costs = costRows(await measureCosts(runners, { rounds, milliseconds: quick ? 250 : 1000 }, say));

say('how long callers wait');
const [bare, postern] = (['bare', 'postern'] as const).map(
  (wanted) => runners.find(({ scenario, of }) => scenario.name === tail.scenario && of === wanted)!,
);
const topRate = costs[runners.indexOf(bare!)]!.figures['a second']!;
const waits = [
  ...(await tailRows({ bare: bare!, postern: postern! }, served.get(postern!.scenario.store)!.contents, topRate, {
    rounds,
    seconds: quick ? 1 : 3,
  })),
  ...(await stallRows(rounds)),
];

process.stdout.write(`${asText({ rounds, costs, waits })}\n`);
if (json !== undefined) writeFileSync(json, `${asJson({ rounds, costs, waits })}\n`);
process.exit();
