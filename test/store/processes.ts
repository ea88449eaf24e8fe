import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
let compiled = '';

/** A new directory, removed after the test. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'postern-store-'));
  cleanups.push(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

export interface Running {
  readonly process: ChildProcess;
  /** Resolves with all that it said when it has ended. */
  readonly lines: Promise<string[]>;
  /** Resolves when it has said so many lines, or has ended. */
  said(lines: number): Promise<void>;
}

/** For a test file that runs children: compiles `child.ts`, because tsx would take half of a child's short life. */
export function useChildren(): void {
  beforeAll(async () => {
    compiled = await mkdtemp(join(tmpdir(), 'postern-child-'));
    await symlink(join(ROOT, 'node_modules'), join(compiled, 'node_modules'), 'junction');
    await writeFile(join(compiled, 'package.json'), '{ "type": "module" }');
    const compilerOptions = { noEmit: false, noCheck: true, rootDir: ROOT, outDir: compiled };
    const config = {
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions,
      files: [join(ROOT, 'test/store/child.ts')],
    };
    await writeFile(join(compiled, 'tsconfig.json'), JSON.stringify({ ...config, include: [] }));
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    await promisify(execFile)(process.execPath, [tsc, '-p', compiled]);
  }, 60_000);
  afterAll(() => rm(compiled, { recursive: true }));
}

/** Runs a job of `child.ts`, after a shell command if one is given; killed after the test if it still runs. */
export function runChild(job: string, place: string, shell?: string): Running {
  const script = join(compiled, 'test/store/child.js');
  const command = [process.execPath, '--disable-warning=ExperimentalWarning', script, job, place];
  const [file = '', ...parameters] = shell ? ['sh', '-c', `${shell}; exec "$@"`, 'sh', ...command] : command;
  const child = spawn(file, parameters, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  cleanups.push(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    text += more;
  });
  // A line that death cut short was not said.
  const lines = () => text.split('\n').slice(0, -1);
  return {
    process: child,
    lines: ended.then(lines),
    said: async (count) => {
      while (lines().length < count && !child.stdout.readableEnded) {
        await Promise.race([once(child.stdout, 'data'), ended]);
      }
    },
  };
}

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});
