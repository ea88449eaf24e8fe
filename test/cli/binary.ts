import { spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const BINARY = join(ROOT, 'dist', 'cli.js');

/** How a process has ended, and what it has written. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface Running {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdin?: string;
}

/** Runs the command line as its users do: what is built, as a process. */
export function postern(args: readonly string[], { env = {}, cwd = ROOT, stdin = '' }: Running = {}): Promise<Ended> {
  mustBeFresh();
  return ended(process.execPath, [BINARY, ...args], { env, cwd, stdin });
}

export function ended(
  file: string,
  args: readonly string[],
  { env = {}, cwd = ROOT, stdin = '' }: Running,
): Promise<Ended> {
  const child = spawn(file, args, { cwd, env: { ...cleanEnvironment(), ...env } });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  // A command that has failed already reads no more.
  child.stdin.on('error', () => {}).end(stdin);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
}

/** Without what the machine that runs the tests has set. */
export const cleanEnvironment = (): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:POSTERN_|NO_COLOR$|FORCE_COLOR$)/.test(name)),
  );

export interface Server {
  readonly address: string;
  stop(): Promise<number | null>;
}

/** `postern serve` on a port and a store of its own. */
export async function serve(env: Readonly<Record<string, string>> = {}): Promise<Server> {
  mustBeFresh();
  const directory = await mkdtemp(join(tmpdir(), 'postern-cli-'));
  const settings = { POSTERN_PORT: '0', POSTERN_DATA_DIR: directory, POSTERN_LOG_LEVEL: 'silent', ...env };
  const child = spawn(process.execPath, [BINARY, 'serve'], { env: { ...cleanEnvironment(), ...settings } });
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
  let written = '';
  const address = await new Promise<string>((resolve, reject) => {
    const look = (text: string): void => {
      written += text;
      const [found] = /http:\/\/\S+?:\d+/.exec(written) ?? [];
      if (found !== undefined) resolve(found);
    };
    child.stdout.setEncoding('utf8').on('data', look);
    child.stderr.setEncoding('utf8').on('data', look);
    exit.then((code) => reject(new Error(`ended with ${code}: ${written}`)));
  });
  return {
    address,
    async stop() {
      child.kill('SIGTERM');
      const code = await exit;
      await rm(directory, { recursive: true, force: true });
      return code;
    },
  };
}

/**
 * Puts a `postern` and the examples into a directory, for commands that are run there as documents show them.
 * @returns the environment in which a shell finds it
 */
export async function installPostern(directory: string): Promise<{ readonly PATH: string }> {
  mustBeFresh();
  await symlink(join(ROOT, 'examples'), join(directory, 'examples'));
  await mkdir(join(directory, 'bin'));
  const shim = join(directory, 'bin', 'postern');
  await writeFile(shim, `#!/bin/sh\nexec "${process.execPath}" "${BINARY}" "$@"\n`, { mode: 0o755 });
  return { PATH: `${join(directory, 'bin')}:${process.env.PATH}` };
}

/** A test of yesterday's build would prove nothing. */
export function mustBeFresh(): void {
  const newest = (directory: string): number =>
    readdirSync(directory, { withFileTypes: true }).reduce((latest, entry) => {
      const path = join(directory, entry.name);
      return Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
    }, 0);
  const built = statSync(BINARY, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (newest(join(ROOT, 'src')) > built) throw new Error('dist is older than src: npm run build');
}
