import { fileURLToPath } from 'node:url';
import { CompiledPolicies } from './engine.js';
import { cpu } from './measure.js';

/**
 * Milliseconds that a turn of the event loop took at most while a policy was fetched and compiled, as for the first
 * decision that it judges: time that passed, or CPU if that is less, since what else the machine does is no stall of ours.
 * @param text a document that was accepted
 */
export async function stallWhileCompiling(text: string): Promise<number> {
  const compiled = new CompiledPolicies(async () => text, 2 ** 30);
  let [longest, isDone] = [0, false];
  let [passed, used] = [performance.now(), cpu()];
  const turns = new Promise<void>((resolve) => {
    const turn = (): void => {
      const since = [passed, used] as const;
      [passed, used] = [performance.now(), cpu()];
      longest = Math.max(longest, Math.min(passed - since[0], (used - since[1]) / 1000));
      if (isDone) resolve();
      else setImmediate(turn);
    };
    setImmediate(turn);
  });
  await compiled.get('sha256:of the text');
  isDone = true;
  await turns;
  return longest;
}

/** As a program: one policy from standard input, the first that this process compiles. */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  process.stdout.write(`${await stallWhileCompiling(Buffer.concat(chunks).toString())}\n`);
}
