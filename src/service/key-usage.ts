import type { Logger } from 'pino';
import type { KeyUses } from '../store/store.js';

/** How far the time that is shown may be behind, in milliseconds; a request that used a key never waits for it. */
const EVERY = 30_000;

/** Remembers when keys are used, and notes it now and then. */
export class KeyUsage {
  /** Milliseconds since 1970, by digest. */
  #uses = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: KeyUses,
    private readonly log: Pick<Logger, 'warn'>,
  ) {}

  start(): void {
    this.#timer = setInterval(() => void this.flush(), EVERY).unref();
  }

  /** Settles when all is noted. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  used(digest: string, at: number): void {
    this.#uses.set(digest, at);
  }

  /** By digest, as ISO 8601: also what other processes have noted. @throws ServiceError `store-unavailable` */
  async all(): Promise<ReadonlyMap<string, string>> {
    const all = new Map(await this.store.keyUses());
    for (const [digest, at] of noted(this.#uses)) {
      if (at > (all.get(digest) ?? '')) all.set(digest, at);
    }
    return all;
  }

  /** What cannot be noted now is noted with the next. */
  async flush(): Promise<void> {
    const uses = this.#uses;
    if (uses.size === 0) return;
    this.#uses = new Map();
    try {
      await this.store.noteKeyUses(noted(uses));
    } catch (err) {
      this.log.warn({ err }, 'when keys were used was not noted, which is tried again');
      this.#uses = new Map([...uses, ...this.#uses]);
    }
  }
}

const noted = (uses: ReadonlyMap<string, number>): ReadonlyMap<string, string> =>
  new Map([...uses].map(([digest, at]) => [digest, new Date(at).toISOString()]));
