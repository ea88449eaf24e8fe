import type { Answer, Connection } from '../bench/http/connection.js';

/** What became of the requests of one interval. */
export interface Outcome {
  /** Requests that were due. */
  readonly due: number;
  readonly accepted: number;
  readonly shed: number;
  /** Milliseconds from due to answered, of those that were accepted. */
  readonly latencies: Float64Array;
}

/**
 * Sends at a fixed rate, whether answers come or not, as callers do who know nothing of each other, and counts what is
 * answered with 200 and with 503. Time counts from when a request was due, also where it had to wait for a connection.
 * @param check throws when an accepted answer is wrong
 * @throws Error for any other answer, a connection that breaks, or a request without an answer
 */
export function openLoop(
  connections: readonly Connection[],
  requests: readonly Buffer[],
  { rate, milliseconds }: { readonly rate: number; readonly milliseconds: number },
  check: (answer: Answer, index: number) => void,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const all = Math.round((rate * milliseconds) / 1000);
    const latencies = new Float64Array(all);
    const idle = [...connections];
    const start = performance.now();
    let [sent, accepted, shed] = [0, 0, 0];
    const send = (connection: Connection, due: number): void => {
      const index = sent++ % requests.length;
      const answered = (answer: Answer): void => {
        try {
          if (answer.status === 503) shed++;
          else {
            check(answer, index);
            latencies[accepted++] = performance.now() - due;
          }
          idle.push(connection);
        } catch (error) {
          reject(error);
        }
      };
      connection.send(requests[index]!, answered, reject);
    };
    // Not a timer: its millisecond is longer than most answers take.
    const turn = (): void => {
      const now = performance.now();
      while (sent < all && idle.length > 0) {
        const due = start + (1000 * sent) / rate;
        if (due > now) break;
        send(idle.pop()!, due);
      }
      if (accepted + shed === all) resolve({ due: all, accepted, shed, latencies: latencies.subarray(0, accepted) });
      else if (now - start > 2 * milliseconds + 10_000) reject(new Error(`${all - accepted - shed} were not answered`));
      else setImmediate(turn);
    };
    turn();
  });
}
