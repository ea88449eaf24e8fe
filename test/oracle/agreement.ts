/** Holds another judge against the oracle, over a range of seeds. */
import { generate } from './generate.js';
import { judge } from './oracle.js';
import type { Judgement, SimulationBody } from './types.js';

export interface Disagreement {
  seed: number;
  body: SimulationBody;
  expected: Judgement;
  actual: Judgement;
}

export interface Agreement {
  /** How often each reason was the oracle's. */
  outcomes: Record<string, number>;
  /** The first of them. */
  disagreements: Disagreement[];
}

const enough = 20;

/** @param judgeOther gives the judgement of the one that is held against the oracle */
export async function agree(
  judgeOther: (body: SimulationBody) => Promise<Judgement>,
  from: number,
  count: number,
): Promise<Agreement> {
  const outcomes: Record<string, number> = {};
  const disagreements: Disagreement[] = [];
  for (let seed = from; seed < from + count; seed++) {
    const body = generate(seed);
    const expected = judge(body);
    outcomes[expected.reason] = (outcomes[expected.reason] ?? 0) + 1;
    if (disagreements.length >= enough) continue;
    // A copy, so that neither judge can change what the other sees.
    const actual = await judgeOther(structuredClone(body));
    const same = (['decision', 'reason', 'layer'] as const).every((member) => actual[member] === expected[member]);
    if (!same) disagreements.push({ seed, body, expected, actual });
  }
  return { outcomes, disagreements };
}
