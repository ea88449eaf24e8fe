/**
 * `npm run test:agreement -- [count] [first seed] [--cache large|tiny] [--workers n]`: draws so many decisions, prints
 * their outcomes and every disagreement, and fails on one. With a cache the policies are stored, and sixteen requests are
 * made of those of one seed; without, every question brings its documents, which are read and compiled for it.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { agree } from './agreement.js';
import { storedJudge } from './agreement-stored.js';
import { posternJudge } from './postern.js';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { cache: { type: 'string' }, workers: { type: 'string', default: '1' } },
});
const count = Number(positionals[0] ?? 100_000);
const first = Number(positionals[1] ?? 1_000_000);
const workers = Number(options.workers);

/** What the cache may keep, in bytes: as much as the setting's default, or a policy or two. */
const caches: Readonly<Record<string, number>> = { large: 256 * 1024 * 1024, tiny: 16 * 1024 };

/** Decisions that are made of the documents of one seed. */
const perSeed = options.cache === undefined ? 1 : 16;
const seeds = Math.ceil(count / perSeed);
/** So many seeds at a time; then documents and caches are forgotten. */
const PART = 1000;

interface Result {
  readonly outcomes: Record<string, number>;
  disagreements: number;
  compilations: number;
}

async function run(from: number, to: number): Promise<Result> {
  const result: Result = { outcomes: {}, disagreements: 0, compilations: 0 };
  for (let seed = from; seed < to; seed += PART) {
    const stored = options.cache === undefined ? undefined : storedJudge(caches[options.cache]!);
    const found = await agree(stored?.judge ?? posternJudge(), seed, Math.min(PART, to - seed), perSeed - 1);
    for (const each of found.disagreements) process.stdout.write(`${JSON.stringify(each)}\n`);
    const { length: disagreements } = found.disagreements;
    add(result, { outcomes: found.outcomes, disagreements, compilations: stored?.compilations ?? 0 });
  }
  return result;
}

function add(sum: Result, { outcomes, disagreements, compilations }: Result): void {
  for (const [reason, drawn] of Object.entries(outcomes)) sum.outcomes[reason] = (sum.outcomes[reason] ?? 0) + drawn;
  sum.disagreements += disagreements;
  sum.compilations += compilations;
}

/** This program again, over a share of the seeds; it sends its result. */
async function worker(share: number): Promise<Result> {
  const [from, to] = [share, share + 1].map((at) => Math.floor((seeds * at) / workers)) as [number, number];
  const cache = options.cache === undefined ? [] : ['--cache', options.cache];
  const child = fork(fileURLToPath(import.meta.url), [`${(to - from) * perSeed}`, `${first + from}`, ...cache]);
  const [result] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error('a worker failed'))),
  ])) as [Result];
  return result;
}

const total: Result = { outcomes: {}, disagreements: 0, compilations: 0 };
if (workers === 1) add(total, await run(first, first + seeds));
else for (const result of await Promise.all(Array.from({ length: workers }, (_, at) => worker(at)))) add(total, result);

if (process.send) {
  process.send(total);
} else {
  const { outcomes, disagreements, compilations } = total;
  const compiled = options.cache === undefined ? '' : `, ${compilations} policies compiled`;
  process.stdout.write(
    `${seeds * perSeed} random cases: ${JSON.stringify(outcomes)}${compiled}, ${disagreements} disagreements\n`,
  );
  process.exitCode = disagreements === 0 ? 0 : 1;
}
