import { setTimeout as pause } from 'node:timers/promises';
import { decisionsOf, mustBe } from '../bench/http/answers.js';
import type { Answer } from '../bench/http/connection.js';
import { ask, open, requestBytes } from '../bench/http/request.js';
import type { Question } from '../bench/http/workload.js';

/** Somebody who asks what is to be asked, one question after the other, while others misbehave. */
export class GoodClient {
  right = 0;
  /** Told to come again. */
  shed = 0;
  /** The first few answers that were wrong, and connections that broke. */
  readonly faults: string[] = [];
  #isOver = false;
  readonly #asking: Promise<void>;

  constructor(port: number, questions: readonly Question[], head: Readonly<Record<string, string>> = {}) {
    this.#asking = this.#ask(port, questions, head).catch((error: Error) => {
      this.faults.push(error.message);
    });
  }

  /** @returns when the last question is answered */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#asking;
  }

  async #ask(port: number, questions: readonly Question[], head: Readonly<Record<string, string>>): Promise<void> {
    const requests = questions.map(({ body }) => requestBytes('POST', '/v1/decisions', body, head));
    const [connection] = await open(port, 1);
    for (let at = 0; !this.#isOver; at = (at + 1) % requests.length) {
      await ask(connection!, requests[at]!, (answer) => this.#hear(answer, questions[at]!));
      await pause(1);
    }
    connection!.close();
  }

  #hear(answer: Answer, { expected, body }: Question): void {
    if (answer.status === 503) {
      this.shed++;
      return;
    }
    try {
      mustBe([expected], decisionsOf(answer), [body]);
      this.right++;
    } catch (error) {
      if (this.faults.length < 10) this.faults.push((error as Error).message);
    }
  }
}
