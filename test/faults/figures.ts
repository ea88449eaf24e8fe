import { expect, inject, type TestContext } from 'vitest';
import { holds, type Row } from '../bench/report.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** `full`: `npm run test:faults`; `quick`: the short version in `npm test`. */
    readonly scale: 'full' | 'quick';
  }
  interface TaskMeta {
    figures?: Row[];
  }
}

const isFull = inject('scale') === 'full';

/** What `npm run test:faults` takes, and what the short version does. */
export const scaled = <T>(full: T, quick: T): T => (isFull ? full : quick);

/** Puts a figure into the table of `npm run test:faults`, and fails the test if the figure does not hold. */
export function shows({ task }: TestContext, row: Row): void {
  task.meta.figures = [...(task.meta.figures ?? []), row];
  expect.soft(holds(row) ?? true, `${row.quantity}: ${row.figure} ${row.unit}, ${JSON.stringify(row.goal)}`).toBe(true);
}

/** What must never happen, and how often it was looked for. The first few that did are told. */
export function showsNone(context: TestContext, quantity: string, wrong: readonly unknown[], lookedAt: number): void {
  expect.soft(wrong.slice(0, 3)).toEqual([]);
  shows(context, { quantity, figure: wrong.length, unit: '', goal: { most: 0 }, detail: `of ${lookedAt}` });
}

/** The value below which that share of all is. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
