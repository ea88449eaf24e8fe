import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { mustBeFresh } from './cli/binary.js';
import { noSmallDisk, SmallDisk } from './faults/small-disk.js';
import type { Told, Writing } from './standard-output-writer.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'postern-output-'));
const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(directory, { recursive: true });
});

/** A process whose standard output is an open file of this one, which is closed here. */
function run(output: number, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', output, 'pipe'],
  });
  started.push(child);
  closeSync(output);
  let err = '';
  child.stderr?.on('data', (chunk) => {
    err += chunk;
  });
  const exit = once(child, 'close').then(([code]) => code as number | null);
  return { child, exit, err: () => err };
}

async function writes(output: number, writing: Writing) {
  const { exit, err } = run(output, ['--import', 'tsx', 'test/standard-output-writer.ts', JSON.stringify(writing)]);
  return { code: await exit, ...(JSON.parse(err().split('\n')[0] ?? '') as Told) };
}

let made = 0;

/** A pipe, which holds 64 KiB. */
function pipe() {
  const path = join(directory, `pipe-${made++}`);
  execFileSync('mkfifo', [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return { reader, writer: openSync(path, constants.O_WRONLY) };
}

/** Reads to the end, little at a time. */
async function readSlowly(reader: number): Promise<string> {
  const bytes = Buffer.alloc(20_000);
  let text = '';
  for (;;) {
    await pause(2);
    try {
      const read = readSync(reader, bytes);
      if (read === 0) return text;
      text += bytes.toString('latin1', 0, read);
    } catch (error) {
      expect(error).toMatchObject({ code: 'EAGAIN' });
    }
  }
}

/** The ids of lines, each of which has to be whole. */
const idsOf = (text: string): number[] => {
  expect(text.at(-1)).toBe('\n');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).id);
};

/** Undefined where a line is not whole. */
function idIn(line: string): number | undefined {
  try {
    return JSON.parse(line).id;
  } catch {
    return undefined;
  }
}

const allBut = ({ added, refused }: Told): number[] => {
  const missing = new Set(refused);
  return Array.from({ length: added }, (_, id) => id).filter((id) => !missing.has(id));
};

describe('the standard output', { timeout: 60_000 }, () => {
  const big = { rounds: 20, lines: 200, size: 1000 };

  it.each(['end', 'exit', 'throw'] as const)('as a file has every line once (%s)', async (ending) => {
    const file = join(directory, `file-${ending}`);
    const told = await writes(openSync(file, 'w'), { ...big, ending });
    expect(told).toMatchObject({ code: ending === 'throw' ? 1 : 0, added: 4000, refused: [] });
    expect(idsOf(readFileSync(file, 'utf8')).sort((a, b) => a - b)).toEqual(allBut(told));
  });

  const readFromPipe = async (ending: 'end' | 'exit') => {
    const { reader, writer } = pipe();
    const [told, text] = await Promise.all([writes(writer, { ...big, ending }), readSlowly(reader)]);
    closeSync(reader);
    expect(told).toMatchObject({ code: 0, added: 4000, refused: [] });
    return text;
  };

  it('as a pipe that is read slowly has every line once, in order', async () => {
    expect(idsOf(await readFromPipe('end'))).toEqual(Array.from({ length: 4000 }, (_, id) => id));
  });

  it('as a pipe that is read slowly has them in order also where the process ends at once, but for the rest of one write', async () => {
    const lines = (await readFromPipe('exit')).split('\n').map(idIn);
    // Behind the last line there is nothing, and a write that had begun may have taken a part of itself, which nobody knows.
    expect(lines.filter((id) => id === undefined).length).toBeLessThanOrEqual(2);
    const ids = lines.filter((id) => id !== undefined);
    const gaps = ids.map((id, at) => id - (ids[at - 1] ?? -1) - 1);
    expect([gaps.filter((gap) => gap < 0), gaps.filter((gap) => gap > 0).length < 2, ids.at(-1)]).toEqual([
      [],
      true,
      3999,
    ]);
  });

  it.each(['end', 'exit'] as const)('as a pipe that nobody reads does not keep the process (%s)', async (ending) => {
    const { reader, writer } = pipe();
    const told = await writes(writer, { ...big, ending });
    closeSync(reader);
    expect(told.code).toBe(0);
    // The pipe holds 64 lines of 1000 bytes about.
    if (ending === 'end') expect(told.unwritten).toBeGreaterThan(3900);
  });

  it('as a pipe that nobody reads does not keep a process that nothing else makes a stream of it for', async () => {
    // As what runs TypeScript does, and a logger without a destination.
    mustBeFresh();
    const { reader, writer } = pipe();
    const script = `
      import { standardOutput } from './dist/standard-output.js';
      const output = standardOutput();
      for (let n = 0; n < 4000; n++) output.add('x'.repeat(99) + '\\n');
      setTimeout(() => process.exit(0), 300);
    `;
    const { exit } = run(writer, ['--input-type=module', '--eval', script]);
    expect(await Promise.race([exit, pause(10_000, 'not ended')])).toBe(0);
    closeSync(reader);
  });

  it.each(['end', 'exit'] as const)('as a pipe whose reader has gone does not end the process (%s)', async (ending) => {
    const { reader, writer } = pipe();
    closeSync(reader);
    const told = await writes(writer, { ...big, ending });
    expect(told).toMatchObject({ code: 0, added: 4000, ...(ending === 'end' && { unwritten: 4000 }) });
  });

  it('that fails takes no more memory than it may, however long that lasts', async () => {
    const told = await writes(openSync('/dev/full', 'w'), { rounds: 500, lines: 200, size: 1000, ending: 'end' });
    expect(told.code).toBe(0);
    expect(told.added - told.refused.length).toBe(told.unwritten);
    expect(told.refused.length).toBeGreaterThan(50_000);
    expect(told.memory).toBeLessThan(64 * 1024 * 1024);
  });

  it.skipIf(noSmallDisk)('as a file on a disk that fills has no line twice, and none in part', async () => {
    const disk = new SmallDisk(8);
    try {
      const file = join(disk.directory, 'out.log');
      const writing = writes(openSync(file, 'a'), { rounds: 300, lines: 10, size: 1000, ending: 'end' });
      await vi.waitFor(() => expect(readFileSync(file).length).toBeGreaterThan(50_000), { timeout: 20_000 });
      await disk.fill();
      await pause(1500);
      await disk.empty();
      const told = await writing;
      expect([told.code, told.unwritten]).toEqual([0, 0]);
      expect(idsOf(readFileSync(file, 'utf8'))).toEqual(allBut(told));
    } finally {
      disk.remove();
    }
  });

  it.each([
    ['fails', () => openSync('/dev/full', 'w')],
    ['is a pipe that nobody reads', () => pipe().writer],
  ])('that %s does not keep a server from answering, and from ending', async (_, open) => {
    mustBeFresh();
    const port = await freePort();
    const { child, exit, err } = run(open(), ['dist/main.js'], {
      POSTERN_PORT: String(port),
      POSTERN_DATA_DIR: join(directory, `data-${made++}`),
    });
    const ready = async () => expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
    await vi.waitFor(ready, { timeout: 30_000 });
    // Each is a line of 200 bytes: more than a pipe holds.
    for (let n = 0; n < 1000; n++) await (await fetch(`http://127.0.0.1:${port}/v1/apis`)).text();
    await pause(1500);
    await ready();
    const from = performance.now();
    child.kill('SIGTERM');
    expect([await exit, err()]).toEqual([0, '']);
    expect(performance.now() - from).toBeLessThan(10_000);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
