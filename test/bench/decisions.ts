import { naive, outcomeOf, type Policies, postern, posternReading } from './contenders.js';
import { type Contender, collectGarbage, type Figures, portion, ratio, type Timed, timed, warmUp } from './measure.js';
import { median } from './median.js';
import { type Row, rounded } from './report.js';
import type { Scale } from './scale.js';
import { type DecisionScenario, decisions, growth, type OutcomeScenario, outcomes } from './scenarios.js';
import { generate } from './workload.mjs';

/** One decision: an endpoint policy and a resource policy, both always asked, beside the naive baseline. */
export function measureDecisions(scale: Scale): Row[] {
  const measured = sideBySide(
    scale,
    decisions.map((scenario) => fieldOf(scenario, scale)),
  );
  return [
    ...measured.flatMap((figures, at): Row[] => {
      const { statements, goal } = decisions[at]!;
      return [
        { quantity: `one decision, S = ${statements}`, ...againstNaive(figures, 'postern'), goal },
        { quantity: '  and reading principal, ARN and context', ...againstNaive(figures, 'reading') },
      ];
    }),
    {
      quantity: `growth from S = ${decisions[0]!.statements} to ${decisions.at(-1)!.statements}`,
      figure: ratio(measured.at(-1)!.postern, measured[0]!.postern),
      unit: 'x',
      goal: growth,
    },
  ];
}

/** Decisions that all end alike. */
export function measureOutcomes(scale: Scale): Row[] {
  const measured = sideBySide(
    scale,
    outcomes.map((scenario) => fieldOfOutcome(scenario, scale)),
  );
  return measured.map((figures, at) => ({
    quantity: `${outcomes[at]!.outcome}, S = ${outcomes[at]!.statements}`,
    ...againstNaive(figures, 'postern'),
  }));
}

function againstNaive(figures: Measured, one: 'postern' | 'reading'): Pick<Row, 'figure' | 'unit' | 'detail'> {
  const µs = (times: Figures): string => `${rounded(median(times))} µs`;
  return {
    figure: ratio(figures.naive, figures[one]),
    unit: 'x',
    detail: `${µs(figures[one])}, naive ${µs(figures.naive)}`,
  };
}

/** Policies, and the texts of requests, none of which is asked twice. */
interface Field {
  readonly policies: Policies;
  readonly texts: readonly string[];
  /** How many texts belong to a round. */
  readonly size: number;
}

const SEED = 20_261_123;

function fieldOf({ statements, requests }: DecisionScenario, { rounds, share }: Scale): Field {
  const size = Math.ceil(requests * share);
  const { requests: drawn, ...policies } = generate(statements, SEED + statements, (rounds + 1) * size);
  return { policies, texts: drawn.map((request) => JSON.stringify(request)), size };
}

/** Draws requests until there are enough that end as they should. */
function fieldOfOutcome({ outcome, statements, requests }: OutcomeScenario, { rounds, share }: Scale): Field {
  const size = Math.ceil(requests * share);
  const enough = (rounds + 1) * size;
  for (let count = 3 * enough; ; count *= 2) {
    const { requests: drawn, ...policies } = generate(statements, SEED, count);
    const { fresh, judge } = naive(policies);
    const texts = drawn
      .map((request) => JSON.stringify(request))
      .filter((text) => outcomeOf(judge(fresh(text))) === outcome);
    if (texts.length >= enough) return { policies, texts, size };
  }
}

type Measured = Readonly<Record<'naive' | 'postern' | 'reading', Figures>>;

/** Rounds in which each field is judged by the baseline, by Postern, and by Postern with the reading, in turns. */
function sideBySide({ rounds }: Scale, fields: readonly Field[]): Measured[] {
  const measured = fields.map(({ policies, texts, size }) => ({
    texts,
    size,
    naive: contest(naive(policies), portion(texts, -1, size)),
    postern: contest(postern(policies), portion(texts, -1, size)),
    reading: contest(posternReading(policies), portion(texts, -1, size)),
  }));
  collectGarbage();
  for (const { naive, postern, reading } of measured) for (const { warm } of [naive, postern, reading]) warm();
  for (let round = 0; round < rounds; round++) {
    for (const { texts, size, naive, postern, reading } of measured) {
      const own = portion(texts, round, size);
      const expected = naive.run(own);
      for (const { run } of [postern, reading]) agree(own, expected, run(own));
    }
  }
  return measured.map(({ naive, postern, reading }) => ({
    naive: naive.figures,
    postern: postern.figures,
    reading: reading.figures,
  }));
}

interface Contest {
  readonly figures: Figures;
  warm(): void;
  /** One round. */
  run(texts: readonly string[]): Timed['answers'];
}

/** @param before requests that are not counted */
function contest<Item>(contender: Contender<Item>, before: readonly string[]): Contest {
  const figures: number[] = [];
  return {
    figures,
    warm: () => warmUp(contender, before),
    run: (texts) => {
      const { time, answers } = timed(contender, texts, before);
      figures.push(time);
      return answers;
    },
  };
}

/** @throws where Postern and the baseline differ about a policy: then no figure counts */
function agree(texts: readonly string[], expected: Uint8Array, actual: Uint8Array): void {
  const at = expected.findIndex((answer, at) => answer !== actual[at]);
  if (at >= 0) throw new Error(`${texts[at]}: ${actual[at]}, not ${expected[at]}`);
}
