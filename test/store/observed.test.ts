import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { call, endpoint } from '../contract/postern.js';
import { onPostgresServer } from './on-postgres.js';
import { Replica } from './replica.js';

await onPostgresServer((server) => {
  let url: string;
  const running: Replica[] = [];

  beforeAll(async () => {
    url = await server.createDatabase();
  });
  afterEach(async () => {
    await server.thaw();
    for (const replica of running.splice(0)) {
      replica.thaw();
      await replica.kill();
    }
  });

  async function start(settings: Readonly<Record<string, string>> = {}): Promise<Replica> {
    const replica = await Replica.start({ POSTERN_DATABASE_URL: url, ...settings });
    running.push(replica);
    return replica;
  }

  async function metric(replica: Replica, name: string): Promise<number> {
    const text = await (await fetch(`${replica.address}/metrics`)).text();
    return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  }

  describe('readiness', { timeout: 60_000 }, () => {
    it('does not flap because nothing changes: an idle replica knows that it is up to date', async () => {
      const idle = await start({ POSTERN_MAX_STALENESS: '1' });
      const ages: number[] = [];
      for (const until = Date.now() + 4000; Date.now() < until; await sleep(50)) {
        const { status, body } = await idle.ask('GET', '/readyz');
        expect([status, body.ready], JSON.stringify(body)).toEqual([200, true]);
        ages.push(body.revisionAge);
      }
      expect(Math.max(...ages)).toBeLessThan(1);
    });

    it('is not given before everything has been read: until then nothing answers at all', async () => {
      await server.freeze();
      let listens = false;
      const starting = start({ POSTERN_MAX_STALENESS: '1' }).then(() => {
        listens = true;
      });
      await sleep(2000);
      expect(listens).toBe(false);
      await server.thaw();
      await starting;
      expect((await running[0]!.ask('GET', '/readyz')).body).toMatchObject({ ready: true });
    });

    it('says in words why it is not given', async () => {
      const replica = await start({ POSTERN_MAX_STALENESS: '1' });
      await server.freeze();
      await sleep(2000);
      const { status, body } = await replica.ask('GET', '/readyz');
      expect([status, body.code, body.ready]).toEqual([503, 'not-ready', false]);
      expect(body.errors).toMatchObject([
        {
          code: 'state-too-old',
          detail: expect.stringMatching(/^revision \d+ was last known to be the newest \d+\.\d s ago$/),
        },
      ]);
    });
  });

  describe('metrics of the store', { timeout: 60_000 }, () => {
    it('say that it is away, and how old the state is', async () => {
      const replica = await start({ POSTERN_MAX_STALENESS: '2' });
      expect(await metric(replica, 'postern_store_up')).toBe(1);
      await server.halt('immediate');
      try {
        await vi.waitFor(async () => expect(await metric(replica, 'postern_store_up')).toBe(0), { timeout: 10_000 });
        await vi.waitFor(
          async () => expect(await metric(replica, 'postern_store_revision_age_seconds')).toBeGreaterThan(2),
          { timeout: 10_000 },
        );
        expect((await replica.ask('PUT', '/v1/endpoints/e', endpoint())).status).toBe(503);
        expect(await metric(replica, 'postern_writes_total\\{result="failed"\\}')).toBe(1);
        expect((await replica.ask('POST', '/v1/decisions', call())).body.code).toBe('state-too-old');
        expect(await metric(replica, 'postern_rejected_requests_total\\{cause="state-too-old"\\}')).toBe(1);
      } finally {
        await server.startAgain();
      }
      await vi.waitFor(async () => expect(await metric(replica, 'postern_store_up')).toBe(1), { timeout: 10_000 });
      await vi.waitFor(
        async () => expect(await metric(replica, 'postern_store_revision_age_seconds')).toBeLessThan(2),
        { timeout: 10_000 },
      );
    });

    it('have the revision that another replica has written, and no lag', async () => {
      const [writer, reader] = [await start(), await start()];
      const revision = await writer.put('/v1/endpoints/seen', endpoint({ description: String(Date.now()) }));
      await vi.waitFor(async () => expect(await metric(reader, 'postern_store_revision')).toBe(revision));
      expect(await metric(reader, 'postern_store_revision_lag')).toBe(0);
    });
  });
});
