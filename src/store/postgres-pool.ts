import type { PostgresPool, PostgresPoolClient } from 'kysely';
import pg from 'pg';

/** The database did not answer; what it has answered, it has answered with a `pg.DatabaseError`. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/** Longer than any connecting takes that is worth waiting for, and any first statement, in milliseconds. */
const CONNECT_TIMEOUT = 4_000;

const settingsOf = (connectionString: string): pg.ClientConfig => ({
  connectionString,
  application_name: 'postern',
  connectionTimeoutMillis: CONNECT_TIMEOUT,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
  // No `statement_timeout` and the like: a pooler refuses connections that ask for what it does not know.
});

/** Sixty-four bits become a number: revisions and versions are counted, and never get beyond what a number holds. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format as 'text'),
};

/** Connections as they are needed, and how many at most; `timeout` is that of a statement, in milliseconds. */
export interface PoolSize {
  readonly max: number;
  readonly timeout: number;
}

/**
 * Connections for kysely, which names no statements and so works through a pooler of transactions. One on which a
 * statement takes too long is given up.
 */
export function openPool(url: string, { max, timeout }: PoolSize): PostgresPool {
  const pool = new pg.Pool({ ...settingsOf(url), max, types });
  // A connection that ends while nobody uses it is made anew; unheard, its error would end the process.
  pool.on('error', () => {});
  // While somebody uses it the pool does not listen, and its error reaches the statement that is under way.
  pool.on('connect', (client) => client.on('error', () => {}));
  return {
    connect: async () => {
      try {
        // The other form of `query`, for cursors, is used only where kysely has been given some.
        return new Loan(await pool.connect(), timeout) as unknown as PostgresPoolClient;
      } catch (error) {
        if (error instanceof pg.DatabaseError) throw error;
        throw new ConnectionLost('the database cannot be reached', { cause: error });
      }
    },
    end: () => pool.end(),
  };
}

/** One connection, beside the pool. @param timeout for each statement, in milliseconds */
export const openClient = (url: string, timeout: number): pg.Client =>
  new pg.Client({ ...settingsOf(url), query_timeout: timeout });

class Loan {
  #lost: ConnectionLost | undefined;
  /**
   * Until the database has answered once it may be gone without a word, and a connection that was made earlier does not
   * know. The first statement, which begins a transaction or reads a row, waits for nobody.
   */
  #isThere = false;

  constructor(
    private readonly client: pg.PoolClient,
    private readonly timeout: number,
  ) {}

  async query(text: string, values: unknown[]): Promise<pg.QueryResult> {
    if (this.#lost) throw this.#lost;
    const query_timeout = this.#isThere ? this.timeout : CONNECT_TIMEOUT;
    try {
      const result = await this.client.query({ text, values, query_timeout } as pg.QueryConfig);
      this.#isThere = true;
      return result;
    } catch (error) {
      if (error instanceof pg.DatabaseError) throw error;
      const message = 'the connection to the database was lost: a write that was under way may have been made';
      this.#lost = new ConnectionLost(message, { cause: error });
      throw this.#lost;
    }
  }

  /** One on which a statement was not answered is of no use to the next. */
  release(): void {
    this.client.release(this.#lost);
  }
}
