import type { Revision } from './wire.js';

/** The process answers. */
export interface Liveness {
  /** Always true: a process that is not alive does not answer. */
  readonly live: boolean;
}

/** The process can be sent requests. */
export interface ReadyState {
  /** True; a process that is not ready answers 503. */
  readonly ready: boolean;
  /** The state that decisions are made from. */
  readonly revision: Revision;
  /**
   * Seconds since that state was last known to be the newest.
   * @minimum 0
   * @example 0.3
   */
  readonly revisionAge: number;
}
