import { setImmediate } from 'node:timers/promises';

/** About a millisecond of judging policies. */
const PER_TURN = 50;

/** The items with their places. The event loop turns in between, so that decisions need not wait for a large import. */
export async function* inTurns<T>(items: readonly T[]): AsyncGenerator<readonly [item: T, index: number]> {
  for (const [index, item] of items.entries()) {
    if (index > 0 && index % PER_TURN === 0) await setImmediate();
    yield [item, index];
  }
}
