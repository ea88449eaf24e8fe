import type { State } from './states.js';

/** Older states than this many writes ago no answer may come from. */
const KEPT = 10;

/** Which state is which revision, known before the write is sent, since nobody else writes. */
export class History {
  readonly #states = new Map<number, State>();
  #acknowledged: number;

  constructor(revision: number, state: State) {
    this.#acknowledged = revision;
    this.#states.set(revision, state);
  }

  /** The newest revision whose write has been answered: nothing that is asked from now on may be older. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** A write of this state is about to be sent. */
  announce(state: State): void {
    this.#states.set(this.#acknowledged + 1, state);
    this.#states.delete(this.#acknowledged - KEPT);
  }

  /** @throws Error when the write was not the next revision */
  acknowledge(revision: number): void {
    if (revision !== this.#acknowledged + 1) throw new Error(`a write after ${this.#acknowledged} was ${revision}`);
    this.#acknowledged = revision;
  }

  /**
   * @param since what was acknowledged when the question was sent
   * @throws Error when no answer can come from this revision
   */
  at(revision: number, since: number): State {
    const state = this.#states.get(revision);
    if (state === undefined || revision < since) {
      throw new Error(`answered from revision ${revision}, between ${since} and ${this.#acknowledged}`);
    }
    return state;
  }
}
