import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/**
 * Metrics of what is counted elsewhere in plain numbers, read when somebody looks: those of prom-client look their labels
 * up each time, which costs as much as a decision.
 */
export interface Described {
  readonly name: string;
  readonly help: string;
}

export type Labels = Readonly<Record<string, string>>;

/** The present numbers, each with its labels. */
export type Current<T = number> = () => Iterable<readonly [labels: Labels, value: T]>;

/** @param labelNames empty for a number that stands alone */
export function counter(
  registry: Registry,
  { name, help }: Described,
  labelNames: readonly string[],
  current: Current,
): void {
  new Counter({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    collect() {
      this.reset();
      for (const [labels, value] of current()) this.inc(labels, value);
    },
  });
}

export function gauge(registry: Registry, { name, help }: Described, current: () => number, labels: Labels = {}): void {
  new Gauge({
    name,
    help,
    labelNames: Object.keys(labels),
    registers: [registry],
    collect() {
      this.set(labels, current());
    },
  });
}

/** Seconds. The fastest answers take a ten-thousandth, and a long poll up to a minute. */
const BOUNDS: readonly number[] = [
  ...[0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
];

/** How often something took how long. */
export class Durations {
  readonly counts = new Array<number>(BOUNDS.length + 1).fill(0);
  sum = 0;

  observe(seconds: number): void {
    let at = 0;
    while (at < BOUNDS.length && seconds > BOUNDS[at]!) at++;
    this.counts[at]!++;
    this.sum += seconds;
  }
}

/** A histogram of durations: it is asked by `getForPromString`, which is what a registry makes its text of. */
export class DurationsHistogram extends Histogram {
  readonly #described: Described;

  constructor(
    registry: Registry,
    described: Described,
    labelNames: readonly string[],
    private readonly current: Current<Durations>,
  ) {
    super({ ...described, labelNames: [...labelNames], buckets: [...BOUNDS], registers: [registry] });
    this.#described = described;
  }

  async getForPromString(): Promise<object> {
    const { name, help } = this.#described;
    const values = [...this.current()].flatMap(([labels, { counts, sum }]) => {
      let count = 0;
      const buckets = counts.map((each, at) => {
        count += each;
        return { metricName: `${name}_bucket`, labels: { ...labels, le: BOUNDS[at] ?? '+Inf' }, value: count };
      });
      const sums = { metricName: `${name}_sum`, labels, value: sum };
      return [...buckets, sums, { metricName: `${name}_count`, labels, value: count }];
    });
    return { name, help, type: 'histogram', aggregator: 'sum', values };
  }
}
