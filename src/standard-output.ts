import { write, writeSync } from 'node:fs';
import { LineBuffer, type Sink } from './service/line-buffer.js';

const STDOUT = 1;
/** Bytes of log that may wait for a slow reader. */
const MOST = 16 * 1024 * 1024;
/** Milliseconds for which a process that ends at once waits for a reader that does not read, and between two attempts. */
const LAST = 2000;
const AGAIN = 10;
/** Milliseconds for which it lets a write come to its end that has begun. */
const BEGUN = 50;

/**
 * The standard output, for lines: of the log, and of the decision log where it is wanted there, so that none ever stands
 * within another. Whoever reads it slowly does not hold up decisions, and whoever has gone does not end the process.
 *
 * When the process ends, what waits is written, at most 2 s long. A write that Node's threads have begun then is not
 * repeated: they bring it to its end before the process is gone, so nothing is lost or doubled in a file. A pipe that is
 * nearly full may take a part of it, and then the rest of that one write is lost, for nobody can know. Whoever ended
 * the lines before (`LineBuffer.end`), as on SIGTERM, has no such write.
 */
export function standardOutput(): LineBuffer {
  // Node makes a pipe non-blocking when it makes a stream of it. A write that blocks would keep the process from ending:
  // before it is gone, it waits for the thread that writes.
  void process.stdout;
  const lines = new LineBuffer(sink, { most: MOST, told: () => {} });
  process.once('exit', () => {
    if (lines.isHanded) sleep(BEGUN);
    writeLast(lines.take());
  });
  return lines;
}

// Not a stream, of Node or of pino: after a failure neither says how much is written.
const sink: Sink = {
  write: (bytes) =>
    new Promise((resolve, reject) => {
      write(STDOUT, bytes, (error, written) => {
        if (error === null) resolve(written);
        else if (isBusy(error)) resolve(0);
        else reject(error);
      });
    }),
  async end() {},
};

function writeLast(bytes: Buffer): void {
  const until = Date.now() + LAST;
  let rest = bytes;
  while (rest.length > 0 && Date.now() < until) {
    try {
      rest = rest.subarray(writeSync(STDOUT, rest));
    } catch (error) {
      // Where it fails otherwise nobody reads any more, or there is no room, and there is nowhere to say so.
      if (!isBusy(error)) return;
      sleep(AGAIN);
    }
  }
}

const isBusy = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EAGAIN';

function sleep(time: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, time);
}
