import type { Directory } from './directory.js';

/** Whether requests should be sent here. */
export class Health {
  #draining = false;

  constructor(private readonly directory: Directory) {}

  /** From now on no new requests should come: the process is about to end. */
  drain(): void {
    this.#draining = true;
  }

  async readiness(): Promise<{
    readonly reasons: readonly { readonly code: string; readonly detail: string }[];
    readonly revision: number;
    readonly revisionAge: number;
  }> {
    const reasons = this.#draining ? [{ code: 'draining', detail: 'this process is shutting down' }] : [];
    // The embedded store has one writer, this process: what is in memory is the newest there is.
    return { reasons, revision: this.directory.revision, revisionAge: 0 };
  }
}
