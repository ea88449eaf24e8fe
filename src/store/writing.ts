import type { Kysely, Transaction } from 'kysely';
import type { SqlDialect } from './dialect.js';
import type { Database } from './schema.js';

/** A transaction that is the only writing one until it ends. */
export function writing<T>(
  db: Kysely<Database>,
  dialect: SqlDialect,
  work: (transaction: Transaction<Database>) => Promise<T>,
): Promise<T> {
  // Committed rows, whatever the database's default is: a snapshot from before the lock would not show what the writer
  // before this one has done.
  const transaction = db.transaction().setIsolationLevel('read committed');
  return transaction.execute(async (transaction) => {
    await dialect.lockWriters(transaction);
    return work(transaction);
  });
}
