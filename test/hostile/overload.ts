import { decisionsOf, mustBe } from '../bench/http/answers.js';
import type { Answer, Connection } from '../bench/http/connection.js';
import { closedLoop } from '../bench/http/load.js';
import { MINIMAL, open, requestBytes } from '../bench/http/request.js';
import type { Question } from '../bench/http/workload.js';
import { percentile } from '../bench/median.js';
import { openLoop } from './open-loop.js';

interface Load {
  /** Decisions in one request. To refuse a request costs Node about as much as a single decision does. */
  readonly batch: number;
  readonly connections: number;
  /** Times the capacity. */
  readonly times: number;
  readonly milliseconds: number;
  /** For how long the capacity is measured, four times, and the load afterwards, five times. */
  readonly step: number;
}

/** Requests a second, and the milliseconds under which 99% of the answers to those that were accepted came. */
export interface Figures {
  readonly due: number;
  readonly accepted: number;
  readonly shed: number;
  readonly p99: number;
}

/** A server's capacity, what it does when more is asked, and each step after that, at half its capacity. */
interface Overload {
  readonly capacity: number;
  readonly during: Figures;
  readonly after: readonly Figures[];
}

/** @throws Error when a decision is wrong, or anything but a decision and a 503 is answered */
export async function overload(port: number, questions: readonly Question[], load: Load): Promise<Overload> {
  const asked = Array.from({ length: Math.floor(questions.length / load.batch) }, (_, at) =>
    questions.slice(at * load.batch, (at + 1) * load.batch),
  );
  const requests = asked.map((group) =>
    requestBytes('POST', '/v1/decisions/batch', { requests: group.map(({ body }) => body) }, MINIMAL),
  );
  // Every hundredth answer: to read them all would take the processor from sending.
  let answers = 0;
  const check = (answer: Answer, index: number): void => {
    if (answer.status !== 200) throw new Error(`answered with ${answer.status}: ${answer.body}`);
    if (answers++ % 100 !== 0) return;
    const group = asked[index]!;
    mustBe(
      group.map(({ expected }) => expected),
      decisionsOf(answer),
      group.map(({ body }) => body),
    );
  };
  const connections = await open(port, load.connections);
  const capacity = await capacityOf(connections.slice(0, 32), requests, load.step);
  const ask = async (rate: number, milliseconds: number): Promise<Figures> => {
    const { due, accepted, shed, latencies } = await openLoop(connections, requests, { rate, milliseconds }, check);
    return { due, accepted, shed, p99: percentile(latencies, 99) };
  };
  const during = await ask(load.times * capacity, load.milliseconds);
  const after: Figures[] = [];
  for (let step = 0; step < 5; step++) after.push(await ask(capacity / 2, load.step));
  for (const connection of connections) connection.close();
  return { capacity, during, after };
}

/** The most requests a second of those who wait for their answers, after a step to warm up. */
async function capacityOf(
  connections: readonly Connection[],
  requests: readonly Buffer[],
  step: number,
): Promise<number> {
  let at = 0;
  let answers = 0;
  const loop = async (milliseconds: number): Promise<number> => {
    answers = 0;
    const start = performance.now();
    const isOver = () => performance.now() - start > milliseconds;
    await closedLoop(
      connections,
      requests,
      () => (isOver() ? undefined : at++ % requests.length),
      () => answers++,
    );
    return (1000 * answers) / (performance.now() - start);
  };
  await loop(step);
  const rates = [await loop(step), await loop(step), await loop(step)];
  return Math.max(...rates);
}
