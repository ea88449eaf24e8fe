import { median } from './median.js';

/**
 * Microseconds of CPU that this process has used. Its helpers count too, so what is measured runs with
 * `--single-threaded`: else a compilation or a collection in the background would be laid to whoever is just at work.
 */
export function cpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/**
 * For what was left behind by preparations. Not between runs: a forced collection makes V8 forget what it knew of the
 * objects that a request is made of, and compile the same code again, which no server has to do.
 */
export function collectGarbage(): void {
  if (globalThis.gc === undefined) throw new Error('run node with --expose-gc');
  globalThis.gc();
}

/** How something is judged, of which only `judge` is timed. */
export interface Contender<Item> {
  /** Makes the item from its text, so that nothing in it has been seen before. */
  readonly fresh: (text: string) => Item;
  readonly judge: (item: Item) => number;
}

export interface Timed {
  /** Microseconds of CPU for each. */
  readonly time: number;
  readonly answers: Uint8Array;
}

/** @param before judged first and not timed: whoever was at work before has filled the caches with something else */
export function timed<Item>(
  { fresh, judge }: Contender<Item>,
  texts: readonly string[],
  before: readonly string[] = [],
): Timed {
  for (const item of before.slice(0, SLICE).map(fresh)) judge(item);
  const answers = new Uint8Array(texts.length);
  let spent = 0;
  for (let from = 0; from < texts.length; from += SLICE) {
    const items = texts.slice(from, from + SLICE).map(fresh);
    const start = cpu();
    for (let at = 0; at < items.length; at++) answers[from + at] = judge(items[at]!);
    spent += cpu() - start;
  }
  return { time: spent / texts.length, answers };
}

/** So many items are made at a time: few enough to be found where a server finds what it has just read, in the cache. */
const SLICE = 256;

/** Judges until V8 has compiled what it will compile. */
export function warmUp<Item>(contender: Contender<Item>, texts: readonly string[]): void {
  for (const until = cpu() + WARM; cpu() < until; ) timed(contender, texts);
}

const WARM = 400_000;

/** Figures of one thing, one from each round. */
export type Figures = readonly number[];

/** How many times as long the first takes as the second: in each round, for a round has one and the same weather. */
export const ratio = (first: Figures, second: Figures): number => median(first.map((time, at) => time / second[at]!));

/** What of a list belongs to a round; the part before the first round is for warming up. */
export const portion = <T>(list: readonly T[], round: number, size: number): readonly T[] =>
  list.slice((round + 1) * size, (round + 2) * size);
