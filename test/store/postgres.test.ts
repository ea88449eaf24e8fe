import { openPostgres } from '../../src/store/postgres.js';
import { describeStore } from './contract.js';
import { onPostgres } from './on-postgres.js';

await onPostgres((databases) =>
  describeStore('PostgreSQL', async () => {
    const url = await databases.createDatabase();
    const stores = [await openPostgres({ url })];
    return {
      store: stores[0]!,
      reopen: async () => {
        stores.push(await openPostgres({ url }));
        return stores.at(-1)!;
      },
      cleanup: async () => {
        await Promise.all(stores.map((store) => store.close()));
      },
    };
  }),
);
