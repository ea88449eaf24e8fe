import { setTimeout as sleep } from 'node:timers/promises';
import { endpoint } from '../contract/postern.js';
import type { Replica } from '../store/replica.js';
import { decide } from './two-replicas.js';

/** Milliseconds between an answer and the next question. */
const PAUSE = 3;

/** Decisions asked for, one after the other, of each replica, and one write after the other, by turns through each. */
export class Traffic {
  /** How long each decision took, in milliseconds. */
  readonly waits: number[] = [];
  /** Decisions that were none, wrong, or of an older revision than the one before of the same replica. */
  readonly wrong: unknown[] = [];
  /** Ids of the endpoints whose write was acknowledged. */
  readonly written: string[] = [];
  /** Of the last of them. */
  revision = 0;
  /** How long each refusal of a write took, in milliseconds. */
  readonly refusals: number[] = [];
  /** Answers to a write that neither acknowledge nor refuse it as they should. */
  readonly strange: unknown[] = [];
  #stopped = false;
  #writes = true;
  readonly #running: Promise<unknown>;

  constructor(
    private readonly replicas: readonly Replica[],
    private readonly name: string,
  ) {
    this.#running = Promise.all([...replicas.map((replica) => this.#ask(replica)), this.#write()]);
  }

  /** From now on nothing new is written. A replica that writes also learns what the others have written. */
  stopWriting(): void {
    this.#writes = false;
  }

  async stop(): Promise<void> {
    this.#writes = false;
    this.#stopped = true;
    await this.#running;
  }

  async #ask(replica: Replica): Promise<void> {
    for (let last = 0; !this.#stopped; await sleep(PAUSE)) {
      const from = performance.now();
      const { status, body } = await decide(replica);
      this.waits.push(performance.now() - from);
      if (status !== 200 || body.decision !== 'Allow' || body.revision < last) this.wrong.push({ status, body, last });
      last = body.revision ?? last;
    }
  }

  async #write(): Promise<void> {
    for (let n = 0; this.#writes; n++, await sleep(PAUSE)) {
      const id = `${this.name}-${n}`;
      const from = performance.now();
      const { status, body, headers } = await this.replicas[n % 2]!.ask('PUT', `/v1/endpoints/${id}`, endpoint());
      if (status === 201 || status === 200) {
        this.written.push(id);
        this.revision = Number(headers.get('postern-revision'));
      } else if (status === 503 && body.code === 'store-unavailable' && headers.get('retry-after') === '1') {
        this.refusals.push(performance.now() - from);
      } else this.strange.push({ status, body });
    }
  }
}
