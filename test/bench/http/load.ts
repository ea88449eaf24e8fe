import type { Answer, Connection } from './connection.js';

/**
 * Keeps every connection busy: a closed loop, in which the next request is sent when the last one is answered.
 * @param next the index of the request to send; undefined when there are no more
 */
export async function closedLoop(
  connections: readonly Connection[],
  requests: readonly Buffer[],
  next: () => number | undefined,
  answered: (answer: Answer, index: number) => void,
): Promise<void> {
  let isOver = false;
  // A client that sleeps is woken by the server's write, which takes a quick server less often than a slow one.
  const stayAwake = (): void => {
    if (!isOver) setImmediate(stayAwake);
  };
  stayAwake();
  await Promise.all(
    connections.map(
      (connection) =>
        new Promise<void>((resolve, reject) => {
          const send = (): void => {
            const index = next();
            if (index === undefined) resolve();
            else connection.send(requests[index]!, (answer) => receive(answer, index), reject);
          };
          const receive = (answer: Answer, index: number): void => {
            try {
              answered(answer, index);
              send();
            } catch (error) {
              reject(error);
            }
          };
          send();
        }),
    ),
  );
  isOver = true;
}

/** Every request once. */
export function onceEach(
  connections: readonly Connection[],
  requests: readonly Buffer[],
  answered: (answer: Answer, index: number) => void,
): Promise<void> {
  let at = 0;
  return closedLoop(connections, requests, () => (at < requests.length ? at++ : undefined), answered);
}

/**
 * Sends at a fixed rate, whether answers come or not, as callers do who know nothing of each other. What waits for a free
 * connection waits for the server, so time counts from when a request was due: a stall is felt by all that were due
 * during it, not only by those on their way ("coordinated omission").
 * @param rate requests a second
 * @param next the index of the request to send
 * @returns milliseconds from due to answered; infinite for what was not answered in half as long again
 */
export function openLoop(
  connections: readonly Connection[],
  requests: readonly Buffer[],
  { rate, milliseconds }: { readonly rate: number; readonly milliseconds: number },
  next: () => number,
): Promise<Float64Array> {
  return new Promise((resolve, reject) => {
    const latencies = new Float64Array(Math.round((rate * milliseconds) / 1000)).fill(Number.POSITIVE_INFINITY);
    const idle = [...connections];
    const start = performance.now();
    const end = start + 1.5 * milliseconds;
    let sent = 0;
    let received = 0;
    const send = (connection: Connection, due: number): void => {
      const at = sent++;
      const answered = (answer: Answer): void => {
        if (answer.status !== 200) reject(new Error(`answered with ${answer.status}: ${answer.body}`));
        latencies[at] = performance.now() - due;
        received++;
        idle.push(connection);
      };
      connection.send(requests[next()]!, answered, reject);
    };
    // Not a timer: its millisecond is longer than most answers take.
    const turn = (): void => {
      const now = performance.now();
      while (sent < latencies.length && idle.length > 0 && now <= end) {
        const due = start + (1000 * sent) / rate;
        if (due > now) break;
        send(idle.pop()!, due);
      }
      if (received === latencies.length || (now > end && idle.length === connections.length)) resolve(latencies);
      else if (now > end) setTimeout(turn, 1);
      else setImmediate(turn);
    };
    turn();
  });
}
