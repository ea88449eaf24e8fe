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
tell({ added, refused, unwritten, memory });
if (ending === 'throw') throw new Error('as wanted');
process.exit(0);

/** At once, so that a process that ends at once does so with lines on their way. */
function tell(told: Told): void {
  let rest = Buffer.from(`${JSON.stringify(told)}\n`);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(2, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}
