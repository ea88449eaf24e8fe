import type { Expression, Transaction } from 'kysely';
import type { Database } from './schema.js';
import type { StoreError, Watcher } from './store.js';

/** Where the databases differ beyond what the query builder hides. */
export interface SqlDialect {
  /** The column type of text that is compared and ordered bytewise, so that `a` and `A` are two names. */
  readonly text: 'text' | Expression<unknown>;
  /** Makes this transaction the only writing one until it ends; its first statement. */
  lockWriters(transaction: Transaction<Database>): Promise<void>;
  /** Tells whoever watches, once the transaction is committed, that there is this revision. */
  announce(transaction: Transaction<Database>, revision: number): Promise<void>;
  /** Absent where no other process can write. */
  readonly watch?: (watcher: Watcher) => void;
  /** What a driver's error means to the caller; undefined for one that only a bug explains. */
  storeError(error: unknown): StoreError | undefined;
  /** Gives back what is held beside the connections of the query builder, after they have ended. */
  close(): Promise<void>;
}
