import { afterEach, describe, expect, it, vi } from 'vitest';
import { openPostgres } from '../../src/store/postgres.js';
import type { Store } from '../../src/store/store.js';
import { putPolicy, putRecord, STAMP, stamp } from './changes.js';
import { onPostgresServer } from './on-postgres.js';
import { killConnections, query } from './postgres.js';
import { runChild, useChildren } from './processes.js';
import { everything } from './suite.js';

await onPostgresServer((server) => {
  useChildren();
  const stores: Store[] = [];
  const open = async (url: string): Promise<Store> => {
    const store = await openPostgres({ url });
    stores.push(store);
    return store;
  };
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
  });

  describe('several processes on one database', () => {
    it('may all start at once on an empty one', async () => {
      const url = await server.createDatabase();
      const opened = await Promise.all(Array.from({ length: 6 }, () => open(url)));
      await opened[0]!.commit([putPolicy('a')], STAMP);
      for (const store of opened) expect((await store.contents()).revision).toBe(1);
    });

    it('take revisions in the order in which they commit', async () => {
      const url = await server.createDatabase();
      const [reader, ...writers] = await Promise.all(Array.from({ length: 9 }, () => open(url)));
      let writing = true;
      const read = async (): Promise<number> => {
        let revision = 0;
        while (writing || revision < 160) {
          const news = await reader!.since(revision);
          // Every write is of one policy of its own: a revision that came late would never be heard of.
          expect(
            news!.applied.map((change) => ('policy' in change ? change.policy.revision : 0)).sort((a, b) => a - b),
          ).toEqual(Array.from({ length: news!.revision - revision }, (_, n) => revision + n + 1));
          revision = news!.revision;
        }
        return revision;
      };
      const reading = read();
      await Promise.all(
        writers.map(async (store, id) => {
          for (let n = 0; n < 20; n++) await store.commit([putPolicy(`w${id}-${n}`)], STAMP);
        }),
      );
      writing = false;
      expect(await reading).toBe(160);
    });

    it('hear of one another, and of themselves', async () => {
      const url = await server.createDatabase();
      const [first, second] = [await open(url), await open(url)];
      const changed = vi.fn();
      second.watch!({ changed });
      await vi.waitFor(() => expect(changed).toHaveBeenCalledWith(null));
      await first.commit([putPolicy('a')], STAMP);
      await vi.waitFor(() => expect(changed).toHaveBeenLastCalledWith(1));
      await second.commit([putPolicy('b')], STAMP);
      await vi.waitFor(() => expect(changed).toHaveBeenLastCalledWith(2));
      await first.commit([putPolicy('b')], STAMP);
      await first.commit([putPolicy('x'), putRecord('r', { policy: 'none' })], STAMP).catch(() => {});
      await first.commit([putPolicy('c')], STAMP);
      await vi.waitFor(() => expect(changed).toHaveBeenLastCalledWith(3));
      expect(changed).toHaveBeenCalledTimes(4);
    });

    it('find out that the database is another one by now, whatever its revision', async () => {
      const url = await server.createDatabase();
      const [store, other] = [await open(url), await open(url)];
      await store.commit([putPolicy('a')], stamp(1));
      await store.commit([putPolicy('lost')], stamp(2));
      expect(await store.since(2)).toEqual({ revision: 2, applied: [] });
      // As if it had been restored from a backup that was made after the first revision.
      await query(
        url,
        `DELETE FROM policies WHERE revision = 2; DELETE FROM policy_versions WHERE revision = 2;
        DELETE FROM changes WHERE revision = 2; UPDATE meta SET revision = 1`,
      );
      expect(await store.since(2)).toBeNull();
      await other.commit([putPolicy('b')], stamp(3));
      expect(await store.since(2)).toBeNull();
      await other.commit([putPolicy('c')], stamp(4));
      expect(await store.since(2)).toBeNull();
      expect((await store.contents()).policies.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
      expect(await store.since(3)).toEqual({ revision: 3, applied: [] });
    });

    it('are not kept from writing by one that stands still in the midst of a write', { timeout: 40_000 }, async () => {
      const url = await server.createDatabase();
      const store = await open(url);
      const writer = runChild('writeMuch', url);
      const inMidst = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'insert %'`;
      await vi.waitFor(async () => expect(await query(url, inMidst)).not.toEqual([]), { timeout: 10_000 });
      writer.process.kill('SIGSTOP');
      const from = performance.now();
      expect((await store.commit([putPolicy('a')], STAMP)).revision).toBe(1);
      expect(performance.now() - from).toBeGreaterThan(5_000);
      writer.process.kill('SIGCONT');
      expect(await writer.lines).toEqual(['open', 'unavailable']);
      expect((await store.contents()).policies).toMatchObject([{ name: 'a' }]);
    });
  });

  describe('connections that are lost', () => {
    it('are made anew', async () => {
      const url = await server.createDatabase();
      const store = await open(url);
      const changed = vi.fn();
      store.watch!({ changed });
      await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(1));
      await store.commit([putPolicy('a')], STAMP);
      for (let round = 0; round < 3; round++) {
        const told = changed.mock.calls.length;
        expect(await killConnections(url)).toBeGreaterThan(0);
        await vi.waitFor(async () => store.commit([putPolicy(`b${round}`)], STAMP));
        // What was said meanwhile was not heard: so it is told that it does not know.
        await vi.waitFor(() => expect(changed.mock.calls.slice(told)).toContainEqual([null]));
      }
      expect((await store.contents()).revision).toBe(4);
    });

    it('in the midst of writes lose none that was acknowledged, and leave none in part', async () => {
      const url = await server.createDatabase();
      const store = await open(url);
      const acknowledged: string[] = [];
      let writing = true;
      const writer = async (id: number): Promise<void> => {
        for (let n = 0; writing; n++) {
          const name = `w${id}-${n}`;
          const changes = [putPolicy(name), putRecord(name, { policy: name })];
          await store.commit(changes, STAMP).then(
            () => acknowledged.push(name),
            (error) => expect(error).toMatchObject({ name: 'StoreError', code: 'unavailable' }),
          );
        }
      };
      const writers = [1, 2, 3, 4].map(writer);
      for (let round = 0; round < 15; round++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        await killConnections(url);
      }
      writing = false;
      await Promise.all(writers);
      const { policies, records, revision } = await store.contents();
      const names = policies.map(({ name }) => name);
      expect(acknowledged.length).toBeGreaterThan(15);
      expect(acknowledged.filter((name) => !names.includes(name))).toEqual([]);
      expect(records.map(({ id }) => id).sort()).toEqual(names.sort());
      expect(revision).toBe(names.length);
    });
  });

  describe('a server that is away', () => {
    it('is said so, and is used again when it is back, with all that was written', async () => {
      const url = await server.createDatabase();
      const store = await open(url);
      await store.commit([putPolicy('a')], STAMP);
      const before = await everything(store);
      await server.halt('immediate');
      const away = { name: 'StoreError', code: 'unavailable' };
      await expect(store.commit([putPolicy('b')], STAMP)).rejects.toMatchObject(away);
      await expect(store.contents()).rejects.toMatchObject(away);
      await expect(store.since(1)).rejects.toMatchObject(away);
      await server.startAgain();
      expect(await everything(store)).toEqual(before);
      expect((await store.commit([putPolicy('b')], STAMP)).revision).toBe(2);
    });

    it('is given up when it does not answer', { timeout: 40_000 }, async () => {
      const url = await server.createDatabase();
      const store = await open(url);
      await store.commit([putPolicy('a')], STAMP);
      await server.freeze();
      try {
        const from = performance.now();
        const reading = expect(store.contents()).rejects.toMatchObject({ code: 'unavailable' });
        await expect(store.commit([putPolicy('b')], STAMP)).rejects.toMatchObject({ code: 'unavailable' });
        await reading;
        expect(performance.now() - from).toBeLessThan(6_000);
      } finally {
        await server.thaw();
      }
      expect((await store.contents()).revision).toBe(1);
    });
  });

  describe('a database that cannot be used', () => {
    const refused = (url: string) =>
      openPostgres({ url }).then(
        () => expect.unreachable(),
        (error: Error) => error,
      );

    it.each([
      ['another port', (url: URL) => Object.assign(url, { port: '1' }), 'unavailable', 'ECONNREFUSED'],
      ['another database', (url: URL) => Object.assign(url, { pathname: '/none' }), 'unavailable', 'does not exist'],
      ['another user', (url: URL) => Object.assign(url, { username: 'nobody' }), 'unavailable', 'nobody'],
    ])('%s: said in words, without the password', async (_name, change, code, words) => {
      const url = new URL(await server.createDatabase());
      url.password = 'secret';
      const error = await refused(change(url).href);
      expect(error).toMatchObject({ name: 'StoreError', code, message: expect.stringContaining(words) });
      expect(error.message).toContain(`${url.host}${url.pathname}`);
      expect(error.message).not.toContain('secret');
    });

    it('a newer schema: refused and left as it is', async () => {
      const url = await server.createDatabase();
      await (await openPostgres({ url })).close();
      await query(url, 'UPDATE meta SET schema_version = 999');
      expect(await refused(url)).toMatchObject({ code: 'unusable', message: expect.stringContaining('newer') });
      expect(await query(url, 'SELECT schema_version FROM meta')).toEqual([{ schema_version: 999 }]);
    });

    it.each(['meta (x int)', 'policies (x int)'])('tables of another program, %s: left as they are', async (table) => {
      const url = await server.createDatabase();
      await query(url, `CREATE TABLE ${table}`);
      expect(await refused(url)).toMatchObject({
        code: 'unusable',
        message: expect.stringContaining('another program'),
      });
      expect(await query(url, `SELECT count(*)::int FROM pg_tables WHERE schemaname = 'public'`)).toEqual([
        { count: 1 },
      ]);
    });

    it('another encoding', async () => {
      await query(server.url, `CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0`);
      const url = new URL(server.url);
      url.pathname = '/latin';
      expect(await refused(url.href)).toMatchObject({ code: 'unusable', message: expect.stringContaining('LATIN1') });
    });

    it('a standby: reads go on, writes are refused', async () => {
      const url = await server.createDatabase();
      await (await openPostgres({ url })).close();
      const name = new URL(url).pathname.slice(1);
      const store = await open(url);
      await query(server.url, `ALTER DATABASE ${name} SET default_transaction_read_only = on`);
      await killConnections(url);
      await vi.waitFor(async () => expect((await store.contents()).revision).toBe(0));
      await expect(store.commit([putPolicy('a')], STAMP)).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('read-only'),
      });
    });
  });
});
