import { once } from 'node:events';
import { serve } from '../bench/http/serve.js';
import type { ServerProcess, Settings } from '../bench/http/servers.js';
import { type Contents, contentsOf } from '../bench/http/workload.js';

/** A server in a process of its own, with policies and questions about them. */
export interface Besieged {
  readonly server: ServerProcess;
  readonly contents: Contents;
  /** What it holds after a collection. */
  memory(): Promise<NodeJS.MemoryUsage>;
  /** What it wrote of errors. */
  errors(): readonly string[];
}

const MEMORY = ['--expose-gc', '--import', new URL('../bench/soak/memory.mjs', import.meta.url).href];

/** @param main what is run, and how: `dist/main.js` is what is built */
export async function besieged(settings: Settings = {}, main?: { file: string; options: string[] }): Promise<Besieged> {
  const setup = { settings: { POSTERN_LOG_LEVEL: 'warn', ...settings }, contents: () => contentsOf(10, 1, 10_000) };
  const { server, contents } = await serve(setup, [...MEMORY, ...(main?.options ?? [])], main?.file);
  return {
    server,
    contents,
    async memory() {
      server.process.send('memory');
      const [usage] = await once(server.process, 'message');
      return usage as NodeJS.MemoryUsage;
    },
    errors: () =>
      server
        .output()
        .split('\n')
        .filter((line) => /"level":[56]0/.test(line)),
  };
}
