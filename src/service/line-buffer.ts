/** Where lines end up. */
export interface Sink {
  /** Settles when the text is written, as a whole. */
  write(text: string): Promise<void>;
  end(): Promise<void>;
}

export interface LineBufferOptions {
  /** How many characters may wait to be written. */
  readonly most: number;
  /** Hears when the sink begins to fail, and (null) when it takes lines again. */
  readonly told: (failure: unknown) => void;
}

/** Characters that are written at once, and milliseconds that fewer of them wait for more. */
const CHUNK = 65_536;
const LONGEST = 100;
/** Milliseconds until a sink that has failed is tried again, and until the last attempt is given up. */
const RETRY = 1000;
const LAST = 3000;

/**
 * Collects lines and writes many of them at once: a write costs twenty times what a line does. What cannot be written is
 * kept and tried again; what is kept is bounded, and whoever has more is told so.
 */
export class LineBuffer {
  #waiting = '';
  #writing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #held = 0;
  #fails = false;
  #ends = false;
  readonly #blocked = new Set<() => void>();

  constructor(
    private readonly sink: Sink,
    private readonly options: LineBufferOptions,
  ) {}

  /** Characters that are not written yet. */
  get held(): number {
    return this.#held;
  }

  /** @param line with its line feed. @returns false where there is no room; a line alone always has room */
  add(line: string): boolean {
    if (this.#held > 0 && this.#held + line.length > this.options.most) return false;
    this.#waiting += line;
    this.#held += line.length;
    if (this.#waiting.length >= CHUNK) this.#write();
    else this.#timer ??= setTimeout(() => this.#write(), LONGEST);
    return true;
  }

  /** Settles when something has been written, or after so many milliseconds. */
  async room(time: number): Promise<void> {
    if (this.#held === 0) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#blocked.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, time);
      this.#blocked.add(wake);
    });
  }

  /** What has not been handed to the sink; it is not written any more. For a process that ends at once. */
  take(): string {
    const text = this.#waiting;
    this.#waiting = '';
    this.#held -= text.length;
    return text;
  }

  /** Writes what there is, and closes the sink. @returns the lines that could not be written */
  async end(): Promise<number> {
    this.#ends = true;
    const over = new Promise<void>((resolve) => setTimeout(resolve, LAST).unref());
    while (this.#held > 0) {
      this.#write();
      const isOver = await Promise.race([this.#writing, over.then(() => true)]);
      if (isOver || this.#fails) return linesOf(this.take());
    }
    await this.sink.end();
    return 0;
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#writing !== undefined || this.#waiting === '') return;
    const text = this.#waiting;
    this.#waiting = '';
    this.#writing = this.#deliver(text).then(() => {
      this.#writing = undefined;
      for (const wake of this.#blocked) wake();
      if (this.#waiting.length >= CHUNK) this.#write();
      else if (this.#waiting !== '') this.#timer ??= setTimeout(() => this.#write(), LONGEST);
    });
  }

  async #deliver(text: string): Promise<void> {
    try {
      await this.sink.write(text);
      this.#held -= text.length;
      if (this.#fails) this.options.told(null);
      this.#fails = false;
    } catch (error) {
      if (!this.#fails) this.options.told(error);
      this.#fails = true;
      this.#waiting = text + this.#waiting;
      if (!this.#ends) await new Promise((resolve) => setTimeout(resolve, RETRY).unref());
    }
  }
}

const linesOf = (text: string): number => text.split('\n').length - 1;
