/** How long is measured. */
export interface Scale {
  /** Of each scenario at most so many questions. */
  readonly questions: number;
  readonly rounds: number;
  /** Milliseconds for each scenario, before any counts, and in each round. */
  readonly warmUp: number;
  readonly turn: number;
  /** Milliseconds that a fixed rate is kept up in each round. */
  readonly tail: number;
}

export const scales = {
  usual: { questions: Number.POSITIVE_INFINITY, rounds: 5, warmUp: 1500, turn: 1000, tail: 3000 },
  quick: { questions: 3000, rounds: 3, warmUp: 500, turn: 200, tail: 1000 },
} satisfies Record<string, Scale>;
