/**
 * `npm run test:hostile [-- siege|guessing|overload|rotation]`: what a server in a process of its own does under hostile traffic,
 * under three times the load that it can bear for a minute, and while its certificates change. Ends with 1 when it does
 * not do what it has to.
 */
import { table } from '../bench/table.js';
import { besieged } from './besieged.js';
import { trickle } from './garbage.js';
import { GoodClient } from './good-client.js';
import { guess } from './guessing.js';
import { overload } from './overload.js';
import { rotation } from './rotation.js';
import { besiege } from './siege.js';

const MIB = 1024 * 1024;
const REQUESTS = 200_000;
const MOST_GROWTH = 1.2;
const MOST_WAIT = 50;
/** The load that is offered comes from one process, on one core: some of it has to be left for the answers. */
const LOAD = { batch: 20, connections: 1000, times: 3, milliseconds: 60_000, step: 1000 };

let isWell = true;
function say(what: string, holds = true): void {
  isWell &&= holds;
  process.stdout.write(`${holds ? '' : 'DOES NOT HOLD: '}${what}\n`);
}

async function siege(): Promise<void> {
  const { server, contents, memory, errors } = await besieged();
  // What is made once, such as code and caches, is there before memory is looked at.
  await besiege(server.port, REQUESTS / 20, 32, 1);
  const before = await memory();
  const good = new GoodClient(server.port, contents.questions);
  const endTrickle = trickle(server.port, 200);
  const start = performance.now();
  const { requests, statuses, faults } = await besiege(server.port, REQUESTS, 64, 2);
  const seconds = (performance.now() - start) / 1000;
  await good.stop();
  endTrickle();
  const after = await memory();
  const sorted = [...statuses].sort(([left], [right]) => left - right);
  say(
    table(
      ['status', 'answers'],
      sorted.map(([status, count]) => [String(status), String(count)]),
    ),
  );
  say(
    `${requests} hostile requests in ${seconds.toFixed(0)} s; no crash: ${server.process.exitCode === null}`,
    server.process.exitCode === null,
  );
  say(`answers that are faults of the server: ${faults.length} ${faults.join('; ')}`, faults.length === 0);
  say(`errors in its log: ${errors().length} ${errors()[0] ?? ''}`, errors().length === 0);
  for (const part of ['rss', 'heapUsed', 'external'] as const) {
    const growth = after[part] / before[part];
    const holds = part === 'external' || growth <= MOST_GROWTH;
    say(
      `${part}: ${(before[part] / MIB).toFixed(1)} MiB before, ${(after[part] / MIB).toFixed(1)} MiB after: ${growth.toFixed(2)} times`,
      holds,
    );
  }
  say(
    `a good client: ${good.right} right decisions, ${good.shed} times told to come again, wrong: ${good.faults.length} ${good.faults.join('; ')}`,
    good.faults.length === 0 && good.right > 10 * good.shed,
  );
  await server.stop();
}

async function guessed(): Promise<void> {
  const { statuses, good } = await guess(20_000);
  const counts = [...statuses].map(([status, count]) => `${count} times ${status}`).join(', ');
  say(
    `20000 wrong keys: ${counts}`,
    [...statuses.keys()].every((status) => status === 401 || status === 429),
  );
  say(
    `a good client: ${good.right} right decisions, wrong: ${good.faults.length} ${good.faults.join('; ')}`,
    good.faults.length === 0,
  );
}

async function overloaded(): Promise<void> {
  const { server, contents } = await besieged();
  const { capacity, during, after } = await overload(server.port, contents.questions, LOAD);
  const row = (what: string, { due, accepted, shed, p99 }: typeof during) =>
    [what, due, accepted, shed, p99.toFixed(1)].map(String);
  const rows = after.map((figures, second) => row(`second ${second + 1} after`, figures));
  say(`capacity: ${capacity.toFixed(0)} batches of ${LOAD.batch} a second`);
  say(
    table(['', 'due', 'accepted', 'shed', 'p99 ms'], [row(`${LOAD.times} times that, for a minute`, during), ...rows]),
  );
  say(`accepted within ${MOST_WAIT} ms: ${during.p99.toFixed(1)} ms`, during.p99 < MOST_WAIT && during.accepted > 0);
  const last = after.at(-1)!;
  say('after five seconds nothing is shed, and all is answered as soon', last.shed === 0 && last.p99 < MOST_WAIT);
  await server.stop();
}

async function rotated(): Promise<void> {
  const { rotations, requests, connections, faults } = await rotation({ rotations: 20, callers: 8 });
  say(
    `${requests} requests on ${connections} connections while certificates changed ${rotations} times; failed: ${faults.length} ${faults.join('; ')}`,
    faults.length === 0,
  );
}

const parts = { siege, guessing: guessed, overload: overloaded, rotation: rotated };
const wanted = process.argv[2];
for (const [name, run] of Object.entries(parts)) {
  if (wanted !== undefined && wanted !== name) continue;
  say(`\n${name}`);
  await run();
}
process.exit(isWell ? 0 : 1);
