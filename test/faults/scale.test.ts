import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, type TestContext } from 'vitest';
import { findPostgres, NO_POSTGRES, PostgresServer } from '../store/postgres.js';
import { temporaryDirectory } from '../store/processes.js';
import { Replica } from '../store/replica.js';
import { quantile, scaled, shows } from './figures.js';
import { largeStore, type Size } from './large-store.js';
import { decide, startOpen } from './two-replicas.js';

const SIZE: Size = scaled({ endpoints: 50_000, apis: 50_000 }, { endpoints: 1_000, apis: 1_000 });
const POLICIES = SIZE.endpoints + SIZE.apis;
const STARTS = 3;

type Settings = Readonly<Record<string, string>>;

// In short it says nothing that the other tests do not say.
describe.skipIf(scaled(false, true))(`${POLICIES} policies, with endpoints and APIs`, { timeout: 300_000 }, () => {
  const running: { kill(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const each of running.splice(0).reverse()) await each.kill();
  });

  it('in SQLite', async (context) => {
    await measure(context, 'SQLite', { POSTERN_DATA_DIR: await temporaryDirectory() });
  });

  it.skipIf(findPostgres() === undefined && NO_POSTGRES)('in PostgreSQL', async (context) => {
    const server = await PostgresServer.start();
    running.push({ kill: () => server.stop() });
    await measure(context, 'PostgreSQL', { POSTERN_DATABASE_URL: await server.createDatabase() });
  });

  async function measure(context: TestContext, store: string, settings: Settings): Promise<void> {
    const first = await startOpen(settings);
    running.push(first);
    await showImport(context, store, first);
    await first.stop();

    const starts: number[] = [];
    for (let start = 0; start < STARTS; start++) {
      const from = performance.now();
      const replica = await Replica.start(settings);
      expect((await replica.ask('GET', '/readyz')).status).toBe(200);
      starts.push((performance.now() - from) / 1000);
      if (start === STARTS - 1) {
        showMemory(context, store, replica);
        await showPages(context, store, replica);
      }
      await replica.stop();
    }
    const figure = quantile(starts, 0.5);
    shows(context, {
      quantity: `${store}: from start to ready, median of ${STARTS}`,
      figure,
      unit: 's',
      goal: { most: 5 },
    });
  }
});

/** An import of everything, while somebody else asks for decisions. */
async function showImport(context: TestContext, store: string, replica: Replica): Promise<void> {
  // Made beforehand: this process is to do nothing else while it times.
  const body = Buffer.from(largeStore(SIZE));
  const waits: number[] = [];
  let isOver = false;
  const asking = (async () => {
    for (; !isOver; await sleep(2)) {
      const from = performance.now();
      expect((await decide(replica)).body.decision).toBe('Allow');
      waits.push(performance.now() - from);
    }
  })();
  const from = performance.now();
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${replica.address}/v1/import`, { method: 'POST', headers, body });
  expect(response.status).toBe(200);
  await response.arrayBuffer();
  const time = (performance.now() - from) / 1000;
  isOver = true;
  await asking;
  const detail = `${(body.length / 2 ** 20).toFixed(0)} MiB of JSON`;
  shows(context, {
    quantity: `${store}: import of ${POLICIES} policies and as many records`,
    figure: time,
    unit: 's',
    detail,
  });
  shows(context, {
    quantity: `${store}: longest wait for a decision meanwhile`,
    figure: Math.max(...waits),
    unit: 'ms',
    goal: { most: 2_000 },
    detail: `of ${waits.length}, p99 ${quantile(waits, 0.99).toFixed(0)} ms`,
  });
  shows(context, {
    quantity: `${store}: resident memory, most of that import`,
    figure: memory(replica, 'VmHWM'),
    unit: 'MiB',
  });
}

function showMemory(context: TestContext, store: string, replica: Replica): void {
  const figure = memory(replica, 'VmRSS');
  shows(context, { quantity: `${store}: resident memory when ready`, figure, unit: 'MiB', goal: { most: 476 } });
}

/** proc(5), in MiB. */
function memory({ process }: Replica, field: string): number {
  const status = readFileSync(`/proc/${process.pid}/status`, 'utf8');
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)![1]) / 1024;
}

/** Lists everything, page by page: the last pages must cost what the first do. */
async function showPages(context: TestContext, store: string, replica: Replica): Promise<void> {
  const times: number[] = [];
  let listed = 0;
  for (let query = ''; ; ) {
    const from = performance.now();
    const { body } = await replica.ask('GET', `/v1/policies/endpoint?limit=100${query}`);
    times.push(performance.now() - from);
    listed += body.items.length;
    if (body.nextCursor === null) break;
    query = `&cursor=${encodeURIComponent(body.nextCursor)}`;
  }
  expect(listed).toBe(SIZE.endpoints);
  // The first of a process compile, and sort the names.
  const settled = times.slice(Math.floor(times.length / 10));
  const part = Math.floor(settled.length / 5);
  const [early, late] = [quantile(settled.slice(0, part), 0.5), quantile(settled.slice(-part), 0.5)];
  shows(context, {
    quantity: `${store}: a page at the end of a list, to one at its beginning`,
    figure: late / early,
    unit: 'x',
    goal: { most: 1.5 },
    detail: `${times.length} pages of 100, median ${late.toFixed(1)} ms, first ${times[0]!.toFixed(1)} ms`,
  });
}
