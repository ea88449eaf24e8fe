import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SelectQueryNode,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type TransactionSettings,
} from 'kysely';
import { StoreError } from './store.js';

/** The part of `node:sqlite` used here; the types of Node 20 do not have it. */
export interface SqliteConnection {
  exec(sql: string): void;
  prepare(sql: string): SqliteStatement;
  close(): void;
}

interface SqliteStatement {
  all(...parameters: readonly unknown[]): unknown[];
  run(...parameters: readonly unknown[]): unknown;
}

interface SqliteModule {
  readonly DatabaseSync: new (path: string) => SqliteConnection;
}

/** Node's own SQLite (22.13 and newer), else the package with the same interface. */
export async function loadSqlite(): Promise<SqliteModule> {
  const builtin: unknown = process.getBuiltinModule?.('node:sqlite');
  if (builtin) return builtin as SqliteModule;
  try {
    return await import('@photostructure/sqlite');
  } catch (cause) {
    const message =
      'no SQLite: use Node 22.13 or newer, or install the optional dependency `@photostructure/sqlite`, or keep the data in PostgreSQL';
    throw new StoreError('unavailable', message, null, [], { cause });
  }
}

/** One open connection as a kysely dialect. It neither opens nor closes it. */
export function sqliteDialect(connection: SqliteConnection): Dialect {
  return {
    createDriver: () => new SqliteDriver(connection),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}

/** Lends the one connection to one user after the other, in the order in which they asked. */
class SqliteDriver implements Driver {
  readonly #session: SqliteSession;
  #last = Promise.resolve();
  #release: () => void = () => {};

  constructor(connection: SqliteConnection) {
    this.#session = new SqliteSession(connection);
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    const turn = this.#last;
    let release = () => {};
    this.#last = new Promise((resolve) => {
      release = resolve;
    });
    await turn;
    this.#release = release;
    return this.#session;
  }

  async releaseConnection(): Promise<void> {
    this.#release();
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    // A writer that took its lock only at its first write could find that another process had written since it read.
    const begin = settings.accessMode === 'read only' ? 'begin' : 'begin immediate';
    await connection.executeQuery(CompiledQuery.raw(begin));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await connection.executeQuery(CompiledQuery.raw('rollback'));
    } catch {
      // After a full disk or a failed write SQLite has rolled back already. Its first error is the one to report; were
      // the transaction still open, the next `begin` would fail.
    }
  }

  async destroy(): Promise<void> {}
}

class SqliteSession implements DatabaseConnection {
  // Not bounded: the store's texts are few (see `inBatches`), and preparing one costs more than running it.
  readonly #statements = new Map<string, SqliteStatement>();

  constructor(private readonly connection: SqliteConnection) {}

  async executeQuery<R>({ sql, parameters, query }: CompiledQuery): Promise<QueryResult<R>> {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.connection.prepare(sql);
      this.#statements.set(sql, statement);
    }
    if (SelectQueryNode.is(query)) return { rows: statement.all(...parameters) as R[] };
    statement.run(...parameters);
    return { rows: [] };
  }

  // biome-ignore lint/correctness/useYield: the interface asks for a generator; nothing here streams
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('streaming is not supported');
  }
}
