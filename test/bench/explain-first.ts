import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { largest } from '../decision/largest.js';
import { median } from './median.js';
import { type Row, rounded } from './report.js';
import type { Scale } from './scale.js';
import { explanation } from './scenarios.js';

/** The first explanation of a process, of the largest policies and with remedies: V8 has compiled none of it yet. */
export function measureFirst({ rounds }: Scale): Row[] {
  return Object.entries(largest).flatMap(([name, body]) =>
    [false, true].map((stored): Row => {
      const figures = (warm: boolean): number[] =>
        Array.from({ length: rounds }, () => firstIn({ body, stored, warm }));
      return {
        quantity: `first explanation after a start, ${stored ? 'stored' : 'inline'}: ${name}`,
        figure: median(figures(true)),
        unit: 'ms',
        goal: explanation,
        detail: `${rounded(median(figures(false)))} ms without the warm-up`,
      };
    }),
  );
}

/** In a process of its own; milliseconds of CPU. */
function firstIn(question: object): number {
  const program = fileURLToPath(new URL('explain-first.mjs', import.meta.url));
  return Number(execFileSync(process.execPath, [program], { input: JSON.stringify(question), encoding: 'utf8' }));
}
