import type { Goal } from './scenarios.js';
import { table } from './table.js';

/** One figure, what it has to be, and what it was worked out from. */
export interface Row {
  readonly quantity: string;
  readonly figure: number;
  readonly unit: Unit;
  readonly goal?: Goal;
  readonly detail?: string;
}

/** `x`: how many times; without a unit: a number of things. In benchmarks, times are of CPU, but for a stall. */
type Unit = 'x' | 'µs' | 'ms' | 's' | 'KiB' | 'MiB' | '';

export const holds = ({ figure, goal }: Row): boolean | undefined => {
  if (goal === undefined) return undefined;
  return 'least' in goal ? figure >= goal.least : figure <= goal.most;
};

export const printed = (rows: readonly Row[]): string =>
  table(
    ['', 'figure', 'goal', 'holds', ''],
    rows.map((row) => [row.quantity, figure(row), goal(row), verdict(row), row.detail ?? '']),
  );

const figure = ({ figure, unit }: Row): string => `${unit === '' ? figure : rounded(figure)} ${unit}`;

function goal({ goal, unit }: Row): string {
  if (goal === undefined) return '';
  return 'least' in goal ? `≥ ${goal.least} ${unit}` : `≤ ${goal.most} ${unit}`;
}

function verdict(row: Row): string {
  const held = holds(row);
  if (held === undefined) return '';
  return held ? 'yes' : 'NO';
}

/** Three digits say more than is true of most. */
export const rounded = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value.toPrecision(value >= 1 ? 3 : 2);
