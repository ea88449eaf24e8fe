import { once } from 'node:events';
import pino from 'pino';
import { LineBuffer } from './service/line-buffer.js';

/** Bytes of log that may wait for a slow reader. */
const MOST = 16 * 1024 * 1024;
/** Milliseconds for which a process that ends at once waits for a reader that does not read. */
const LAST = 2000;

/**
 * The standard output, for lines: of the log, and of the decision log where it is wanted there, so that none ever stands
 * within another. Whoever reads it slowly does not hold up decisions.
 */
export function standardOutput(): LineBuffer {
  let patience = Number.POSITIVE_INFINITY;
  const isPatient = (): boolean => Date.now() < patience;
  // In this mode it takes bytes, of which its types do not know.
  const destination = pino.destination({
    dest: 1,
    sync: false,
    minLength: 1,
    contentMode: 'buffer',
    retryEAGAIN: isPatient,
  });
  const output = destination as typeof destination & { write(bytes: Buffer): boolean };
  const lines = new LineBuffer(
    {
      async write(bytes) {
        // Whoever reads may have gone: then this waits for ever, and nothing more is kept than always.
        const written = once(output, 'drain');
        output.write(bytes);
        await written;
      },
      async end() {},
    },
    { most: MOST, told: () => {} },
  );
  process.once('exit', () => {
    patience = Date.now() + LAST;
    try {
      const rest = lines.take();
      if (rest.length > 0) output.write(rest);
      output.flushSync();
    } catch {
      // Nobody reads any more, and there is nowhere to say so.
    }
  });
  return lines;
}
