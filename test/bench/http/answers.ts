import type { Answer } from './connection.js';
import type { Expected } from './workload.js';

interface Decided extends Expected {
  readonly revision: number;
}

/** The decisions of an answer: those of a batch, or the one. */
export function decisionsOf(answer: Answer): Decided[] {
  const { status, body } = answer;
  if (status !== 200) throw new Error(`answered with ${status}: ${body}`);
  const { decisions, revision, ...decision } = JSON.parse(body) as Decided & { readonly decisions?: Expected[] };
  return (decisions ?? [decision]).map((each) => ({ ...each, revision }));
}

/**
 * @param asked what was asked, for the message
 * @throws Error when an answer is not what it has to be
 */
export function mustBe(expected: readonly Expected[], decided: readonly Expected[], asked: readonly object[]): void {
  expected.forEach((each, at) => {
    const found = verdict(decided[at]);
    if (found !== verdict(each)) throw new Error(`${found}, not ${verdict(each)}: ${JSON.stringify(asked[at])}`);
  });
}

const verdict = (answer: Expected | undefined): string =>
  answer === undefined ? 'no answer' : `${answer.decision} ${answer.reason} ${answer.layer}`;
