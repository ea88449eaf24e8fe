import type { Directory } from './directory.js';
import { ServiceError } from './errors.js';
import type { Follower } from './follower.js';

/** Lets a caller wait for a state: for one that it knows to exist, so that it reads its own writes, or for the next. */
export class Revisions {
  readonly #waiting = new Set<() => void>();

  /** @param maxWait milliseconds */
  constructor(
    private readonly directory: Directory,
    private readonly maxWait: number,
    private readonly follower: Pick<Follower, 'sync'>,
  ) {
    directory.onMoved(() => {
      for (const wake of this.#waiting) wake();
    });
  }

  get current(): number {
    return this.directory.revision;
  }

  /** @throws ServiceError `revision-not-reached` when the state does not get there in time */
  async reach(revision: number): Promise<void> {
    // Whoever names a revision knows that it exists: there is nothing to wait for but the answer of the store.
    if (this.directory.revision < revision) this.follower.sync().catch(() => {});
    if (await this.within(this.maxWait, revision)) return;
    const detail = `revision ${revision} is not here yet: this is revision ${this.directory.revision}`;
    throw new ServiceError('revision-not-reached', detail);
  }

  /**
   * Whether the state here is that new, as soon as it is, or when the time is up.
   * @param time milliseconds
   * @param begun is given what ends the waiting early
   */
  within(time: number, revision: number, begun?: (end: () => void) => void): Promise<boolean> {
    const isReached = (): boolean => this.directory.revision >= revision;
    if (isReached() || time === 0) return Promise.resolve(isReached());
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve(isReached());
      };
      const wake = (): void => {
        if (isReached()) finish();
      };
      const timer = setTimeout(finish, time);
      this.#waiting.add(wake);
      begun?.(finish);
    });
  }
}
