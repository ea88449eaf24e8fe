import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Store } from '../store/store.js';

/** For how many days what is past is kept; null: for ever. */
export interface Kept {
  /** Since the change. */
  readonly changes: number | null;
  /** Since another version has replaced this one. */
  readonly versions: number | null;
}

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** Between two steps, for those who decide and write. */
const PAUSE = 10;

/** Forgets what is past, once an hour and a little at a time. Several replicas may do so at once. */
export class Retention {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(
    private readonly store: Pick<Store, 'forgetChanges' | 'forgetVersions'>,
    private readonly kept: Kept,
    private readonly log: Pick<Logger, 'warn'>,
  ) {}

  start(): void {
    if (this.kept.changes === null && this.kept.versions === null) return;
    const run = (): void => {
      this.#running ??= this.#forget()
        .catch((err: unknown) => this.log.warn({ err }, 'the past was not forgotten, which is tried again in an hour'))
        .finally(() => {
          this.#running = undefined;
        });
    };
    this.#timer = setInterval(run, HOUR).unref();
    run();
  }

  /** Settles when nothing more is done. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  /** All that is to be forgotten now. @throws ServiceError `store-unavailable` */
  async #forget(): Promise<void> {
    const { changes, versions } = this.kept;
    if (changes !== null) {
      const before = this.#daysAgo(changes);
      while (!this.#stopped && (await this.store.forgetChanges(before))) await pause(PAUSE);
    }
    if (versions !== null) {
      const before = this.#daysAgo(versions);
      let place = null;
      do {
        place = await this.store.forgetVersions(before, place);
        await pause(PAUSE);
      } while (place !== null && !this.#stopped);
    }
  }

  #daysAgo(days: number): string {
    return new Date(Date.now() - days * DAY).toISOString();
  }
}
