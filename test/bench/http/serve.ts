import type { Connection } from './connection.js';
import { ask, type Head, open, requestBytes, write } from './request.js';
import type { StoreSetup } from './scenarios.js';
import { type ServerProcess, startPostern } from './servers.js';
import type { Contents } from './workload.js';

/** A Postern that holds the contents of a store. */
export interface Served {
  readonly server: ServerProcess;
  readonly contents: Contents;
  /** What says who asks. */
  readonly credentials: Head;
}

/** At most so many policies in one import: by default its body may have 256 MiB. */
const IMPORTED = 20_000;

export async function serve(
  { settings, contents: make, isSecured }: StoreSetup,
  nodeOptions: readonly string[],
  main?: string,
): Promise<Served> {
  const contents = make();
  const secured = { POSTERN_AUTH: 'required', POSTERN_BOOTSTRAP_KEY: BOOTSTRAP_KEY };
  const server = await startPostern({ ...settings, ...(isSecured && secured) }, nodeOptions, main);
  const admin: Head = isSecured ? { Authorization: `Bearer ${BOOTSTRAP_KEY}` } : {};
  const [connection] = (await open(server.port, 1)) as [Connection];
  const { policies = [], endpoints, apis } = contents.document;
  const load = (part: object) => write(connection, 'POST', '/v1/import', { formatVersion: 1, ...part }, admin);
  for (let from = 0; from < policies.length; from += IMPORTED) {
    await load({ policies: policies.slice(from, from + IMPORTED) });
  }
  await load({ endpoints, apis });
  const credentials = isSecured ? await makeKey(connection, admin) : {};
  connection.close();
  return { server, contents, credentials };
}

const BOOTSTRAP_KEY = 'the-key-that-benchmarks-begin-with-0123456789';

function makeKey(connection: Connection, admin: Head): Promise<Head> {
  const put = requestBytes('PUT', '/v1/keys/bench', { roles: ['decide'] }, admin);
  return ask(connection, put, ({ body }) => ({ Authorization: `Bearer ${(JSON.parse(body) as { key: string }).key}` }));
}
