/**
 * `npm run soak [-- minutes]`: ten minutes of load from callers of every kind, while something is written every second.
 * Every answer is compared with what is right at the revision that it names. At the end the server, after a collection,
 * may hold 1.1 times the memory that it held after two minutes (of a shorter run, after a third).
 */
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { open, write } from '../http/request.js';
import { startPostern } from '../http/servers.js';
import { storeDocument } from '../http/workload.js';
import { table } from '../table.js';
import { generate } from '../workload.mjs';
import { Callers } from './callers.js';
import { History } from './history.js';
import { firstState } from './states.js';
import { writes } from './writes.js';

const MOST_GROWTH = 1.1;
const minutes = Number(process.argv[2] ?? 10);
/** Memory is looked at so often, in minutes; the second time is what the last is compared with. */
const step = Math.min(1, minutes / 6);

// A cache so small that it is full before memory is first compared: from then on, what comes in must let something go.
const server = await startPostern({ POSTERN_MAX_COMPILED_CACHE: String(2 ** 21) }, [
  '--expose-gc',
  '--import',
  new URL('memory.mjs', import.meta.url).href,
]);
const workload = generate(10, 20_261_123);
const [writer] = await open(server.port, 1);
const first = await write(writer!, 'POST', '/v1/import', { formatVersion: 1, ...storeDocument(workload) });
const history = new History(first, firstState(workload));
const callers = new Callers(server.port, history, workload.requests);

let isOver = false;
async function writeEverySecond(): Promise<void> {
  for (const { method, path, body, state } of writes(workload, firstState(workload))) {
    const next = pause(1000);
    history.announce(state);
    history.acknowledge(await write(writer!, method, path, body));
    await next;
    if (isOver) return;
  }
}

async function memory(): Promise<NodeJS.MemoryUsage> {
  server.process.send('memory');
  const [usage] = await once(server.process, 'message');
  return usage as NodeJS.MemoryUsage;
}

const MIB = 1024 * 1024;
const seen: NodeJS.MemoryUsage[] = [];
const rows: string[][] = [];
const header = ['minutes', 'answers', 'writes', 'wrong', 'resident MiB', 'heap MiB', 'external MiB'];
const writing = writeEverySecond();
for (let at = 1; at * step <= minutes + 1e-6; at++) {
  await callers.ask(step * 60_000);
  const usage = await memory();
  seen.push(usage);
  const { rss, heapUsed, external } = usage;
  const sizes = [rss, heapUsed, external].map((bytes) => (bytes / MIB).toFixed(1));
  rows.push(
    [(at * step).toFixed(1), callers.answers, history.acknowledged - first, callers.wrong, ...sizes].map(String),
  );
  process.stderr.write(`${rows.at(-1)!.join('  ')}\n`);
}
isOver = true;
await writing;
await server.stop();

const growth = seen.at(-1)!.rss / seen[1]!.rss;
const holds = callers.wrong === 0 && growth <= MOST_GROWTH;
process.stdout.write(
  [
    table(header, rows),
    ...callers.faults,
    `${callers.wrong} wrong answers; resident memory at the end ${growth.toFixed(2)} times that after ${rows[1]![0]} minutes, at most ${MOST_GROWTH}: ${holds ? 'holds' : 'does NOT hold'}`,
    '',
  ].join('\n'),
);
process.exit(holds ? 0 : 1);
