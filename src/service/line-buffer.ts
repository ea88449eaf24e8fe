/** Where lines end up. */
export interface Sink {
  /** Settles when all the bytes are written; after that there are others in their place. */
  write(bytes: Buffer): Promise<void>;
  end(): Promise<void>;
}

export interface LineBufferOptions {
  /** How many bytes may wait to be written. */
  readonly most: number;
  /** Hears when the sink begins to fail, and (null) when it takes lines again. */
  readonly told: (failure: unknown) => void;
}

/** Bytes that are written at once, and milliseconds that fewer of them wait for more. */
const CHUNK = 65_536;
/** Bytes that there is always room for. */
const ROOM = 2 * CHUNK;
const LONGEST = 100;
/** Milliseconds until a sink that has failed is tried again, and until the last attempt is given up. */
const RETRY = 1000;
const LAST = 3000;

/**
 * Collects lines and writes many of them at once: a write costs twenty times what a line does. What cannot be written is
 * kept and tried again; what is kept is bounded, and whoever has more is told so.
 * A line becomes bytes when it comes: to put texts together first, and encode them then, takes three times as long.
 */
export class LineBuffer {
  /** The first `#filled` bytes wait; the spare one is what is being written, or nothing. */
  #waiting = Buffer.allocUnsafe(ROOM);
  #spare = Buffer.allocUnsafe(ROOM);
  #filled = 0;
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

  /** Bytes that are not written yet. */
  get held(): number {
    return this.#held;
  }

  /**
   * @param line with its line feed
   * @param share of the room that may be taken when this line is there too
   * @returns false where there is no room; a line alone always has room
   */
  add(line: string, share = 1): boolean {
    const size = this.#encode(line);
    if (this.#held > 0 && this.#held + size > share * this.options.most) return false;
    this.#filled += size;
    this.#held += size;
    if (this.#filled >= CHUNK) this.#write();
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
  take(): Buffer {
    const bytes = this.#waiting.subarray(0, this.#filled);
    this.#waiting = Buffer.allocUnsafe(ROOM);
    this.#filled = 0;
    this.#held -= bytes.length;
    return bytes;
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

  /** Writes a line behind what waits. @returns how many bytes it takes */
  #encode(line: string): number {
    // A character that takes four bytes has the length of two.
    const most = this.#filled + 3 * line.length;
    if (most > this.#waiting.length) this.#waiting = Buffer.concat([this.#waiting], 2 * most);
    return this.#waiting.write(line, this.#filled);
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#writing !== undefined || this.#filled === 0) return;
    const bytes = this.#waiting.subarray(0, this.#filled);
    [this.#waiting, this.#spare] = [this.#spare, this.#waiting];
    this.#filled = 0;
    this.#writing = this.#deliver(bytes).then(() => {
      this.#writing = undefined;
      // One that had to hold much is not kept for it.
      if (this.#spare.length > ROOM) this.#spare = Buffer.allocUnsafe(ROOM);
      for (const wake of this.#blocked) wake();
      if (this.#filled >= CHUNK) this.#write();
      else if (this.#filled > 0) this.#timer ??= setTimeout(() => this.#write(), LONGEST);
    });
  }

  async #deliver(bytes: Buffer): Promise<void> {
    try {
      await this.sink.write(bytes);
      this.#held -= bytes.length;
      if (this.#fails) this.options.told(null);
      this.#fails = false;
    } catch (error) {
      if (!this.#fails) this.options.told(error);
      this.#fails = true;
      this.#waiting = Buffer.concat([bytes, this.#waiting.subarray(0, this.#filled)]);
      this.#filled = this.#waiting.length;
      if (!this.#ends) await new Promise((resolve) => setTimeout(resolve, RETRY).unref());
    }
  }
}

const LINE_FEED = 0x0a;

function linesOf(bytes: Buffer): number {
  let count = 0;
  for (const byte of bytes) if (byte === LINE_FEED) count++;
  return count;
}
