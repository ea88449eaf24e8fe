import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LineBuffer } from '../../src/service/line-buffer.js';
import { rotatingFile } from '../../src/service/rotating-file.js';
import { noSmallDisk, SmallDisk } from '../faults/small-disk.js';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'postern-log-'));
  file = join(directory, 'decisions.log');
});
afterEach(() => rmSync(directory, { recursive: true }));

const line = (n: number): string => `${JSON.stringify({ n, filler: 'x'.repeat(100 + (n % 50)), again: n })}\n`;
const bytes = (from: number, to: number): Buffer =>
  Buffer.from(Array.from({ length: to - from }, (_, n) => line(from + n)).join(''));
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n);

/** The numbers of the lines of a file, each of which has to be whole. */
function numbersOf(path: string): number[] {
  const text = readFileSync(path, 'utf8');
  if (text === '') return [];
  expect(text.at(-1)).toBe('\n');
  return text
    .trimEnd()
    .split('\n')
    .map((each) => JSON.parse(each).n);
}

describe('a rotating file', () => {
  it('is divided between lines, keeps so many old files, and is for its owner only', async () => {
    file = join(directory, 'below', 'decisions.log');
    const lines = new LineBuffer(await rotatingFile({ file, size: 1024, kept: 2 }), { most: 100_000, told: () => {} });
    for (let n = 0; n < 40; n++) {
      lines.add(line(n));
      if (n % 10 === 9) await pause(150);
    }
    expect(await lines.end()).toBe(0);
    expect(readdirSync(join(directory, 'below')).sort()).toEqual([
      ...['decisions.log', 'decisions.log.1', 'decisions.log.2'],
    ]);
    expect([file, `${file}.1`, `${file}.2`].map(numbersOf)).toEqual([range(30, 40), range(20, 30), range(10, 20)]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['moved', () => renameSync(file, `${file}.old`), range(2, 4)],
    ['removed', () => rmSync(file), range(2, 4)],
    ['emptied', () => truncateSync(file), range(2, 4)],
    ['left alone', () => {}, range(0, 4)],
  ] as const)('that somebody has %s is where its name says', async (_what, change, expected) => {
    const sink = await rotatingFile({ file, size: 100_000, kept: 2 });
    await sink.write(bytes(0, 2));
    change();
    await sink.write(bytes(2, 3));
    await sink.write(bytes(3, 4));
    await sink.end();
    expect(numbersOf(file)).toEqual(expected);
    if (_what === 'moved') expect(numbersOf(`${file}.old`)).toEqual(range(0, 2));
  });

  it('goes on with the file that there is, and with a new one where that is full', async () => {
    for (const [from, to] of [
      [0, 5],
      [5, 10],
      [10, 12],
    ] as const) {
      const sink = await rotatingFile({ file, size: 1024, kept: 2 });
      await sink.write(bytes(from, to));
      await sink.end();
    }
    expect([file, `${file}.1`].map(numbersOf)).toEqual([range(10, 12), range(0, 10)]);
  });

  it('writes nothing behind a line that another process has left torn', async () => {
    writeFileSync(file, `${line(0)}{"n":1,"fil`);
    const sink = await rotatingFile({ file, size: 1e6, kept: 2 });
    await sink.write(bytes(2, 4));
    await sink.write(bytes(4, 5));
    await sink.end();
    expect(readFileSync(file, 'utf8')).toBe(`${line(0)}{"n":1,"fil\n${bytes(2, 5)}`);
  });

  it('that cannot be opened says so', async () => {
    const at = (path: string) => rotatingFile({ file: path, size: 1024, kept: 1 });
    await expect(at('/dev/null/decisions.log')).rejects.toThrow('ENOTDIR');
    await expect(at('/dev/null')).rejects.toThrow('/dev/null is not a file');
    await expect(at(directory)).rejects.toThrow('is not a file');
  });

  it('that cannot be rotated says so, has written nothing then, and goes on where that failed', async () => {
    const sink = await rotatingFile({ file, size: 1000, kept: 3 });
    await sink.write(bytes(0, 10));
    await sink.write(bytes(10, 20));
    // A directory cannot be replaced by a file.
    mkdirSync(join(`${file}.3`, 'within'), { recursive: true });
    mkdirSync(join(`${file}.2`));
    await expect(sink.write(bytes(20, 30))).rejects.toThrow();
    await expect(sink.write(bytes(20, 30))).rejects.toThrow();
    rmSync(`${file}.2`, { recursive: true });
    rmSync(`${file}.3`, { recursive: true });
    expect(await sink.write(bytes(20, 30))).toBe(bytes(20, 30).length);
    await sink.end();
    expect([file, `${file}.1`, `${file}.2`].map(numbersOf)).toEqual([range(20, 30), range(10, 20), range(0, 10)]);
    expect(readdirSync(directory).length).toBe(3);
  });

  it('that somebody has taken away is begun anew', async () => {
    const sink = await rotatingFile({ file, size: 1000, kept: 3 });
    await sink.write(bytes(0, 10));
    renameSync(file, join(directory, 'taken'));
    await sink.write(bytes(10, 20));
    await sink.end();
    expect([file, join(directory, 'taken')].map(numbersOf)).toEqual([range(10, 20), range(0, 10)]);
  });

  it.skipIf(noSmallDisk).each([1e9, 30_000])(
    'on a disk that fills has every line once and whole, or it is counted (%d bytes each)',
    async (size) => {
      const disk = new SmallDisk(4);
      try {
        file = join(disk.directory, 'decisions.log');
        const told: (string | null)[] = [];
        const lines = new LineBuffer(await rotatingFile({ file, size, kept: 40 }), {
          most: 50_000,
          told: (failure) => told.push(failure === null ? null : String(failure)),
        });
        const kept: number[] = [];
        let n = 0;
        const write = async (time: number) => {
          for (const until = performance.now() + time; performance.now() < until; await pause(10))
            for (let of = 0; of < 20; of++, n++) if (lines.add(line(n))) kept.push(n);
        };
        await write(400);
        await disk.fill();
        await write(1500);
        expect(told).toEqual([expect.stringContaining('ENOSPC')]);
        await disk.empty();
        await write(1500);
        expect([told.length, told[1]]).toEqual([2, null]);
        expect(await lines.end()).toBe(0);
        const files = () => readdirSync(disk.directory).map((name) => join(disk.directory, name));
        expect(
          files()
            .flatMap(numbersOf)
            .sort((a, b) => a - b),
        ).toEqual(kept);
        expect(kept.length).toBeLessThan(n);

        // And what the end of a process finds no room for.
        const ending = new LineBuffer(await rotatingFile({ file, size, kept: 40 }), { most: 1e6, told: () => {} });
        await disk.fill();
        for (let of = 0; of < 1000; of++, n++) if (ending.add(line(n))) kept.push(n);
        const unwritten = await ending.end();
        expect(unwritten).toBeGreaterThan(900);
        await disk.empty();
        const whole = files().reduce((sum, path) => sum + readFileSync(path, 'utf8').split('\n').length - 1, 0);
        expect(whole + unwritten).toBe(kept.length);
      } finally {
        disk.remove();
      }
    },
  );
});
