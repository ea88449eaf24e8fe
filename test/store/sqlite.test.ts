import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqlite } from '../../src/store/sqlite.js';
import { describeStore } from './contract.js';

describeStore('SQLite in memory', async () => {
  const store = await openSqlite({ memory: true });
  return { store, cleanup: () => store.close() };
});

describeStore('SQLite in a file', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'postern-store-'));
  const stores = [await openSqlite({ directory })];
  return {
    store: stores[0]!,
    reopen: async () => {
      stores.push(await openSqlite({ directory }));
      return stores.at(-1)!;
    },
    cleanup: async () => {
      await Promise.all(stores.map((store) => store.close()));
      await rm(directory, { recursive: true });
    },
  };
});
