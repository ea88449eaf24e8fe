import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, type TestContext, vi } from 'vitest';
import { endpoint } from '../contract/postern.js';
import { onPostgresServer } from '../store/on-postgres.js';
import { killConnections, type PostgresServer } from '../store/postgres.js';
import type { Replica } from '../store/replica.js';
import { Detour } from './detour.js';
import { quantile, scaled, shows, showsNone } from './figures.js';
import { Traffic } from './traffic.js';
import { decide, since, startTwo, type TwoReplicas } from './two-replicas.js';

/** Milliseconds that the database is away, or otherwise not what it should be. */
const AWAY = scaled(10_000, 700);

interface Outage {
  readonly name: string;
  begin(): Promise<unknown>;
  end(): Promise<unknown>;
  /** What becomes of writes meanwhile: all are refused, some, or none. */
  readonly refused: 'all' | 'some' | 'none';
  /** Left to `npm run test:faults`. */
  readonly long?: boolean;
}

await onPostgresServer((server) => {
  let url: string;
  let detour: Detour;
  let replicas: TwoReplicas;

  beforeAll(async () => {
    url = await server.createDatabase();
    detour = await Detour.to(Number(new URL(url).port));
    replicas = await startTwo({ POSTERN_DATABASE_URL: detour.url(url), POSTERN_LOG_LEVEL: 'error' });
  });
  afterAll(async () => {
    await replicas.kill();
    await detour.close();
  });

  let killing = false;
  let ended: Promise<void> | undefined;
  const killAll = async (): Promise<void> => {
    for (; killing; await sleep(100)) await killConnections(url);
  };
  const outages: readonly Outage[] = [
    { name: 'stopped', begin: () => server.halt('fast'), end: () => server.startAgain(), refused: 'all', long: true },
    { name: 'killed', begin: () => server.halt('immediate'), end: () => server.startAgain(), refused: 'all' },
    { name: 'restarted', begin: () => restart(server), end: async () => {}, refused: 'some', long: true },
    { name: 'frozen', begin: () => server.freeze(), end: () => server.thaw(), refused: 'all', long: true },
    {
      name: 'killing its connections',
      begin: async () => {
        killing = true;
        ended = killAll();
      },
      end: async () => {
        killing = false;
        await ended;
      },
      refused: 'some',
    },
    {
      name: 'slow (0.1 s later, both ways)',
      begin: async () => {
        detour.delay = 100;
      },
      end: async () => {
        detour.delay = 0;
      },
      refused: 'none',
    },
  ];

  describe('while PostgreSQL is', () => {
    it.for(outages.filter(({ long }) => scaled(true, !long)))(
      '$name, two replicas decide, and go on by themselves when it is back',
      { timeout: 120_000 },
      async ({ name, begin, end, refused }, context) => {
        const traffic = new Traffic(replicas.both, name.replaceAll(/\W+/g, '-'));
        await sleep(scaled(1_000, 200));
        const began = performance.now();
        await begin();
        if (refused === 'all') await showRefusals(context, name, replicas.both);
        await sleep(AWAY - (performance.now() - began));
        if (refused === 'all') await expectAge(replicas.both, AWAY - 200);
        await end();
        const ended = performance.now();
        traffic.stopWriting();
        await goOn(replicas.both);
        const recovery = performance.now() - ended;
        await traffic.stop();

        const { waits, wrong, written, refusals, strange } = traffic;
        showsNone(context, `${name}: decisions that were none, or wrong`, wrong, waits.length);
        const [figure, median] = [Math.max(...waits), quantile(waits, 0.5).toFixed(1)];
        shows(context, {
          quantity: `${name}: longest wait for one`,
          figure,
          unit: 'ms',
          detail: `median ${median} ms`,
        });
        showsNone(context, `${name}: writes answered neither 201 nor 503`, strange, written.length + refusals.length);
        if (refused === 'none') expect(refusals).toEqual([]);
        else if (refused === 'some') expect(refusals.length).toBeGreaterThan(0);
        const lost = await Promise.all(replicas.both.map((replica) => absent(replica, traffic)));
        showsNone(context, `${name}: acknowledged writes lost`, lost.flat(), written.length);
        shows(context, {
          quantity: `${name}: until both write and hear of the other's writes`,
          figure: recovery / 1000,
          unit: 's',
          goal: { most: 5 },
        });
      },
    );
  });
});

async function restart(server: PostgresServer): Promise<void> {
  await server.halt('fast');
  await server.startAgain();
}

type Both = readonly [Replica, Replica];

/** That writes are refused, and how soon. */
async function showRefusals(context: TestContext, name: string, both: Both): Promise<void> {
  const from = performance.now();
  const answers = await Promise.all(both.map((replica) => replica.ask('PUT', '/v1/endpoints/refused', endpoint())));
  const figure = performance.now() - from;
  expect(answers.map(({ status, body }) => [status, body.code])).toEqual(Array(2).fill([503, 'store-unavailable']));
  shows(context, { quantity: `${name}: until a write is refused`, figure, unit: 'ms', goal: { most: 5_000 } });
}

/** That they are ready, and say for how many milliseconds they have heard nothing. */
async function expectAge(both: Both, age: number): Promise<void> {
  for (const replica of both) {
    const { status, body } = await replica.ask('GET', '/readyz');
    expect(status).toBe(200);
    expect(body.revisionAge).toBeGreaterThan(age / 1000);
  }
}

/** Settles when each replica has written, and the other has decided from that write on without being told of it. */
async function goOn([first, second]: Both): Promise<void> {
  for (const [writer, reader] of [
    [first, second],
    [second, first],
  ] as const) {
    const body = endpoint({ description: `${performance.now()}` });
    const revision = await vi.waitFor(() => writer.put('/v1/endpoints/on', body), PATIENCE);
    const hasHeard = async () => expect((await decide(reader)).body.revision).toBeGreaterThanOrEqual(revision);
    await vi.waitFor(hasHeard, PATIENCE);
  }
}

const PATIENCE = { timeout: 30_000, interval: 10 };

/** What was acknowledged, and a replica does not have. */
async function absent(replica: Replica, { written, revision }: Traffic): Promise<string[]> {
  const present = new Set<string>();
  let cursor: string | null = '';
  while (cursor !== null) {
    const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const { body } = await replica.ask('GET', `/v1/endpoints?limit=1000${query}`, undefined, since(revision));
    for (const { endpointId } of body.items) present.add(endpointId);
    cursor = body.nextCursor;
  }
  return written.filter((id) => !present.has(id));
}
