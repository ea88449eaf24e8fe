/**
 * `npm run bench:http`: what a question costs a real server process, beside bare node:http and express in the same run,
 * and how long callers wait. For Linux: processor time is read from /proc.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { costRows, measureCosts } from './costs.js';
import { type Prepared, prepare, preparePeers } from './prepare.js';
import { asJson, asText } from './report.js';
import { scales } from './scale.js';
import { type StoreName, scenarios, stores, tail } from './scenarios.js';
import { type Served, serve } from './serve.js';
import { stallRows, tailRows } from './waits.js';

const { values: options } = parseArgs({
  options: {
    /** A look at whether all works: the figures mean little. */
    quick: { type: 'boolean', default: false },
    /** With what takes minutes to prepare. */
    full: { type: 'boolean', default: false },
    /** Only these scenarios, beside the first one, and not how long callers wait. */
    only: { type: 'string', multiple: true },
    /** A directory for CPU profiles of the Posterns, whose figures are then higher. */
    profile: { type: 'string' },
    json: { type: 'string' },
  },
});
const say = (text: string): unknown => process.stderr.write(`${text}\n`);
const scale = options.quick ? scales.quick : scales.usual;
const nodeOptions = options.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profile}`];
const wanted = scenarios.filter(({ name, store }, at) =>
  options.only === undefined ? options.full || !stores[store].isLong : at === 0 || options.only.includes(name),
);

const served = new Map<StoreName, Served>();
const prepared: Prepared[] = [];
for (const scenario of wanted) {
  const { name, store } = scenario;
  if (!served.has(store)) {
    say(`storing: ${store}`);
    served.set(store, await serve(stores[store], nodeOptions));
  }
  say(`checking every answer: ${name}`);
  prepared.push(await prepare(scenario, served.get(store)!, scale.questions));
}
const peers = await preparePeers(prepared);
// Peers just before what is compared with them.
const runners = prepared.flatMap(({ runner }) => [...peers.get(runner)!, runner]);

const costs = costRows(await measureCosts(runners, scale, say));
const waits = options.only === undefined ? await measureWaits() : [];
for (const { server } of served.values()) await server.stop();

process.stdout.write(`${asText({ rounds: scale.rounds, costs, waits })}\n`);
if (options.json !== undefined) writeFileSync(options.json, `${asJson({ rounds: scale.rounds, costs, waits })}\n`);
process.exit();

async function measureWaits() {
  say('how long callers wait');
  const at = runners.findIndex(({ scenario, of }) => scenario.name === tail.scenario && of === 'postern');
  const bare = runners.findIndex(({ scenario, of }) => scenario.name === tail.scenario && of === 'bare');
  const both = { bare: runners[bare]!, postern: runners[at]! };
  const { contents } = served.get(both.postern.scenario.store)!;
  const topRate = costs[bare]!.figures['a second']!;
  return [...(await tailRows(both, contents, topRate, scale)), ...(await stallRows(scale.rounds))];
}
