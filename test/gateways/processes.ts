import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A process of its own, until it is stopped. */
export interface Running {
  readonly child: ChildProcess;
  /** What it wrote. */
  readonly written: () => string;
  stop(): Promise<void>;
}

export function start(command: string, args: readonly string[], env: NodeJS.ProcessEnv, cwd = ROOT): Running {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('POSTERN_'));
  const child = spawn(command, args, { cwd, env: { ...Object.fromEntries(inherited), ...env } });
  const ended = once(child, 'close');
  let written = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes) => {
      written += bytes;
    });
  }
  const stop = async (): Promise<void> => {
    if (child.exitCode === null) child.kill('SIGTERM');
    await ended;
  };
  return { child, written: () => written, stop };
}

/** Waits for something to be so, and says what the process wrote if it never is. */
export async function until(is: () => boolean | Promise<boolean>, { child, written }: Running): Promise<void> {
  for (let n = 0; n < 400; n++) {
    if (await is()) return;
    if (child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`it did not start: ${written()}`);
}

export const listensAt = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });

/** A port that nobody listens at now. */
export async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts a real Postern in a directory of its own. */
export async function startPostern(directory: string, port: number, settings: NodeJS.ProcessEnv): Promise<Running> {
  const running = start(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
    POSTERN_PORT: String(port),
    POSTERN_DATA_DIR: directory,
    ...settings,
  });
  await until(() => listensAt(port), running);
  return running;
}

/** What the API behind the gateway was sent. */
interface Received {
  readonly line: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The API behind the gateway: it answers everything, and remembers it. */
export async function startUpstream() {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const bytes of request) body += bytes;
    received.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
    response.end('a pet');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    /** What has arrived since it was last asked. */
    taken: (): readonly Received[] => received.splice(0),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** An answer as it came. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Sends these bytes: nothing puts the path right on the way. */
export function send(
  port: number,
  line: string,
  headers: Readonly<Record<string, string>> = {},
  body = '',
): Promise<Answer> {
  const head = { Host: `127.0.0.1:${port}`, Connection: 'close', 'Content-Length': String(body.length), ...headers };
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}`);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () =>
      socket.write([`${line} HTTP/1.1`, ...lines, '', body].join('\r\n')),
    );
    socket.on('data', (bytes) => {
      text += bytes;
    });
    socket.on('close', () => resolve({ status: Number(text.split(' ')[1]), text }));
    socket.on('error', reject);
  });
}
