import { afterAll, it } from 'vitest';
import { type Databases, findPostgres, NO_POSTGRES, PostgresServer, startDatabases } from './postgres.js';

/** Tests that need a database of PostgreSQL. Where there is none they are skipped, with the reason; in CI they fail. */
export const onPostgres = (tests: (databases: Databases) => void): Promise<void> => on(startDatabases, tests);

/** Tests that stop, start and freeze a PostgreSQL of their own. */
export const onPostgresServer = (tests: (server: PostgresServer) => void): Promise<void> =>
  on(async () => (findPostgres() === undefined ? undefined : PostgresServer.start()), tests);

async function on<Server extends Databases>(
  start: () => Promise<Server | undefined>,
  tests: (server: Server) => void,
): Promise<void> {
  const server = await start();
  if (server === undefined) {
    it.skipIf(!process.env.CI)(NO_POSTGRES, () => {
      throw new Error(NO_POSTGRES);
    });
    return;
  }
  afterAll(() => server.stop());
  tests(server);
}
