/** A process that writes lines to its standard output, and ends; what became of them it tells on the other output. */
import { writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { standardOutput } from '../src/standard-output.js';

export interface Writing {
  /** So often, every 10 ms. */
  readonly rounds: number;
  /** Lines of a round, and bytes of a line about. */
  readonly lines: number;
  readonly size: number;
  /** `exit` and `throw`: at once, while lines are on their way. */
  readonly ending: 'end' | 'exit' | 'throw';
}

export interface Told {
  readonly added: number;
  /** The lines that there was no room for. */
  readonly refused: readonly number[];
  /** What `end` says. */
  readonly unwritten?: number;
  /** Bytes of all buffers, at the most. */
  readonly memory: number;
}

const { rounds, lines, size, ending } = JSON.parse(process.argv[2] ?? '') as Writing;
const output = standardOutput();
const refused: number[] = [];
let [added, memory] = [0, 0];
for (let round = 0; round < rounds; round++) {
  if (round > 0) await pause(10);
  for (let n = 0; n < lines; n++, added++) {
    const line = JSON.stringify({ id: added, filler: 'x'.repeat(size + (added % 50)), again: added });
    if (!output.add(`${line}\n`)) refused.push(added);
  }
  memory = Math.max(memory, process.memoryUsage().arrayBuffers);
}
const unwritten = ending === 'end' ? await output.end() : undefined;
writeSync(2, `${JSON.stringify({ added, refused, unwritten, memory } satisfies Told)}\n`);
if (ending === 'throw') throw new Error('as wanted');
process.exit(0);
