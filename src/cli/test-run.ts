import type { DecisionAnswer, ExplanationAnswer } from '../service/pdp.js';
import { EXIT } from './exit-codes.js';
import { Failure } from './failure.js';
import type { Judge } from './judge.js';
import type { Expected, PolicyTest } from './policy-tests.js';
import { told } from './source.js';

/** What came of a test. An error is a test that could not be asked: it has not passed either. */
export type TestOutcome =
  | { readonly state: 'passed' }
  | { readonly state: 'failed'; readonly differences: readonly Difference[]; readonly answer: ExplanationAnswer }
  | { readonly state: 'error'; readonly lines: readonly string[] };

interface Difference {
  readonly what: keyof Expected;
  readonly expected: string;
  readonly actual: string;
}

export async function runTest({ body, expected, mounts }: PolicyTest, judge: Judge): Promise<TestOutcome> {
  try {
    const differences = differencesOf(expected, await judge.simulate(body));
    if (differences.length === 0) return { state: 'passed' };
    // Only of what went wrong does anybody want to know why.
    const answer = (await judge.simulate({ ...body, explain: true })) as ExplanationAnswer;
    return { state: 'failed', differences, answer };
  } catch (error) {
    // A server that is gone is no outcome of a test.
    if (!(error instanceof Failure) || error.exit !== EXIT.unusable) throw error;
    const issues = told(error.issues, [...mounts, ...error.mounts]);
    return { state: 'error', lines: [error.message, ...issues.map(({ where, detail }) => `${where} ${detail}`)] };
  }
}

function differencesOf(expected: Expected, answer: DecisionAnswer): Difference[] {
  const { decision, reason, layer, determining } = answer;
  const by = determining.flatMap(({ pointer, sid }) => (sid === null ? [pointer] : [pointer, sid]));
  const differences: Difference[] = [];
  const compare = (what: keyof Expected, actual: string, isSame: boolean): void => {
    const wanted = expected[what];
    if (wanted !== undefined && !isSame) differences.push({ what, expected: wanted, actual });
  };
  compare('decision', decision, decision === expected.decision);
  compare('reason', reason, reason === expected.reason);
  compare('layer', layer ?? 'none', layer === expected.layer);
  compare('statement', by.join(', ') || 'none', by.includes(expected.statement ?? ''));
  return differences;
}
