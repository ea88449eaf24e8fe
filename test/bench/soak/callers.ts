import { decisionsOf, mustBe } from '../http/answers.js';
import type { Answer } from '../http/connection.js';
import { closedLoop } from '../http/load.js';
import { MINIMAL, open, requestBytes } from '../http/request.js';
import { bodyOf } from '../http/workload.js';
import type { WorkloadRequest } from '../workload.mjs';
import type { History } from './history.js';
import { expectedIn } from './states.js';

/** Callers of one kind, each with a connection of its own. */
interface Role {
  readonly callers: number;
  readonly requests: readonly Buffer[];
  /**
   * @param since the revision that was the newest one when the request was sent
   * @throws Error when the answer is wrong
   */
  readonly check: (answer: Answer, index: number, since: number) => void;
}

/** Everybody who asks, and what was wrong with the answers. */
export class Callers {
  answers = 0;
  wrong = 0;
  /** The first few. */
  readonly faults: string[] = [];
  readonly #roles: readonly Role[];

  constructor(
    private readonly port: number,
    private readonly history: History,
    requests: readonly WorkloadRequest[],
  ) {
    this.#roles = rolesOf(history, requests);
  }

  /** @param milliseconds how long they ask, each without a pause */
  async ask(milliseconds: number): Promise<void> {
    const end = performance.now() + milliseconds;
    const all = this.#roles.flatMap((role) => Array.from({ length: role.callers }, () => this.#call(role, end)));
    await Promise.all(all);
  }

  async #call({ requests, check }: Role, end: number): Promise<void> {
    const connections = await open(this.port, 1);
    let since = 0;
    const next = (): number | undefined => {
      since = this.history.acknowledged;
      return performance.now() < end ? Math.floor(Math.random() * requests.length) : undefined;
    };
    await closedLoop(connections, requests, next, (answer, index) => {
      this.answers++;
      try {
        check(answer, index, since);
      } catch (error) {
        this.wrong++;
        if (this.faults.length < 10) this.faults.push((error as Error).message);
      }
    });
    for (const connection of connections) connection.close();
  }
}

const BATCH = 50;

function rolesOf(history: History, requests: readonly WorkloadRequest[]): readonly Role[] {
  const decided =
    (batches: readonly (readonly WorkloadRequest[])[]) => (answer: Answer, index: number, since: number) => {
      const decisions = decisionsOf(answer);
      const asked = batches[index]!;
      const state = history.at(decisions[0]!.revision, since);
      const expected = asked.map((request) => expectedIn(state, request));
      mustBe(expected, decisions, asked.map(bodyOf));
    };
  const single = requests.map((request) => [request]);
  const batches = Array.from({ length: Math.floor(requests.length / BATCH) }, (_, at) =>
    requests.slice(at * BATCH, (at + 1) * BATCH),
  );
  const post = (path: string, body: unknown, head = {}) => requestBytes('POST', path, body, head);
  return [
    {
      callers: 10,
      requests: requests.map((request) => post('/v1/decisions', bodyOf(request), MINIMAL)),
      check: decided(single),
    },
    { callers: 3, requests: requests.map((request) => post('/v1/decisions', bodyOf(request))), check: decided(single) },
    {
      callers: 1,
      requests: batches.map((batch) => post('/v1/decisions/batch', { requests: batch.map(bodyOf) })),
      check: decided(batches),
    },
    {
      callers: 1,
      requests: requests.map((request) => post('/v1/decisions/explain', bodyOf(request))),
      check: decided(single),
    },
    {
      callers: 1,
      requests: requests.map((request) => post('/v1/decisions', { ...bodyOf(request), principal: 'nobody' })),
      check: ({ status, body }) => {
        if (status !== 400) throw new Error(`answered a malformed request with ${status}: ${body}`);
      },
    },
  ];
}
