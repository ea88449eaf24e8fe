import { afterEach, describe, expect, it, type TestContext, vi } from 'vitest';
import { allowAll } from '../contract/postern.js';
import { findPostgres, NO_POSTGRES, PostgresServer } from '../store/postgres.js';
import { Replica } from '../store/replica.js';
import { scaled, shows, showsNone } from './figures.js';
import { noSmallDisk, SmallDisk } from './small-disk.js';
import { decide, since, startOpen, startTwo } from './two-replicas.js';

const timeout = 120_000;

describe('a disk that is full', () => {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });
  const disk = (size: number): SmallDisk => {
    const made = new SmallDisk(size);
    cleanups.push(() => made.remove());
    return made;
  };

  it.skipIf(noSmallDisk)(
    'below SQLite: decisions go on, writes are refused, nothing is lost',
    { timeout },
    async (context) => {
      const small = disk(8);
      const settings = { POSTERN_DATA_DIR: small.directory, POSTERN_LOG_LEVEL: 'error' };
      const first = await startOpen(settings);
      cleanups.push(() => first.kill());
      const early = await writeSome([first]);
      await small.fill();
      const written = [...early, ...(await writeUntilRefused([first]))];
      const refused = await Promise.all(Array.from({ length: 5 }, () => put(first, 'refused')));
      expect(refused.map(({ status, body }) => [status, body.code])).toEqual(Array(5).fill([503, 'store-unavailable']));
      expect(refused[0]!.body.detail).toContain('no space is left');
      expect((await decide(first)).body.decision).toBe('Allow');
      await small.empty();
      written.push(await accepted(first, 'after'));
      showsNone(
        context,
        'SQLite on a full disk: acknowledged writes lost',
        await absent([first], written),
        written.length,
      );

      await first.kill();
      const again = await Replica.start(settings);
      cleanups.push(() => again.kill());
      showsNone(context, 'the same after a restart', await absent([again], written), written.length);
    },
  );

  it.skipIf(noSmallDisk ?? (findPostgres() === undefined ? NO_POSTGRES : undefined))(
    'below PostgreSQL: two replicas decide, writes are refused, nothing is lost',
    { timeout, skip: scaled(false, true) },
    async (context) => {
      const small = disk(120);
      // Little of the disk is for its log, so that a small one is filled with data.
      const server = await PostgresServer.start({
        directory: small.directory,
        settings: ['max_wal_size = 32MB', 'min_wal_size = 32MB', 'shared_buffers = 8MB'],
      });
      cleanups.push(() => server.stop());
      const replicas = await startTwo({
        POSTERN_DATABASE_URL: await server.createDatabase(),
        POSTERN_LOG_LEVEL: 'error',
      });
      cleanups.push(() => replicas.kill());
      const early = await writeSome(replicas.both);
      await small.fill();
      const written = [...early, ...(await writeUntilRefused(replicas.both))];
      for (const replica of replicas.both) {
        expect((await decide(replica)).body.decision).toBe('Allow');
        const { status, body } = await put(replica, 'refused');
        expect([status, body.code]).toEqual([503, 'store-unavailable']);
      }
      await small.empty();
      // Without room for its log PostgreSQL may have ended: whoever makes room starts it again.
      if (server.ended) await server.startAgain();
      const from = performance.now();
      for (const [n, replica] of replicas.both.entries()) written.push(await accepted(replica, `after-${n}`));
      showRecovery(context, performance.now() - from);
      showsNone(
        context,
        'PostgreSQL on a full disk: acknowledged writes lost',
        await absent(replicas.both, written),
        written.length,
      );
    },
  );
});

interface Write {
  readonly name: string;
  readonly revision: number;
}

function showRecovery(context: TestContext, time: number): void {
  const quantity = 'PostgreSQL on a full disk: from making room to writes through both replicas';
  shows(context, { quantity, figure: time / 1000, unit: 's', goal: { most: 5 } });
}

/** A policy that needs some room. */
const put = (replica: Replica, name: string) =>
  replica.ask('PUT', `/v1/policies/endpoint/${name}`, {
    document: { ...allowAll, Id: name.padEnd(15_000, `${Math.random()}`) },
  });

const writeSome = (replicas: readonly Replica[]): Promise<Write[]> =>
  Promise.all(Array.from({ length: 20 }, (_, n) => accepted(replicas[n % replicas.length]!, `early-${n}`)));

async function writeUntilRefused(replicas: readonly Replica[]): Promise<Write[]> {
  const written: Write[] = [];
  for (let n = 0; ; n++) {
    const name = `p${n}`;
    const { status, body, headers } = await put(replicas[n % replicas.length]!, name);
    if (status !== 201) {
      expect([status, body.code]).toEqual([503, 'store-unavailable']);
      return written;
    }
    written.push({ name, revision: Number(headers.get('postern-revision')) });
  }
}

/** A write that is tried until it is. */
async function accepted(replica: Replica, name: string): Promise<Write> {
  const { headers } = await vi.waitFor(
    async () => {
      const answer = await put(replica, name);
      expect(answer.status).toBe(201);
      return answer;
    },
    { timeout: 30_000, interval: 20 },
  );
  return { name, revision: Number(headers.get('postern-revision')) };
}

/** What was acknowledged and is not there, or not as it was written. */
async function absent(replicas: readonly Replica[], written: readonly Write[]): Promise<unknown[]> {
  const newest = Math.max(...written.map(({ revision }) => revision));
  const wrong: unknown[] = [];
  for (const { name, revision } of written) {
    for (const replica of replicas) {
      const { body } = await replica.ask('GET', `/v1/policies/endpoint/${name}`, undefined, since(newest));
      if (body.revision !== revision || !body.document.Id.startsWith(name)) wrong.push({ name, body });
    }
  }
  return wrong;
}
