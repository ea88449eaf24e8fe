/** How much is measured. */
export interface Scale {
  /** Times that contenders take turns; a figure is the median of so many. */
  readonly rounds: number;
  /** How many of a scenario's requests are timed. */
  readonly share: number;
  /** How many stored pairs at most. */
  readonly mostPairs: number;
}

export const scales: Readonly<Record<'full' | 'quick', Scale>> = {
  full: { rounds: 7, share: 1, mostPairs: Number.POSITIVE_INFINITY },
  quick: { rounds: 5, share: 0.25, mostPairs: 1000 },
};
