import { type FileHandle, mkdir, open, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Sink } from './line-buffer.js';

interface RotatingFileOptions {
  readonly file: string;
  /** Bytes after which a new file is begun: what is written at once is never divided. */
  readonly size: number;
  /** How many old ones are kept beside it: `decisions.log.1` is the newest of them. */
  readonly kept: number;
}

/** A file that does not grow for ever. Only its owner can read it. @throws what opening it throws */
export async function rotatingFile(options: RotatingFileOptions): Promise<Sink> {
  const file = new RotatingFile(options);
  await file.open();
  return file;
}

const LINE_FEED = 0x0a;

/**
 * Not rotating-file-stream, nor another stream: when a disk fills, a write takes a part of what it is given, and whoever
 * is not told how much tears a line, and doubles others when it tries again.
 */
class RotatingFile implements Sink {
  /** Absent after a failure: what failed may be another file by now, or none. */
  #handle: FileHandle | undefined;
  /** What tells that file from another of its name. */
  #inode = 0;
  #size = 0;
  /** Whether a line of ours is written in part: its rest comes next. */
  #isWithin = false;
  /** Whether a line is torn that a process wrote that is no more: nothing is to stand behind it. */
  #isTorn = false;

  constructor(private readonly options: RotatingFileOptions) {}

  async write(bytes: Buffer): Promise<number> {
    try {
      if (!this.#isWithin) {
        await this.#follow();
        if (this.#size >= this.options.size) await this.#rotate();
      }
      const file = this.#handle ?? (await this.open());
      if (this.#isTorn) await this.#append(file, Buffer.of(LINE_FEED));
      return await this.#append(file, bytes);
    } catch (error) {
      await this.end().catch(() => {});
      throw error;
    }
  }

  async end(): Promise<void> {
    const file = this.#handle;
    this.#handle = undefined;
    await file?.close();
  }

  async open(): Promise<FileHandle> {
    const path = this.options.file;
    const found = await stat(path).catch(orAbsent);
    if (found === undefined) await mkdir(dirname(path), { recursive: true });
    // To open a pipe would wait for whoever reads it.
    else if (!found.isFile()) throw new Error(`${path} is not a file`);
    const file = await open(path, 'a+', 0o600);
    this.#handle = file;
    const { size, ino } = await file.stat();
    this.#size = size;
    this.#inode = ino;
    this.#isTorn = this.#size > 0 && !this.#isWithin && !(await this.#endsLine(file));
    return file;
  }

  /** Whoever moves, removes or empties the file, as logrotate does, gets a new one: in the old one nobody looks for lines. */
  async #follow(): Promise<void> {
    if (this.#handle === undefined) return;
    const named = await stat(this.options.file).catch(orAbsent);
    if (named?.ino === this.#inode) this.#size = named.size;
    else {
      await this.end();
      await this.open();
    }
  }

  async #append(file: FileHandle, bytes: Buffer): Promise<number> {
    const { bytesWritten } = await file.write(bytes);
    if (bytesWritten > 0) {
      this.#size += bytesWritten;
      this.#isWithin = bytes[bytesWritten - 1] !== LINE_FEED;
      this.#isTorn = false;
    }
    return bytesWritten;
  }

  async #endsLine(file: FileHandle): Promise<boolean> {
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, this.#size - 1);
    return buffer[0] === LINE_FEED;
  }

  /** Each old file takes the next number, up to the first that is free: after a failure it goes on where that was. */
  async #rotate(): Promise<void> {
    const { file, kept } = this.options;
    const numbered = (index: number): string => (index === 0 ? file : `${file}.${index}`);
    const exists = async (index: number) => (await stat(numbered(index)).catch(orAbsent)) !== undefined;
    await this.end();
    // Somebody may have taken it away.
    if (await exists(0)) {
      let free = 1;
      while (free < kept && (await exists(free))) free++;
      for (let index = free; index > 0; index--) await rename(numbered(index - 1), numbered(index));
    }
    this.#size = 0;
  }
}

function orAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
