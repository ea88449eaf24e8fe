/**
 * How much memory bodies may take together while they are on their way. What comes in one piece is not counted: no piece is
 * larger than what a socket is read by, and a question comes in one. So nobody's question is refused for what others write.
 */
export class BodyMemory {
  #free: number;

  constructor(bytes: number) {
    this.#free = bytes;
  }

  /** Whoever gets it gives it back. @returns whether there is so much */
  take(bytes: number): boolean {
    if (bytes > this.#free) return false;
    this.#free -= bytes;
    return true;
  }

  give(bytes: number): void {
    this.#free += bytes;
  }
}
