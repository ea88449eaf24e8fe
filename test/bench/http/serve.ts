import type { Connection } from './connection.js';
import { open, write } from './request.js';
import type { StoreSetup } from './scenarios.js';
import { type ServerProcess, startPostern } from './servers.js';
import type { Contents } from './workload.js';

/** A Postern that holds the contents of a store. */
export interface Served {
  readonly server: ServerProcess;
  readonly contents: Contents;
}

/** At most so many policies in one import: by default its body may have 256 MiB. */
const IMPORTED = 20_000;

export async function serve(
  { settings, contents: make }: StoreSetup,
  nodeOptions: readonly string[],
  main?: string,
): Promise<Served> {
  const contents = make();
  const server = await startPostern(settings, nodeOptions, main);
  const [connection] = (await open(server.port, 1)) as [Connection];
  const { policies = [], endpoints, apis } = contents.document;
  const load = (part: object) => write(connection, 'POST', '/v1/import', { formatVersion: 1, ...part });
  for (let from = 0; from < policies.length; from += IMPORTED) {
    await load({ policies: policies.slice(from, from + IMPORTED) });
  }
  await load({ endpoints, apis });
  connection.close();
  return { server, contents };
}
