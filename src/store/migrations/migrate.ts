import type { Kysely, Transaction } from 'kysely';
import type { SqlDialect } from '../dialect.js';
import type { Database } from '../schema.js';
import { StoreError } from '../store.js';
import { writing } from '../writing.js';
import { initial } from './0001-initial.js';
import { history } from './0002-history.js';
import { keys } from './0003-keys.js';
import { audit } from './0004-audit.js';

type Migration = (transaction: Transaction<Database>, dialect: SqlDialect) => Promise<void>;

/** In order; one that has been released is never edited, moved or removed. The schema's version is how many were run. */
const MIGRATIONS: readonly Migration[] = [initial, history, keys, audit];

/**
 * Brings the schema up to what this program knows, all steps or none.
 * @throws StoreError `unusable` when it is newer: an older program would write rows that the newer one misreads
 */
export async function migrate(db: Kysely<Database>, dialect: SqlDialect): Promise<void> {
  await writing(db, dialect, async (transaction) => {
    await createMeta(transaction);
    const meta = await transaction.selectFrom('meta').select('schema_version').executeTakeFirstOrThrow();
    const present = Number(meta.schema_version);
    const known = MIGRATIONS.length;
    if (present > known) {
      const message = `the data was written by a newer program (schema ${present}, this one knows ${known}): run the newer program, or restore a backup from before it`;
      throw new StoreError('unusable', message);
    }
    if (present === known) return;
    for (const migration of MIGRATIONS.slice(present)) await migration(transaction, dialect);
    await transaction.updateTable('meta').set({ schema_version: known }).execute();
  });
}

/** Not a migration, because it is where their number is kept. */
async function createMeta(transaction: Transaction<Database>): Promise<void> {
  await transaction.schema
    .createTable('meta')
    .ifNotExists()
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('schema_version', 'integer', (column) => column.notNull())
    .addColumn('revision', 'bigint', (column) => column.notNull())
    .execute();
  await transaction
    .insertInto('meta')
    .values({ id: 1, schema_version: 0, revision: 0 })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}
