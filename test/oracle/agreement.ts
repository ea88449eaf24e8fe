/** Holds another judge against the oracle, over cases drawn from a range of seeds. */
import { variations } from './agreement-variations.js';
import { generate } from './generate.js';
import { Random } from './generator/random.js';
import { judge } from './oracle.js';
import type { Judgement, SimulationBody } from './types.js';

interface Disagreement {
  /** From which the documents were drawn. */
  seed: number;
  body: SimulationBody;
  expected: Judgement;
  actual: Judgement;
}

interface Agreement {
  /** How often each reason was the oracle's. */
  outcomes: Record<string, number>;
  /** The first of them. */
  disagreements: Disagreement[];
}

const enough = 20;

/**
 * @param judgeOther gives the judgement of the one that is held against the oracle
 * @param variationsOf how many more requests are made of the documents of each seed; all cases come shuffled then, so
 *   that documents come back after others have been judged
 */
export async function agree(
  judgeOther: (body: SimulationBody) => Promise<Judgement>,
  from: number,
  count: number,
  variationsOf = 0,
): Promise<Agreement> {
  const outcomes: Record<string, number> = {};
  const disagreements: Disagreement[] = [];
  for (const { seed, body } of cases(from, count, variationsOf)) {
    const expected = judge(body);
    outcomes[expected.reason] = (outcomes[expected.reason] ?? 0) + 1;
    if (disagreements.length >= enough) continue;
    const actual = await judgeOther(body);
    const same = (['decision', 'reason', 'layer'] as const).every((member) => actual[member] === expected[member]);
    if (!same) disagreements.push({ seed, body, expected, actual });
  }
  return { outcomes, disagreements };
}

interface Case {
  readonly seed: number;
  readonly body: SimulationBody;
}

function cases(from: number, seeds: number, variationsOf: number): readonly Case[] {
  const drawn: Case[] = [];
  for (let seed = from; seed < from + seeds; seed++) {
    const body = generate(seed);
    for (const each of [body, ...variations(body, seed, variationsOf)]) drawn.push({ seed, body: frozen(each) });
  }
  return variationsOf === 0 ? drawn : new Random(from).shuffled(drawn);
}

/** Neither judge can change what the other sees. Bodies share documents, which are frozen once. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const member of Object.values(value)) frozen(member);
  return value;
}
