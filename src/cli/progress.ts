import type { Output } from './terminal.js';

/** How often it is drawn: more would only cost. */
const INTERVAL = 100;

/** One line that says how far long work is, on a terminal and nowhere else. */
export class Progress {
  #drawn = 0;
  #shown = false;

  constructor(
    private readonly output: Output,
    private readonly now: () => number = Date.now,
  ) {}

  /** @param text what is being done, and how much of it is done */
  show(text: string): void {
    if (!this.output.isTTY || (this.#shown && this.now() - this.#drawn < INTERVAL)) return;
    this.output.write(`\r${CLEAR}${text}`);
    this.#drawn = this.now();
    this.#shown = true;
  }

  /** Leaves the line as it was. */
  clear(): void {
    if (this.#shown) this.output.write(`\r${CLEAR}`);
    this.#shown = false;
  }
}

/** To the end of the line: ECMA-48, EL. */
const CLEAR = '\u001b[K';
