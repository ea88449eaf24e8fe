import { setTimeout } from 'node:timers/promises';
import { openClient } from './postgres-pool.js';
import type { Watcher } from './store.js';

export const CHANNEL = 'postern_revision';

/** In milliseconds: how long an answer may take, and how long nothing is asked. */
const ANSWER_TIMEOUT = 4_000;
const SILENCE = 10_000;
const [FIRST_RETRY, LAST_RETRY] = [100, 2_000];

/**
 * Hears of new revisions over a connection of its own, for as long as it takes. What is said while the connection is
 * down is never heard: so the watcher is told whenever one has been made.
 */
export class PostgresListener {
  readonly #end = new AbortController();
  readonly #running: Promise<void>;

  /** @param url not of a pooler of transactions, which would hand the connection to others */
  constructor(
    private readonly url: string,
    private readonly watcher: Watcher,
  ) {
    this.#running = this.#run();
  }

  async close(): Promise<void> {
    this.#end.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    let retry = FIRST_RETRY;
    while (!this.#end.signal.aborted) {
      await this.#listen(() => {
        retry = FIRST_RETRY;
      });
      // Replicas that lost the database together do not come back together.
      await this.#pause(retry * (0.5 + Math.random() / 2));
      retry = Math.min(retry * 2, LAST_RETRY);
    }
  }

  /** Until the connection is lost, or nobody wants to hear any more. */
  async #listen(connected: () => void): Promise<void> {
    const client = openClient(this.url, ANSWER_TIMEOUT);
    let lose = (): void => {};
    const lost = new Promise<void>((resolve) => {
      lose = resolve;
    });
    this.#end.signal.addEventListener('abort', lose);
    // The one, the other, or both.
    client.on('error', lose).on('end', lose);
    client.on('notification', ({ payload }) => this.watcher.changed(Number(payload)));
    let beat: NodeJS.Timeout | undefined;
    const subscribe = async (): Promise<void> => {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      connected();
      this.watcher.changed(null);
      // A connection whose other end is gone without a word would be silent for ever.
      beat = setInterval(() => client.query('SELECT 1').catch(lose), SILENCE);
    };
    try {
      await Promise.race([subscribe(), lost]);
      await lost;
    } catch {
      // Whatever it was, another connection is tried.
    } finally {
      clearInterval(beat);
      this.#end.signal.removeEventListener('abort', lose);
      client.end().catch(() => {});
    }
  }

  async #pause(time: number): Promise<void> {
    await setTimeout(time, undefined, { signal: this.#end.signal }).catch(() => {});
  }
}
