import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EXIT } from './exit-codes.js';
import { Failure } from './failure.js';
import type { Terminal } from './terminal.js';

/**
 * Writes a file as a whole or not at all: what is there already stays until all of the new one is written.
 * @param path null: standard output
 * @param progress hears how many bytes are written
 * @throws Failure, and what the pieces throw
 */
export async function writeWhole(
  terminal: Terminal,
  path: string | null,
  pieces: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>,
  progress: (bytes: number) => void = () => {},
): Promise<void> {
  let bytes = 0;
  if (path === null) {
    for await (const piece of pieces) terminal.stdout.write(piece);
    return;
  }
  const draft = join(dirname(path), `.postern-${randomUUID()}`);
  const file = await open(draft, 'wx', 0o600).catch(refused(path));
  try {
    try {
      for await (const piece of pieces) {
        const text = typeof piece === 'string' ? Buffer.from(piece) : piece;
        await file.writeFile(text).catch(refused(path));
        bytes += text.length;
        progress(bytes);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path).catch(refused(path));
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

const refused =
  (path: string) =>
  (error: unknown): never => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure(EXIT.unusable, `\`${path}\` cannot be written: ${reason}`, [], [], { cause: error });
  };
