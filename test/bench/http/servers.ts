import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** A server in a process of its own, on the servers' core. */
export interface ServerProcess {
  readonly port: number;
  readonly process: ChildProcess;
  /** What it has written to its output. */
  output(): string;
  /** Processor time that all its threads have used, in microseconds; the system counts it in hundredths of a second. */
  cpu(): number;
  stop(): Promise<void>;
}

/** Servers run on the first core, what asks them on the second, if the machine has two and lets us choose. */
export const pinned: boolean = pinThisProcess();
process
  .once('SIGINT', () => process.exit(130))
  .once('SIGTERM', () => process.exit(143))
  .setMaxListeners(50);

/** A Postern as `npm start` starts it, with an empty store; with `src/main.ts` and a loader, one that was not built. */
export function startPostern(
  settings: Settings = {},
  nodeOptions: readonly string[] = [],
  main = 'dist/main.js',
): Promise<ServerProcess> {
  const directory = mkdtempSync(join(tmpdir(), 'postern-bench-'));
  const options = ['--disable-warning=ExperimentalWarning', ...nodeOptions];
  return start(directory, [...options, join(ROOT, main)], {
    POSTERN_PORT: '0',
    POSTERN_DATA_DIR: join(directory, 'data'),
    ...settings,
  });
}

export type Settings = Readonly<Record<string, string>>;

/** One of the servers beside this file. */
export function startPeer(file: string, ...parameters: readonly string[]): Promise<ServerProcess> {
  const script = fileURLToPath(new URL(file, import.meta.url));
  return start(mkdtempSync(join(tmpdir(), 'postern-bench-')), [script, ...parameters], { NODE_ENV: 'production' });
}

async function start(directory: string, parameters: readonly string[], env: Settings): Promise<ServerProcess> {
  // A file, and not a pipe: what it logs is written, and nobody's time goes into reading it.
  const output = join(directory, 'output');
  const file = openSync(output, 'w');
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('POSTERN_')));
  const [command = '', ...rest] = [...(pinned ? ['taskset', '-c', '0'] : []), process.execPath, ...parameters];
  const child = spawn(command, rest, { stdio: ['ignore', file, 'inherit', 'ipc'], env: { ...inherited, ...env } });
  closeSync(file);
  const ended = once(child, 'exit');
  // However this process ends, it leaves nothing behind.
  const kill = (): void => {
    child.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  };
  process.once('exit', kill);
  return {
    port: await portOf(child, output),
    process: child,
    output: () => readFileSync(output, 'utf8'),
    cpu: () => cpuOf(child.pid!),
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      process.off('exit', kill);
      kill();
    },
  };
}

/** Every server prints where it listens as soon as it does. */
async function portOf(child: ChildProcess, output: string): Promise<number> {
  for (const until = Date.now() + 20_000; Date.now() < until && child.exitCode === null; await pause(20)) {
    const port = /https?:\/\/127\.0\.0\.1:(\d+)/.exec(readFileSync(output, 'utf8'))?.[1];
    if (port !== undefined) return Number(port);
  }
  child.kill('SIGKILL');
  throw new Error(`a server did not start: ${readFileSync(output, 'utf8')}`);
}

/** proc(5): user and system time are the 14th and 15th field; the 2nd, the name, may hold blanks. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

function pinThisProcess(): boolean {
  if (availableParallelism() < 2) return false;
  try {
    execFileSync('taskset', ['-a', '-c', '-p', '1', String(process.pid)], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
