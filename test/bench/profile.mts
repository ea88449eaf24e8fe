/** `tsx test/bench/profile.mts FILE.cpuprofile [lines]`: where a process spent its time, by function and by place. */
import { readFileSync } from 'node:fs';
import { table } from './table.js';

interface Profile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: CallFrame }[];
  readonly samples: readonly number[];
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[];
}

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

const [file = '', lines = '40'] = process.argv.slice(2);
const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8')) as Profile;
const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
const place = ({ url }: CallFrame): string =>
  /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? (/(?:dist|src)\/(.+)/.exec(url)?.[1] || url || '(V8)');

/** Self time, by whatever is made of a frame; idle time is nobody's. */
function selfTimes(name: (frame: CallFrame) => string): readonly (readonly string[])[] {
  const times = new Map<string, number>();
  samples.forEach((id, at) => {
    const frame = frames.get(id)!;
    if (frame.functionName === '(idle)') return;
    times.set(name(frame), (times.get(name(frame)) ?? 0) + timeDeltas[at]!);
  });
  const total = [...times.values()].reduce((sum, time) => sum + time, 0);
  return [...times]
    .sort(([, left], [, right]) => right - left)
    .slice(0, Number(lines))
    .map(([what, time]) => [((100 * time) / total).toFixed(1), what]);
}

const byFunction = selfTimes(
  (frame) => `${frame.functionName || '(anonymous)'} ${place(frame)}:${frame.lineNumber + 1}`,
);
process.stdout.write(`${table(['%', 'function'], byFunction)}\n\n${table(['%', 'place'], selfTimes(place))}\n`);
