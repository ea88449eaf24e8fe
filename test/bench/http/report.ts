import { machine } from '../machine.js';
import { table } from '../table.js';
import { pinned } from './servers.js';

/** One line of the result. */
export interface Row {
  readonly name: string;
  /** What was measured, by what it is and in which unit. */
  readonly figures: Readonly<Record<string, number>>;
  /** The figure that must not be above this; a row without a goal only tells. */
  readonly goal?: { readonly figure: string; readonly most: number } | undefined;
}

export interface Report {
  readonly rounds: number;
  /** Processor time of the server, for one question. */
  readonly costs: readonly Row[];
  /** How long callers wait. */
  readonly waits: readonly Row[];
}

const holds = ({ figures, goal }: Row): boolean | undefined => goal && figures[goal.figure]! <= goal.most;

export function asJson({ rounds, costs, waits }: Report): string {
  const rows = (list: readonly Row[]) => list.map((row) => ({ ...row, holds: holds(row) }));
  return JSON.stringify({ machine, pinned, rounds, costs: rows(costs), waits: rows(waits) }, null, 2);
}

export function asText({ rounds, costs, waits }: Report): string {
  const { processor, cores, memory, system, node } = machine;
  const where = pinned ? 'server and load each on a core of its own' : 'NOT pinned to cores of their own';
  return [
    `${processor}, ${cores} cores, ${memory}, ${system}, Node ${node}; ${where}; medians of ${rounds} alternating rounds`,
    asTable('what a question costs', costs),
    ...(waits.length === 0 ? [] : [asTable('how long callers wait', waits)]),
  ].join('\n\n');
}

function asTable(title: string, rows: readonly Row[]): string {
  const figures = [...new Set(rows.flatMap((row) => Object.keys(row.figures)))];
  return table(
    [title, ...figures, 'goal', 'holds'],
    rows.map((row) => [
      row.name,
      ...figures.map((figure) => threeDigits(row.figures[figure])),
      row.goal === undefined ? '' : `${row.goal.figure} at most ${row.goal.most}`,
      { true: 'yes', false: 'NO', undefined: '' }[`${holds(row)}`],
    ]),
  );
}

/** More could not be repeated. */
function threeDigits(value: number | undefined): string {
  if (value === undefined) return '';
  if (!Number.isFinite(value)) return 'never';
  const digits = 2 - Math.floor(Math.log10(Math.max(Math.abs(value), 0.01)));
  return value.toLocaleString('en', {
    minimumFractionDigits: Math.max(0, digits),
    maximumFractionDigits: Math.max(0, digits),
  });
}
