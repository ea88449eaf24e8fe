import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { appendFile, chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);

/** A PostgreSQL that tests may fill with databases. */
export interface Databases {
  /** A new, empty database, and where it is. Its own order of text is that of a dictionary, not bytewise. */
  createDatabase(): Promise<string>;
  stop(): Promise<void>;
}

/**
 * The server of the tests: that of `TEST_DATABASE_URL`, else one that is started from `PG_BIN` or from where Debian keeps
 * its own. Undefined if there is none, and then what needs it is to be skipped for all to see.
 */
export async function startDatabases(): Promise<Databases | undefined> {
  const url = process.env.TEST_DATABASE_URL;
  if (url) return new GivenServer(url);
  return findPostgres() === undefined ? undefined : PostgresServer.start();
}

export const NO_POSTGRES = 'no PostgreSQL: set TEST_DATABASE_URL or PG_BIN, or install it (apt-get install postgresql)';

/** Where the programs of a PostgreSQL are. */
export function findPostgres(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const places = [process.env.PG_BIN ?? '', ...versions.map((version) => join(debian, version, 'bin'))];
  return places.find((place) => place !== '' && existsSync(join(place, 'initdb')));
}

/** Made in the same way everywhere, so that no test passes for the order of text that a machine happens to have. */
const CREATE = `TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8' LOCALE_PROVIDER icu ICU_LOCALE 'en-US'`;

let made = 0;

async function createDatabase(server: string): Promise<string> {
  const name = `postern_${process.pid}_${Date.now()}_${made++}`;
  await query(server, `CREATE DATABASE ${name} ${CREATE}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** Asks a database over a connection of its own. */
export async function query<Row extends pg.QueryResultRow>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

/** Ends all connections to a database, as an administrator would. Says how many there were. */
export async function killConnections(url: string): Promise<number> {
  const others = 'pid <> pg_backend_pid() AND datname = current_database()';
  return (await query(url, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${others}`)).length;
}

/** A server that somebody else runs; it keeps nothing of ours. */
class GivenServer implements Databases {
  readonly #made: string[] = [];

  constructor(private readonly url: string) {}

  async createDatabase(): Promise<string> {
    const url = await createDatabase(this.url);
    this.#made.push(new URL(url).pathname.slice(1));
    return url;
  }

  async stop(): Promise<void> {
    for (const name of this.#made) await query(this.url, `DROP DATABASE ${name} WITH (FORCE)`);
  }
}

/** PostgreSQL does not run as root: then everything belongs to, and is run by, the user that is nobody. */
export const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined;

export interface ServerOptions {
  /** Lines of `postgresql.conf`; the last of two counts. */
  readonly settings?: readonly string[];
  /** An existing directory for the data, which is left behind. Default: a temporary one. */
  readonly directory?: string;
}

/** A PostgreSQL of one's own, to be stopped, killed, frozen and started again. It is fast, and not safe against a power cut. */
export class PostgresServer implements Databases {
  #process: ChildProcess | undefined;

  private constructor(
    private readonly programs: string,
    private readonly data: string,
    private readonly port: number,
    private readonly remove: () => Promise<void>,
  ) {}

  /** @throws Error if there is no PostgreSQL here, see `findPostgres` */
  static async start({ settings = [], directory }: ServerOptions = {}): Promise<PostgresServer> {
    const programs = findPostgres();
    if (programs === undefined) throw new Error(NO_POSTGRES);
    const home = directory ?? (await mkdtemp(join(tmpdir(), 'postern-pg-')));
    const data = join(home, 'data');
    await mkdir(data);
    if (nobody) for (const path of [home, data]) await chown(path, nobody.uid, nobody.gid);
    const options = [
      '-A',
      'trust',
      '-U',
      'postern',
      '--no-sync',
      '-E',
      'UTF8',
      '--locale=C.UTF-8',
      '--no-instructions',
    ];
    await run(join(programs, 'initdb'), ['-D', data, ...options], { ...nobody, cwd: home });
    const port = await freePort();
    const lines = [
      `port = ${port}`,
      `unix_socket_directories = '${home}'`,
      'fsync = off',
      'max_connections = 60',
      ...settings,
    ];
    await appendFile(join(data, 'postgresql.conf'), `\n${lines.join('\n')}\n`);
    const remove = () => (directory === undefined ? rm(home, { recursive: true, force: true }) : Promise.resolve());
    const server = new PostgresServer(programs, data, port, remove);
    await server.startAgain();
    return server;
  }

  /** Of the database that is always there. */
  get url(): string {
    return `postgres://postern@127.0.0.1:${this.port}/postgres`;
  }

  /** Whether it is not there, for whatever reason. */
  get ended(): boolean {
    const child = this.#process;
    return child === undefined || child.exitCode !== null || child.signalCode !== null;
  }

  createDatabase(): Promise<string> {
    return createDatabase(this.url);
  }

  /** Settles when it accepts connections. */
  async startAgain(): Promise<void> {
    const child = spawn(join(this.programs, 'postgres'), ['-D', this.data], {
      ...nobody,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#process = child;
    // Also when a test ends in the midst of its work.
    process.once('exit', () => child.kill('SIGQUIT'));
    let said = '';
    let isReady = false;
    // To the end: whoever leaves a pipe unread stops the one who writes into it.
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (!isReady) said += text;
      isReady ||= said.includes('ready to accept connections');
    });
    while (!isReady && !this.ended) await Promise.race([once(child.stderr, 'data'), once(child.stderr, 'close')]);
    if (isReady) return;
    throw new Error(`PostgreSQL did not start: ${said}`);
  }

  /**
   * @param how `fast`: connections are ended, and all is put in order; `immediate`: it stops where it is, and has to
   * recover when it starts again
   */
  async halt(how: 'fast' | 'immediate' = 'fast'): Promise<void> {
    const child = this.#process;
    if (child === undefined || this.ended) return;
    const ended = once(child, 'exit');
    child.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await ended;
  }

  /** Connections stay open, and nothing answers, until `thaw`. */
  async freeze(): Promise<void> {
    await this.#signal('SIGSTOP');
  }

  async thaw(): Promise<void> {
    await this.#signal('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.thaw();
    await this.halt('immediate');
    await this.remove();
  }

  async #signal(signal: NodeJS.Signals): Promise<void> {
    for (const pid of await this.#pids()) {
      try {
        process.kill(pid, signal);
      } catch {
        // One of a connection has ended since it was listed.
      }
    }
  }

  /** The server, and its processes for connections and chores. */
  async #pids(): Promise<number[]> {
    const pid = this.#process?.pid;
    if (pid === undefined || this.ended) return [];
    const { stdout } = await run('ps', ['-o', 'pid=', '--ppid', String(pid)]).catch(() => ({ stdout: '' }));
    return [pid, ...stdout.split(/\s+/).filter(Boolean).map(Number)];
  }
}

/** One of this machine that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}
