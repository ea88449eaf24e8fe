import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { openPostgres } from '../../src/store/postgres.js';
import { openSqlite } from '../../src/store/sqlite.js';
import { loadSqlite } from '../../src/store/sqlite-driver.js';
import type { Row } from '../bench/report.js';
import { type Killed, killAgainAndAgain } from '../store/kills.js';
import { onPostgresServer } from '../store/on-postgres.js';
import { query } from '../store/postgres.js';
import { temporaryDirectory, useChildren } from '../store/processes.js';
import { scaled, shows } from './figures.js';

/** At once, each with data of its own. Most of the time is the start of the processes. */
const WRITERS = 2;
const KILLS_EACH = scaled(30, 5);
const timeout = scaled(600_000, 60_000);

useChildren();

describe('a process killed while it writes has lost nothing that it acknowledged and left nothing half done', () => {
  it('in a directory', { timeout }, async (context) => {
    const seen = await killAll(async () => {
      const directory = await temporaryDirectory();
      const check = async (revision: number): Promise<void> =>
        expect(await integrity(directory)).toEqual({ integrity: 'ok', foreignKeys: 0, changes: 3 * revision });
      return { place: directory, open: () => openSqlite({ directory }), check };
    });
    shows(context, row('SQLite', seen));
  });

  return onPostgresServer((server) => {
    it('in a database', { timeout }, async (context) => {
      const others = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`;
      const seen = await killAll(async () => {
        const url = await server.createDatabase();
        // The server goes on for a moment with what a dead process has asked for.
        const settled = () => vi.waitFor(async () => expect(await query(url, others)).toEqual([]), { timeout: 5_000 });
        return { place: url, open: () => settled().then(() => openPostgres({ url })) };
      });
      shows(context, row('PostgreSQL', seen));
    });
  });
});

async function killAll(prepare: () => Promise<Killed>): Promise<{ survived: number; written: number }> {
  const each = Array.from({ length: WRITERS }, async () => killAgainAndAgain(await prepare(), KILLS_EACH));
  const all = await Promise.all(each);
  const sum = (of: 'survived' | 'written') => all.reduce((total, writer) => total + writer[of], 0);
  return { survived: sum('survived'), written: sum('written') };
}

const row = (store: string, { survived, written }: { readonly survived: number; readonly written: number }): Row => ({
  quantity: `${store}: kills after which every acknowledged write was there, and none in part`,
  figure: survived,
  unit: '',
  goal: { least: scaled(50, WRITERS * KILLS_EACH) },
  detail: `${written} writes`,
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
