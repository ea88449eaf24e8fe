import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSqlite } from '../../src/store/sqlite.js';
import { loadSqlite } from '../../src/store/sqlite-driver.js';
import { killAgainAndAgain } from './kills.js';
import { temporaryDirectory, useChildren } from './processes.js';

// Two at once, each in a directory of its own. Most of the time is the start of the processes.
const DIRECTORIES = 2;
const KILLS_EACH = 10;

useChildren();

describe('a process killed while it writes', () => {
  const title = `has lost nothing that it acknowledged and left nothing half done, ${DIRECTORIES * KILLS_EACH} times`;
  it(title, { timeout: 60_000 }, async () => {
    await Promise.all(
      Array.from({ length: DIRECTORIES }, async () => {
        const directory = await temporaryDirectory();
        const check = async (revision: number): Promise<void> =>
          expect(await integrity(directory)).toEqual({ integrity: 'ok', foreignKeys: 0, changes: 3 * revision });
        await killAgainAndAgain({ place: directory, open: () => openSqlite({ directory }), check }, KILLS_EACH);
      }),
    );
  });
});

async function integrity(directory: string): Promise<object> {
  const { DatabaseSync } = await loadSqlite();
  const db = new DatabaseSync(join(directory, 'postern.db'));
  const value = (sql: string) => Object.values(db.prepare(sql).all()[0] as object)[0];
  const found = {
    integrity: value('PRAGMA integrity_check'),
    foreignKeys: db.prepare('PRAGMA foreign_key_check').all().length,
    changes: value('SELECT count(*) FROM changes'),
  };
  db.close();
  return found;
}
