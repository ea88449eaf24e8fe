import { Kysely, PostgresDialect, sql } from 'kysely';
import type { SqlDialect } from './dialect.js';
import { migrate } from './migrations/migrate.js';
import { postgresError } from './postgres-errors.js';
import { CHANNEL, PostgresListener } from './postgres-listener.js';
import { openPool, type PoolSize } from './postgres-pool.js';
import type { Database } from './schema.js';
import { SqlStore } from './sql-store.js';
import { type Store, StoreError } from './store.js';

interface PostgresOptions {
  /** `postgres://user:password@host:port/database?…`; may lead to a pooler of transactions. */
  readonly url: string;
  /** The same database, not through a pooler of transactions: to hear of other replicas' writes. */
  readonly directUrl?: string;
}

/** A write may have to wait for that of another replica; what is read meanwhile must not wait for those that do. */
const WRITING: PoolSize = { max: 8, timeout: 60_000 };
const READING: PoolSize = { max: 5, timeout: 4_000 };

/** 'Post': nobody else in this database takes the same lock. */
const WRITERS = 0x506f7374;

/**
 * Opens a PostgreSQL database for any number of processes, and makes the tables that are missing.
 * @throws StoreError
 */
export async function openPostgres({ url, directUrl = url }: PostgresOptions): Promise<Store> {
  const listeners: PostgresListener[] = [];
  const dialect: SqlDialect = {
    text: sql`text collate "C"`,
    // Nothing here outlives the transaction, so that a pooler may hand the connection on.
    lockWriters: async (transaction) => {
      // A replica that is frozen while it writes must not keep the others from writing until it is thawed.
      await sql`select set_config('lock_timeout', '30s', true), set_config('statement_timeout', '50s', true),
        set_config('idle_in_transaction_session_timeout', '10s', true)`.execute(transaction);
      await sql`select pg_advisory_xact_lock(${sql.lit(WRITERS)})`.execute(transaction);
    },
    announce: async (transaction, revision) => {
      await sql`select pg_notify(${CHANNEL}, ${String(revision)})`.execute(transaction);
    },
    watch: (watcher) => {
      listeners.push(new PostgresListener(directUrl, watcher));
    },
    storeError: postgresError,
    close: async () => {
      await Promise.all(listeners.map((listener) => listener.close()));
    },
  };
  const connect = (size: PoolSize) =>
    new Kysely<Database>({ dialect: new PostgresDialect({ pool: openPool(url, size) }) });
  const db = connect(WRITING);
  try {
    await mustBeUnicode(db);
    await migrate(db, dialect);
  } catch (error) {
    await db.destroy();
    throw placed(error instanceof StoreError ? error : (dialect.storeError(error) ?? error), url);
  }
  return new SqlStore(db, dialect, connect(READING));
}

/** Text comes back as it was written only where every character has a code. */
async function mustBeUnicode(db: Kysely<Database>): Promise<void> {
  const { rows } = await sql<{ encoding: string }>`select current_setting('server_encoding') as encoding`.execute(db);
  const { encoding } = rows[0] ?? {};
  if (encoding === 'UTF8') return;
  throw new StoreError('unusable', `its encoding is ${encoding}: make the database with ENCODING 'UTF8'`);
}

/** What the operator needs at start: which database, without the password, and what the driver said. */
function placed(error: unknown, url: string): unknown {
  if (!(error instanceof StoreError)) return error;
  const { host, pathname, searchParams } = new URL(url);
  const place = `${host || (searchParams.get('host') ?? 'localhost')}${pathname}`;
  let reason: unknown = error;
  while (reason instanceof Error && reason.cause !== undefined) reason = reason.cause;
  const words =
    reason === error || !(reason instanceof Error)
      ? ''
      : `: ${reason.message || String('code' in reason && reason.code)}`;
  return new StoreError(error.code, `PostgreSQL at \`${place}\`: ${error.message}${words}`, null, [], { cause: error });
}
