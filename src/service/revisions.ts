import type { Directory } from './directory.js';
import { ServiceError } from './errors.js';

/** Lets a caller wait for a state that it knows to exist, so that it reads its own writes. */
export class Revisions {
  readonly #waiting = new Set<() => void>();

  /** @param maxWait milliseconds */
  constructor(
    private readonly directory: Directory,
    private readonly maxWait: number,
  ) {}

  get current(): number {
    return this.directory.revision;
  }

  /** To be called after every change of the directory. */
  moved(): void {
    for (const wake of this.#waiting) wake();
  }

  /** @throws ServiceError `revision-not-reached` when the state does not get there in time */
  async reach(revision: number): Promise<void> {
    if (this.directory.revision >= revision) return;
    const reached = await new Promise<boolean>((resolve) => {
      const finish = (result: boolean): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve(result);
      };
      const wake = (): void => {
        if (this.directory.revision >= revision) finish(true);
      };
      const timer = setTimeout(() => finish(false), this.maxWait);
      this.#waiting.add(wake);
    });
    if (reached) return;
    const detail = `revision ${revision} is not here yet: this is revision ${this.directory.revision}`;
    throw new ServiceError('revision-not-reached', detail);
  }
}
