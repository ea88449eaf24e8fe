import { median } from '../median.js';
import type { Row } from './report.js';
import type { Runner } from './runner.js';
import type { Scale } from './scale.js';
import { stall, tail } from './scenarios.js';
import { measureStalls } from './stalls.js';
import { type Latencies, measureTail } from './tail.js';
import type { Contents } from './workload.js';
import { Writing } from './writing.js';

/**
 * How late answers are at half of what the bare server can do: its own, ours, and ours while policies are written. And
 * what they cost at one rate for both: asked without a pause, the faster server never finds whoever asks asleep, and the
 * system charges it nothing for waking him.
 * @param topRate answers a second
 */
export async function tailRows(
  { bare, postern }: { readonly bare: Runner; readonly postern: Runner },
  contents: Contents,
  topRate: number,
  { rounds, tail: milliseconds }: Scale,
): Promise<Row[]> {
  const load = { rate: topRate / 2, milliseconds };
  const writing = new Writing(contents.document, postern.server.port);
  const seen: Latencies[][] = [[], [], []];
  for (let round = 0; round < rounds; round++) {
    seen[0]!.push(await measureTail(bare, load));
    seen[1]!.push(await measureTail(postern, load));
    seen[2]!.push(await measureTail(postern, load, writing));
  }
  const title = `${tail.scenario} at ${Math.round(load.rate).toLocaleString('en')} a second`;
  return [`${title}: bare node:http`, title, `${title}, a policy written every second`].map((name, at) => {
    const all = seen[at]!;
    return {
      name,
      figures: {
        'p50 ms': median(all.map(({ p50 }) => p50)),
        'p99 ms': median(all.map(({ p99 }) => p99)),
        'p99.9 ms': median(all.map(({ p999 }) => p999)),
        'p99 x bare': median(all.map(({ p99 }, round) => p99 / seen[0]![round]!.p99)),
        'µs CPU': median(all.map(({ cpu }) => cpu)),
        'CPU x bare': median(all.map(({ cpu }, round) => cpu / seen[0]![round]!.cpu)),
      },
      goal: at === 0 ? undefined : { figure: 'p99 x bare', most: tail.most },
    };
  });
}

/** How long others wait for the largest policies; of all kinds of those, the worst. */
export async function stallRows(rounds: number): Promise<Row[]> {
  const stalls = await measureStalls(rounds);
  return (['written', 'compiled'] as const).map((job) => {
    const worst = stalls.reduce((left, right) => (right[job].median > left[job].median ? right : left));
    return {
      name: `while the largest policies are ${job} (${worst.name})`,
      figures: { 'stall ms': worst[job].median, 'longest ms': Math.max(...stalls.map((each) => each[job].longest)) },
      goal: { figure: 'stall ms', most: stall.most },
    };
  });
}
