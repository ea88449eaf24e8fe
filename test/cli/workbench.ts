import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ended, ended, installPostern, postern, type Server, serve } from './binary.js';

/** A directory with the examples, a `postern` on the path, and a server that has stored them: where documents' commands are run. */
export interface Workbench {
  readonly directory: string;
  readonly server: Server;
  /** Runs a script of bash, with the address of the server in place of the documented one. */
  run(script: string): Promise<Ended>;
  clear(): Promise<void>;
}

export async function workbench(): Promise<Workbench> {
  const directory = await mkdtemp(join(tmpdir(), 'postern-bench-'));
  const env = await installPostern(directory);
  const server = await serve();
  await postern(['import', 'examples/store.json', '--server', server.address]);
  return {
    directory,
    server,
    run: (script) =>
      ended('bash', ['-euo', 'pipefail', '-c', script.replaceAll('http://127.0.0.1:8080', server.address)], {
        env,
        cwd: directory,
      }),
    async clear() {
      await server.stop();
      await rm(directory, { recursive: true });
    },
  };
}
