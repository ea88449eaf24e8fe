import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { allowAll, denyAll } from '../contract/postern.js';
import { onPostgresServer } from '../store/on-postgres.js';
import { Replica } from '../store/replica.js';
import { scaled, shows, showsNone } from './figures.js';
import { decide, since, startTwo, type TwoReplicas } from './two-replicas.js';

/** Seconds that a replica stands still, and for which a strict one decides without having heard from the database. */
const FROZEN = scaled(30, 1.5);
const STRICT = scaled(5, 1);
const strictly = { POSTERN_MAX_STALENESS: String(STRICT) };

await onPostgresServer((server) => {
  let url: string;
  let others: TwoReplicas;
  const more: Replica[] = [];

  beforeAll(async () => {
    url = await server.createDatabase();
    others = await startTwo({ POSTERN_DATABASE_URL: url });
  });
  afterEach(async () => {
    for (const replica of more.splice(0)) {
      replica.thaw();
      await replica.kill();
    }
  });
  afterAll(() => others.kill());

  /** One that decides Allow, and is frozen when that is a Deny. */
  async function frozen(settings: Readonly<Record<string, string>> = {}) {
    const [writer] = others.both;
    const replica = await Replica.start({ POSTERN_DATABASE_URL: url, ...settings });
    more.push(replica);
    const before = await writer.put('/v1/policies/resource/open', { document: allowAll });
    expect((await decide(replica, since(before))).body.decision).toBe('Allow');
    replica.freeze();
    const revision = await writer.put('/v1/policies/resource/open', { document: denyAll });
    await sleep(FROZEN * 1000);
    return { replica, revision };
  }

  describe('a replica that has stood still', { timeout: 120_000 }, () => {
    it('answers from the revision that is asked for', async (context) => {
      const { replica, revision } = await frozen();
      const asked = Array.from({ length: 20 }, () => decide(replica, since(revision)));
      const from = performance.now();
      replica.thaw();
      const answers = await Promise.all(asked);
      const wrong = answers.filter(({ body }) => body.decision !== 'Deny' || body.revision < revision);
      showsNone(context, `frozen for ${FROZEN} s: answers older than their Postern-Min-Revision`, wrong, asked.length);
      const figure = performance.now() - from;
      shows(context, { quantity: `frozen for ${FROZEN} s: until all of them are answered`, figure, unit: 'ms' });
    });

    it('decides nothing on what is too old', async (context) => {
      const { replica } = await frozen(strictly);
      const asked = Array.from({ length: 20 }, () => decide(replica));
      const from = performance.now();
      replica.thaw();
      const answers = await Promise.all(asked);
      const wrong = answers.filter(({ status, body }) =>
        status === 200 ? body.decision !== 'Deny' : body.code !== 'state-too-old',
      );
      showsNone(context, `frozen for ${FROZEN} s, at most ${STRICT} s old: answers from before`, wrong, asked.length);
      await vi.waitFor(async () => expect((await decide(replica)).body.decision).toBe('Deny'), { interval: 5 });
      const figure = performance.now() - from;
      const refused = answers.filter(({ status }) => status === 503).length;
      const detail = `${refused} of ${asked.length} first answers were a 503`;
      const goal = { most: 5_000 };
      shows(context, { quantity: `frozen for ${FROZEN} s: until it decides again`, figure, unit: 'ms', goal, detail });
      // The first of them came before anything could have been heard.
      expect(refused).toBeGreaterThan(0);
    });

    it('or whose database has, decides nothing on what is too old', async () => {
      const strict = await Replica.start({ POSTERN_DATABASE_URL: url, ...strictly });
      more.push(strict);
      const [first] = others.both;
      const revision = await first.put('/v1/policies/resource/open', { document: allowAll });
      for (const replica of [first, strict]) await decide(replica, since(revision));
      await server.freeze();
      try {
        await sleep(STRICT * 1000 + 200);
        const answer = await decide(strict);
        expect([answer.status, answer.body.code, answer.headers.get('retry-after')]).toEqual([
          503,
          'state-too-old',
          '1',
        ]);
        const ready = await strict.ask('GET', '/readyz');
        expect([ready.status, ready.body.errors[0].code]).toEqual([503, 'state-too-old']);
        // The others were not told to mind.
        expect((await decide(first)).body.decision).toBe('Allow');
      } finally {
        await server.thaw();
      }
      await vi.waitFor(async () => expect((await decide(strict)).status).toBe(200), { timeout: 5_000 });
      expect((await strict.ask('GET', '/readyz')).status).toBe(200);
    });
  });
});
