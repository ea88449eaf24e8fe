import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A server in a process of its own, and everything that it writes. */
export interface ServerProcess {
  readonly address: string;
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  /** The lines of its log, and of its decision log where that is among them. */
  readonly lines: () => Readonly<Record<string, unknown>>[];
  /** Its exit code after SIGTERM. */
  end(): Promise<number | null>;
}

const pause = (time: number) => new Promise((resolve) => setTimeout(resolve, time));

/** @param settings of docs/settings.md, `POSTERN_…` */
export async function startProcess(settings: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('POSTERN_')));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--import', 'tsx', 'src/main.ts'], {
    cwd: ROOT,
    env: { ...env, POSTERN_PORT: '0', ...settings },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const exit = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  for (let n = 0; n < 600 && child.exitCode === null; n++) {
    const address = /listens on (http:\/\/\S+?:\d+)/.exec(out)?.[1];
    if (address === undefined) {
      await pause(50);
      continue;
    }
    const lines = () =>
      out
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    const end = async () => {
      child.kill('SIGTERM');
      return exit;
    };
    return { address, child, out: () => out, err: () => err, lines, end };
  }
  throw new Error(`did not start: ${out}${err}`);
}

/** Sends JSON. */
export async function send(
  method: string,
  url: string,
  body?: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
}
