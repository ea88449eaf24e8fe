import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../contract/postern.js';
import { onPostgresServer } from '../store/on-postgres.js';
import type { Replica } from '../store/replica.js';
import { quantile, scaled, shows, showsNone } from './figures.js';
import { type Decided, History, until } from './history.js';
import { decide, since, startTwo, type TwoReplicas } from './two-replicas.js';

/** Seconds of writing and asking, and writes whose way to the other replica is timed. */
const DURATION = scaled(60, 3);
const TIMED = scaled(200, 30);
const BATCH = 20;

await onPostgresServer((server) => {
  let replicas: TwoReplicas;
  const history = new History();
  const other = (replica: Replica): Replica => replicas.both[replica === replicas.both[0] ? 1 : 0];

  beforeAll(async () => {
    replicas = await startTwo({ POSTERN_DATABASE_URL: await server.createDatabase() });
    await history.write(replicas.both[0]);
  });
  afterAll(() => replicas.kill());

  describe('two replicas and a writer', { timeout: scaled(120_000, 60_000) }, () => {
    it('a write through one is soon in the answers of the other, and at once in those to whoever names it', async (context) => {
      const unasked: number[] = [];
      const asked: number[] = [];
      for (let n = 0; n < TIMED; n++) {
        const writer = replicas.both[n % 2]!;
        const revision = await history.write(writer);
        const from = performance.now();
        if (n % 4 < 2) {
          const { body } = await decide(other(writer), since(revision));
          expect(body.revision).toBeGreaterThanOrEqual(revision);
          asked.push(performance.now() - from);
        } else {
          while ((await decide(other(writer))).body.revision < revision);
          unasked.push(performance.now() - from);
        }
      }
      shows(context, {
        quantity: 'from a write to its use by the other replica, median',
        figure: quantile(unasked, 0.5),
        unit: 'ms',
        goal: { most: 100 },
        detail: `of ${unasked.length}`,
      });
      shows(context, {
        quantity: 'wait for a decision that names the revision, p99',
        figure: quantile(asked, 0.99),
        unit: 'ms',
        // Where everything else is tested at the same time, one of thirty may have had to wait for that.
        goal: { most: scaled(250, 2_000) },
        detail: `of ${asked.length}, median ${quantile(asked, 0.5).toFixed(1)} ms`,
      });
    });

    it('every answer is of one revision, none older than was asked for, none before an earlier one', async (context) => {
      const end = performance.now() + DURATION * 1000;
      const decided: Decided[] = [];
      const batches: Decided[][] = [];
      const tooOld: object[] = [];
      const backwards: object[] = [];
      const failed: object[] = [];

      /** Goes from replica to replica, and names the newest revision that anybody knows of. */
      const wanderer = async (): Promise<void> => {
        let [last, n] = [0, 0];
        await until(end, 1, async () => {
          const least = Math.max(last, history.revision);
          const { status, body } = await decide(replicas.both[n++ % 2]!, since(least));
          if (status !== 200) return void failed.push({ status, body });
          decided.push(body);
          if (body.revision < least) tooOld.push({ least, revision: body.revision });
          last = body.revision;
        });
      };
      /** Stays with one, and names nothing. */
      const regular = async (replica: Replica): Promise<void> => {
        let last = 0;
        await until(end, 1, async () => {
          const { status, body } = await decide(replica);
          if (status !== 200) return void failed.push({ status, body });
          decided.push(body);
          if (body.revision < last) backwards.push({ last, revision: body.revision });
          last = body.revision;
        });
      };
      const batcher = async (replica: Replica): Promise<void> => {
        const requests = Array.from({ length: BATCH }, () => call());
        await until(end, 5, async () => {
          const { status, body } = await replica.ask('POST', '/v1/decisions/batch', { requests });
          if (status !== 200) return void failed.push({ status, body });
          batches.push(body.decisions.map((each: Decided) => ({ ...each, revision: body.revision })));
        });
      };
      const writer = (): Promise<void> => {
        let n = 0;
        return until(end, 20, () => history.write(replicas.both[n++ % 2]!));
      };
      const before = history.length;
      await Promise.all([
        writer(),
        wanderer(),
        wanderer(),
        ...replicas.both.flatMap((each) => [regular(each), batcher(each)]),
      ]);

      const mixed = decided.flatMap((answer) => history.faultOf(answer) ?? []);
      const torn = batches.flatMap((batch) => batch.map((each) => history.faultOf(each)).find(Boolean) ?? []);
      const answers = decided.length + batches.length;
      showsNone(context, `${DURATION} s, ${history.length - before} writes: answers that failed`, failed, answers);
      showsNone(context, 'answers older than their Postern-Min-Revision', tooOld, decided.length);
      showsNone(context, 'revisions that went backwards for one client', backwards, decided.length);
      showsNone(context, 'decisions of two revisions', mixed, decided.length);
      showsNone(context, `batches of ${BATCH} of two revisions`, torn, batches.length);
      expect(history.length - before).toBeGreaterThan(DURATION);
      expect(Math.min(decided.length, batches.length)).toBeGreaterThan(DURATION * 10);
    });
  });
});
