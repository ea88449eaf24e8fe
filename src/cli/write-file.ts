import { randomUUID } from 'node:crypto';
import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EXIT } from './exit-codes.js';
import { Failure } from './failure.js';
import type { Terminal } from './terminal.js';

type Pieces = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;

/**
 * Writes a file as a whole or not at all: what is there already stays until all of the new one is written.
 * @param path of the file; `-` or null: standard output
 * @param options.progress hears how many bytes are written
 * @param options.mode who may read and write it at most; one that is there keeps its own below that
 * @throws Failure, and what the pieces throw
 */
export async function writeWhole(
  terminal: Terminal,
  path: string | null,
  pieces: Pieces,
  { progress = () => {}, mode = 0o666 }: { readonly progress?: (bytes: number) => void; readonly mode?: number } = {},
): Promise<void> {
  if (path === null || path === '-') {
    for await (const piece of pieces) terminal.stdout.write(piece);
    return;
  }
  // The file itself where the path is a link to it.
  const target = await realpath(path).catch(() => path);
  const before = await stat(target).catch(() => null);
  // In place of a device (/dev/stdout) or a pipe must not stand a file afterwards.
  if (before !== null && !before.isFile())
    return writeInto(await open(target, 'w').catch(refused(path)), path, pieces, progress);
  const draft = join(dirname(target), `.postern-${randomUUID()}`);
  try {
    await writeInto(
      await open(draft, 'wx', before === null ? mode : before.mode & mode).catch(refused(path)),
      path,
      pieces,
      progress,
    );
    await rename(draft, target).catch(refused(path));
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

async function writeInto(
  file: FileHandle,
  path: string,
  pieces: Pieces,
  progress: (bytes: number) => void,
): Promise<void> {
  let bytes = 0;
  try {
    for await (const piece of pieces) {
      const content = typeof piece === 'string' ? Buffer.from(piece) : piece;
      await file.writeFile(content).catch(refused(path));
      bytes += content.length;
      progress(bytes);
    }
    if ((await file.stat()).isFile()) await file.sync();
  } finally {
    await file.close();
  }
}

const refused =
  (path: string) =>
  (error: unknown): never => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure(EXIT.unusable, `\`${path}\` cannot be written: ${reason}`, [], [], { cause: error });
  };
