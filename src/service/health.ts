import type { Directory } from './directory.js';
import type { Follower } from './follower.js';

interface Reason {
  readonly code: string;
  readonly detail: string;
}

/** Whether requests should be sent here. */
export class Health {
  #draining = false;

  constructor(
    private readonly directory: Directory,
    private readonly follower: Pick<Follower, 'tooOld' | 'staleness'>,
  ) {}

  /** From now on no new requests should come: the process is about to end. */
  drain(): void {
    this.#draining = true;
  }

  async readiness(): Promise<{
    readonly reasons: readonly Reason[];
    readonly revision: number;
    /** Seconds since this revision was last known to be the newest. */
    readonly revisionAge: number;
  }> {
    const reasons: Reason[] = [];
    if (this.#draining) reasons.push({ code: 'draining', detail: 'this process is shutting down' });
    const { tooOld, staleness } = this.follower;
    if (tooOld) reasons.push({ code: tooOld.code, detail: tooOld.message });
    return { reasons, revision: this.directory.revision, revisionAge: Math.round(staleness) / 1000 };
  }
}
