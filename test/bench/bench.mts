/**
 * `npm run bench [-- --quick] [-- --only decisions] [-- --json file]`: what Postern costs inside a process, beside the
 * naive baseline, each figure with its goal. Over HTTP: `npm run bench:http`.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measureCompiling } from './compiling.js';
import { measureDecisions, measureOutcomes } from './decisions.js';
import { measureFirst } from './explain-first.js';
import { measureExplaining } from './explaining.js';
import { measureFeatures } from './features.js';
import { machine } from './machine.js';
import { measurePairs } from './pairs.js';
import { holds, printed, type Row } from './report.js';
import { type Scale, scales } from './scale.js';
import { measureStalls } from './stalls.js';
import { measureWorst } from './worst.js';

/** Each in a process of its own, so that none finds what another has left behind. */
const groups: Readonly<Record<string, (scale: Scale) => Row[] | Promise<Row[]>>> = {
  decisions: measureDecisions,
  outcomes: measureOutcomes,
  pairs: measurePairs,
  features: measureFeatures,
  worst: measureWorst,
  compiling: measureCompiling,
  stalls: measureStalls,
  explaining: measureExplaining,
  first: measureFirst,
};

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: Object.keys(groups) },
    json: { type: 'string' },
    /** Measures one group in this process, and prints its rows as JSON. */
    group: { type: 'string' },
  },
});
const print = (line: string): unknown => process.stdout.write(`${line}\n`);

if (options.group === undefined) {
  const { processor, cores, memory, system, node } = machine;
  print(`${processor}, ${cores} cores, ${memory}, ${system}, Node ${node}`);
  const measured: Record<string, readonly Row[]> = {};
  for (const group of options.only) {
    measured[group] = inOwnProcess(group);
    print(`\n${group}\n${printed(measured[group])}`);
  }
  const missed = Object.values(measured)
    .flat()
    .filter((row) => holds(row) === false).length;
  print(`\n${missed} goals missed`);
  if (options.json !== undefined) writeFileSync(options.json, `${asJson(measured)}\n`);
} else {
  print(JSON.stringify(await groups[options.group]!(options.quick ? scales.quick : scales.full)));
}

function inOwnProcess(group: string): Row[] {
  // Stalls are felt in a server, which compiles and collects beside its work.
  const flags = group === 'stalls' ? [] : ['--single-threaded'];
  const memory = '--max-old-space-size=12000';
  const { status, stdout } = spawnSync(
    process.execPath,
    [
      ...flags,
      memory,
      '--expose-gc',
      '--import',
      'tsx',
      fileURLToPath(import.meta.url),
      '--group',
      group,
      ...(options.quick ? ['--quick'] : []),
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 2 ** 26 },
  );
  if (status !== 0) throw new Error(`${group} could not be measured`);
  return JSON.parse(stdout) as Row[];
}

function asJson(measured: Readonly<Record<string, readonly Row[]>>): string {
  const rows = Object.entries(measured).flatMap(([group, rows]) =>
    rows.map((row) => ({ group, ...row, holds: holds(row) })),
  );
  return JSON.stringify({ machine, rows }, null, 2);
}
