import { basename, dirname, join } from 'node:path';
import { createStream, type RotatingFileStream } from 'rotating-file-stream';
import type { Sink } from './line-buffer.js';

export interface RotatingFileOptions {
  readonly file: string;
  /** Bytes after which a new file is begun: what is written at once is never divided. */
  readonly size: number;
  /** How many old ones are kept beside it: `decisions.log.1` is the newest of them. */
  readonly kept: number;
}

/** A file that does not grow for ever. Only its owner can read it. @throws what opening it throws */
export async function rotatingFile(options: RotatingFileOptions): Promise<Sink> {
  let stream: RotatingFileStream | undefined = await open(options);
  return {
    async write(bytes) {
      // One that has failed is of no use any more.
      const open_ = stream === undefined || stream.destroyed ? await open(options) : stream;
      stream = open_;
      await new Promise<void>((resolve, reject) => {
        open_.write(bytes, (error) => (error ? reject(error) : resolve()));
      });
    },
    async end() {
      const last = stream;
      if (last === undefined || last.destroyed) return;
      await new Promise<void>((resolve) => last.end(resolve));
    },
  };
}

function open({ file, size, kept }: RotatingFileOptions): Promise<RotatingFileStream> {
  const name = basename(file);
  const numbered = (index: number | Date | null): string => (index === null ? name : `${name}.${index}`);
  return new Promise((resolve, reject) => {
    const stream = createStream(numbered, {
      path: join(dirname(file), '/'),
      size: `${size}B`,
      rotate: kept,
      mode: 0o600,
    });
    stream.once('open', () => resolve(stream));
    // Stays: whoever writes is told of a failure too, and without a listener it would end the process.
    stream.on('error', reject);
  });
}
