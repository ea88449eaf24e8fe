import { setImmediate } from 'node:timers/promises';

// Few sizes, so that few statements are prepared: every size is another text. Above 64 rows nothing more is gained.
const SIZES = [64, 8, 1];

/**
 * Does `work` for all items, many at a time, and lets the event loop turn in between: a driver that is synchronous
 * would otherwise hold up every decision while a large import is written.
 */
export async function inBatches<T>(items: Iterable<T>, work: (batch: readonly T[]) => Promise<unknown>): Promise<void> {
  const all = [...items];
  let start = 0;
  for (const size of SIZES) {
    while (all.length - start >= size) {
      if (start > 0) await setImmediate();
      await work(all.slice(start, start + size));
      start += size;
    }
  }
}

/** About a millisecond of what is done in memory for one row. */
const PER_TURN = 500;

/** Does `work` for each item in order; the event loop turns in between. */
export async function inTurns<T>(items: readonly T[], work: (item: T, index: number) => void): Promise<void> {
  for (const [index, item] of items.entries()) {
    if (index > 0 && index % PER_TURN === 0) await setImmediate();
    work(item, index);
  }
}
