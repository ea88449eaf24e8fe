import type { Answer, Connection } from './connection.js';
import { closedLoop } from './load.js';
import { open } from './request.js';
import type { Peer, Scenario } from './scenarios.js';
import type { ServerProcess } from './servers.js';
import type { Writing } from './writing.js';

/** What one question cost. */
export interface Figures {
  /** Microseconds of the server's processor time. */
  readonly cpu: number;
  /** Questions a second. */
  readonly rate: number;
}

/** A scenario, ready to be measured at one of the servers that answer it. */
export class Runner {
  #at = 0;

  constructor(
    readonly scenario: Scenario,
    readonly of: 'postern' | Peer,
    readonly server: ServerProcess,
    readonly requests: readonly Buffer[],
    private readonly writing?: Writing,
  ) {}

  /** The next request: one comes again when all others have been sent. */
  next = (): number => {
    this.#at = (this.#at + 1) % this.requests.length;
    return this.#at;
  };

  /** Asks without a pause for so long. */
  measure(milliseconds: number): Promise<Figures> {
    const { server, requests, next, writing } = this;
    const { name, batch = 1 } = this.scenario;
    return withConnections(server.port, async (connections) => {
      await writing?.start();
      let answers = 0;
      const before = server.cpu();
      const start = performance.now();
      await closedLoop(
        connections,
        requests,
        () => (performance.now() - start < milliseconds ? next() : undefined),
        (answer: Answer) => {
          if (answer.status !== 200) throw new Error(`${name}: ${answer.status} ${answer.body}`);
          answers++;
        },
      );
      const questions = answers * batch;
      const cpu = (server.cpu() - before) / questions;
      const rate = (1000 * questions) / (performance.now() - start);
      await writing?.stop();
      return { cpu, rate };
    });
  }
}

/** wrk's usual number, and enough to keep one core busy. */
const CONNECTIONS = 16;

/** New ones each time: a server closes those that are idle for seconds. */
export async function withConnections<T>(
  port: number,
  use: (connections: readonly Connection[]) => Promise<T>,
  count = CONNECTIONS,
): Promise<T> {
  const connections = await open(port, count);
  const result = await use(connections);
  for (const connection of connections) connection.close();
  return result;
}
