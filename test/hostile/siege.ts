import type { Answer } from '../bench/http/connection.js';
import { ask, open } from '../bench/http/request.js';
import { Random } from '../oracle/generator/random.js';
import { attacks } from './attacks.js';
import { garbage, throwAt } from './garbage.js';

/** What came back, and what should not have. */
interface Siege {
  readonly requests: number;
  readonly statuses: ReadonlyMap<number, number>;
  /** Answers that a server gives for a fault of its own, and requests without an answer. */
  readonly faults: readonly string[];
}

const choices = Object.entries(attacks).map(([name, [weight, make]]) => [weight, { name, make }] as const);
const pieces = Object.entries(garbage).map(([name, piece]) => ({ name, ...piece }));
/** Milliseconds that somebody who sends garbage waits for an answer. */
const PATIENCE = 300;
/** Of so many requests one is garbage, on a connection of its own. */
const ONE_IN = 20;

/** Sends so many requests, of all kinds, on so many connections at a time. */
export async function besiege(port: number, count: number, connections: number, seed: number): Promise<Siege> {
  const statuses = new Map<number, number>();
  const faults: string[] = [];
  let requests = 0;
  const hear = (name: string, status: number): void => {
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    const isFault = !(status >= 200 && status < 500) && status !== 503;
    if (isFault && faults.length < 20) faults.push(`${name}: ${status}`);
  };
  const attacker = async (number: number): Promise<void> => {
    const random = new Random(seed + number);
    let [connection] = await open(port, 1);
    while (requests < count) {
      const at = requests++;
      if (random.below(ONE_IN) === 0) {
        const { name, text, requests: more } = random.pick(pieces);
        requests += more - 1;
        for (const status of await throwAt(port, text(random), random.below(PATIENCE))) hear(name, status);
        continue;
      }
      const { name, make } = random.weighted(choices);
      try {
        const closes = await ask(connection!, make(random, at), (answer: Answer) => {
          hear(name, answer.status);
          return /\r\nconnection: close\r\n/i.test(answer.head);
        });
        if (!closes) continue;
      } catch (error) {
        if (faults.length < 20) faults.push(`${name}: ${(error as Error).message}`);
      }
      connection!.close();
      [connection] = await open(port, 1);
    }
    connection!.close();
  };
  await Promise.all(Array.from({ length: connections }, (_, number) => attacker(number)));
  return { requests, statuses, faults };
}
