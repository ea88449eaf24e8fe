import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort, nobody } from './postgres.js';

/** Where PgBouncer is; undefined if it is not installed. */
export const pgBouncer: string | undefined = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin']
  .map((place) => join(place, 'pgbouncer'))
  .find((file) => existsSync(file));

export const NO_POOLER = 'no PgBouncer (apt-get install pgbouncer)';

export interface Pooler {
  /** The same database, through the pooler. */
  url(direct: string): string;
  stop(): Promise<void>;
}

/** A PgBouncer that hands out connections by transaction, as few and as strict about their settings as it comes. */
export async function startPooler(server: string): Promise<Pooler> {
  if (pgBouncer === undefined) throw new Error(NO_POOLER);
  const { hostname, port, username } = new URL(server);
  const home = await mkdtemp(join(tmpdir(), 'postern-pooler-'));
  await chmod(home, 0o755);
  const ours = await freePort();
  const settings = join(home, 'pgbouncer.ini');
  await writeFile(
    settings,
    `[databases]
* = host=${hostname} port=${port} user=${username}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${ours}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 2
`,
  );
  const child = spawn(pgBouncer, [settings], { ...nobody, stdio: ['ignore', 'ignore', 'pipe'] });
  process.once('exit', () => child.kill('SIGKILL'));
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const ended = once(child, 'close');
  while (!said.includes('process up')) {
    if (child.exitCode !== null) throw new Error(`PgBouncer did not start: ${said}`);
    await Promise.race([once(child.stderr, 'data'), ended]);
  }
  return {
    url: (direct) => Object.assign(new URL(direct), { port: String(ours) }).href,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
      await rm(home, { recursive: true });
    },
  };
}
