import { agree } from './agreement.js';
import { posternJudge } from './postern.js';

/** `npm run test:agreement [count] [first seed]`: prints the outcomes and every disagreement, and fails on one. */
const count = Number(process.argv[2] ?? 100_000);
const first = Number(process.argv[3] ?? 1_000_000);
const judge = posternJudge();
const totals: Record<string, number> = {};
let disagreements = 0;
for (let from = first; from < first + count; from += 10_000) {
  const { outcomes, disagreements: found } = await agree(judge, from, Math.min(10_000, first + count - from));
  for (const [reason, drawn] of Object.entries(outcomes)) totals[reason] = (totals[reason] ?? 0) + drawn;
  for (const each of found) process.stdout.write(`${JSON.stringify(each)}\n`);
  disagreements += found.length;
}
process.stdout.write(`${count} random cases: ${JSON.stringify(totals)}, ${disagreements} disagreements\n`);
process.exitCode = disagreements === 0 ? 0 : 1;
