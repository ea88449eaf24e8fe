import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openPostgres } from '../../src/store/postgres.js';
import type { Store } from '../../src/store/store.js';
import { putPolicy, STAMP } from './changes.js';
import { onPostgresServer } from './on-postgres.js';
import { NO_POOLER, type Pooler, pgBouncer, startPooler } from './pooler.js';
import { query } from './postgres.js';

const WRITERS = 8;

await onPostgresServer((server) => {
  describe.skipIf(pgBouncer === undefined && NO_POOLER)('behind a pooler of transactions', () => {
    let pooler: Pooler;
    beforeAll(async () => {
      pooler = await startPooler(server.url);
    });
    afterAll(() => pooler?.stop());
    const stores: Store[] = [];
    afterEach(async () => {
      await Promise.all(stores.splice(0).map((store) => store.close()));
    });

    it('replicas write in order, and hear of one another past it', async () => {
      const direct = await server.createDatabase();
      const open = async (): Promise<Store> => {
        const store = await openPostgres({ url: pooler.url(direct), directUrl: direct });
        stores.push(store);
        return store;
      };
      const [first, second] = [await open(), await open()];
      const changed = vi.fn();
      second.watch!({ changed });
      await vi.waitFor(() => expect(changed).toHaveBeenCalledWith(null));
      const writes = Array.from({ length: WRITERS }, (_, n) => first.commit([putPolicy(`p${n}`)], STAMP));
      const revisions = (await Promise.all(writes)).map(({ revision }) => revision);
      expect(revisions.sort((a, b) => a - b)).toEqual(Array.from({ length: WRITERS }, (_, n) => n + 1));
      await vi.waitFor(() => expect(changed).toHaveBeenLastCalledWith(WRITERS));
      expect((await second.since(0))?.applied).toHaveLength(WRITERS);

      // What a transaction sets for itself, the next one that is given the connection does not have.
      const settings = ['lock_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout'];
      for (const name of settings) {
        expect(await query(pooler.url(direct), `SELECT current_setting('${name}') AS value`)).toEqual([{ value: '0' }]);
      }
    });
  });
});
