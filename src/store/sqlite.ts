import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Kysely } from 'kysely';
import type { SqlDialect } from './dialect.js';
import { migrate } from './migrations/migrate.js';
import type { Database } from './schema.js';
import { SqlStore } from './sql-store.js';
import { loadSqlite, type SqliteConnection, sqliteDialect } from './sqlite-driver.js';
import { isBusy, sqliteError } from './sqlite-errors.js';
import { type Store, StoreError } from './store.js';

type SqliteOptions = { readonly directory: string } | { readonly memory: true };

type Open = (path: string) => SqliteConnection;

/** 'Post' in the file's header says whose the file is (`PRAGMA application_id`). */
const APPLICATION_ID = 0x506f7374;

/**
 * Opens the embedded store: `postern.db` in a directory of its own, made if it is missing, or in memory.
 * @throws StoreError
 */
export async function openSqlite(options: SqliteOptions): Promise<Store> {
  const { DatabaseSync } = await loadSqlite();
  const open: Open = (path) => new DatabaseSync(path);
  if ('memory' in options) return openStore(open, ':memory:', () => {});

  const { directory } = options;
  await explained(directory, () => mkdir(directory, { recursive: true, mode: 0o700 }));
  const unlock = lock(open, directory);
  try {
    const path = join(directory, 'postern.db');
    await explained(path, () => createPrivate(path));
    return await openStore(open, path, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

async function openStore(open: Open, path: string, unlock: () => void): Promise<Store> {
  const connections: SqliteConnection[] = [];
  const connect = () => {
    const connection = open(path);
    connections.push(connection);
    return connection;
  };
  const dialect: SqlDialect = {
    text: 'text',
    // `begin immediate` has done it.
    lockWriters: async () => {},
    // There is nobody to tell: one process at a time.
    announce: async () => {},
    storeError: (error) => sqliteError(error, path),
    close: async () => {
      try {
        // The package does not finalize statements on close and would leave the log to the garbage collector.
        connections[0]?.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      } catch {
        // Nothing is lost: the log stays and is read at the next start.
      }
      for (const connection of connections) connection.close();
      unlock();
    },
  };
  try {
    const writer = connect();
    claim(writer, path);
    configure(writer);
    const db = new Kysely<Database>({ dialect: sqliteDialect(writer) });
    await migrate(db, dialect);
    if (path === ':memory:') return new SqlStore(db, dialect);

    const second = connect();
    configure(second);
    second.exec('PRAGMA query_only = ON');
    return new SqlStore(db, dialect, new Kysely<Database>({ dialect: sqliteDialect(second) }));
  } catch (error) {
    for (const connection of connections) connection.close();
    throw dialect.storeError(error) ?? error;
  }
}

/** Before anything is written: a file that is not ours stays as it is. */
function claim(connection: SqliteConnection, path: string): void {
  const owner = single(connection, 'PRAGMA application_id');
  if (owner === APPLICATION_ID) return;
  if (owner !== 0 || single(connection, 'SELECT count(*) FROM sqlite_schema') !== 0) {
    throw new StoreError('unusable', `\`${path}\` is a database of another program: use another directory`);
  }
  connection.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
}

/** FULL: a commit is on the disk when it is acknowledged. The cache, in KiB, is taken as needed: large imports need it. */
function configure(connection: SqliteConnection): void {
  connection.exec(`
    PRAGMA busy_timeout = 2000;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA cache_size = -65536;
    PRAGMA journal_size_limit = 67108864;
  `);
}

function single(connection: SqliteConnection, sql: string): unknown {
  return Object.values(connection.prepare(sql).all()[0] ?? {})[0];
}

/**
 * One process at a time, by an exclusive transaction on a file of its own that is never written. The operating system
 * ends it with the process, however that dies, so there is no stale lock to clear. Not `locking_mode = EXCLUSIVE` on the
 * data: that would keep out backups and the `sqlite3` shell.
 *
 * INVARIANT: this process opens `postern.lock` and `postern.db` nowhere else. POSIX drops a process's locks on a file when it
 * closes any of its descriptors for it.
 */
function lock(open: Open, directory: string): () => void {
  const path = join(directory, 'postern.lock');
  let connection: SqliteConnection | undefined;
  try {
    connection = open(path);
    connection.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
    const held = connection;
    return () => {
      held.exec('ROLLBACK');
      held.close();
    };
  } catch (error) {
    connection?.close();
    if (!isBusy(error)) throw sqliteError(error, path) ?? error;
    const message = `the data directory \`${directory}\` is in use by another process: stop that one, or give this one another directory`;
    throw new StoreError('locked', message, null, [], { cause: error });
  }
}

/** SQLite would create the file with the mode that the umask leaves; its log takes the mode of the file. */
async function createPrivate(path: string): Promise<void> {
  await writeFile(path, '', { flag: 'wx', mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

async function explained(path: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `\`${path}\` cannot be used for data, make it writable for this user or name another directory: ${reason}`;
    throw new StoreError('unavailable', message, null, [], { cause });
  }
}
