import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { PolicyDocument } from '../../src/policy/document.js';
import { largest } from '../decision/largest.js';
import { hostileConditions } from './hostile-conditions.js';
import { hostilePatterns } from './hostile-patterns.js';
import { median } from './median.js';
import type { Row } from './report.js';
import type { Scale } from './scale.js';
import { stall } from './scenarios.js';
import { stallWhileCompiling } from './stall.js';

/**
 * Milliseconds that nothing else was done while a largest legal policy was compiled. Those that take longest are shown,
 * and then compiled in a process that has compiled nothing before.
 */
export async function measureStalls({ rounds }: Scale): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [name, document] of Object.entries(endpointPolicies)) {
    const times: number[] = [];
    for (let round = -WARM; round < rounds; round++) times.push(await stallWhileCompiling(JSON.stringify(document)));
    rows.push({ quantity: name, figure: median(times.slice(WARM)), unit: 'ms', goal: stall });
  }
  return rows
    .sort((a, b) => b.figure - a.figure)
    .slice(0, SHOWN)
    .flatMap((row) => {
      const times = Array.from({ length: rounds }, () => stallAlone(endpointPolicies[row.quantity]!));
      return [row, { ...row, quantity: `${row.quantity}, as the first policy`, figure: median(times) }];
    });
}

const WARM = 10;
const SHOWN = 6;

const endpointPolicies: Readonly<Record<string, object>> = {
  ...Object.fromEntries(Object.entries(largest).map(([name, { endpointPolicy }]) => [name, endpointPolicy])),
  ...Object.fromEntries(
    [...hostilePatterns, ...hostileConditions]
      .filter(({ kind }) => kind === 'endpoint')
      .map(({ name, document }): [string, PolicyDocument] => [name, document]),
  ),
};

/** In a process of its own. */
function stallAlone(document: object): number {
  const program = fileURLToPath(new URL('stall.ts', import.meta.url));
  const input = JSON.stringify(document);
  return Number(execFileSync(process.execPath, ['--import', 'tsx', program], { input, encoding: 'utf8' }));
}
