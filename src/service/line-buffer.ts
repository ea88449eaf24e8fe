/** Where lines end up. */
export interface Sink {
  /**
   * Writes bytes, from the first on; it is asked for no others until it is done with these, and then those lie in their place.
   * @returns how many of them are written: all, a part, or 0 where it takes none just now
   * @throws where it fails; then it has written none of them
   */
  write(bytes: Buffer): Promise<number>;
  end(): Promise<void>;
}

interface LineBufferOptions {
  /** How many bytes may wait to be written. */
  readonly most: number;
  /** Hears when the sink begins to fail, and (null) when it takes lines again. */
  readonly told: (failure: unknown) => void;
}

/** Bytes that are written at once, and milliseconds that fewer of them wait for more. */
const CHUNK = 262_144;
const LONGEST = 100;
/** Bytes that there is always room for. */
const ROOM = 2 * CHUNK;
/** Milliseconds until a sink that takes nothing just now is asked again: twice as many each time, up to the second. */
const BUSY = { first: 1, last: 64 };
/** Milliseconds until a sink that has failed is tried again, and until the last attempt is given up. */
const RETRY = 1000;
const LAST = 3000;

const NOTHING = Buffer.alloc(0);

/**
 * Collects lines and writes many of them at once: a write costs twenty times what a line does. What cannot be written is
 * kept and tried again; what is kept is bounded, and whoever has more is told so.
 * A line becomes bytes when it comes: to put texts together first, and encode them then, takes three times as long.
 *
 * INVARIANT: no byte is handed to the sink again once it is written, so no line is doubled, and none torn but the last one.
 */
export class LineBuffer {
  /** The first `#filled` bytes wait. */
  #waiting = Buffer.allocUnsafe(ROOM);
  #filled = 0;
  /** What is being written, without what is written of it already: a part of the spare buffer. */
  #leaving: Buffer = NOTHING;
  #spare = Buffer.allocUnsafe(ROOM);
  /** Whether the sink is at it just now, so that nobody knows how much of it is written. */
  #isHanded = false;
  #writing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Ends a pause between two attempts. */
  #hurry: () => void = () => {};
  #held = 0;
  #fails = false;
  /** Whether a failure is the last one, and whether nothing is written any more. */
  #ends = false;
  #isOver = false;
  readonly #blocked = new Set<() => void>();

  constructor(
    private readonly sink: Sink,
    private readonly options: LineBufferOptions,
  ) {}

  /** Bytes that are not written yet. */
  get held(): number {
    return this.#held;
  }

  /** Whether the sink is writing just now. */
  get isHanded(): boolean {
    return this.#isHanded;
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

  /**
   * For a process that ends at once: all that is not written, without what the sink has in hand just now. Nothing is
   * written any more.
   */
  take(): Buffer {
    this.#isOver = true;
    return Buffer.concat([this.#isHanded ? NOTHING : this.#leaving, this.#waiting.subarray(0, this.#filled)]);
  }

  /**
   * Writes what there is, and closes the sink. Where that fails, or takes too long, nothing is written any more.
   * @returns how many lines were not written, or are not known to be
   */
  async end(): Promise<number> {
    this.#ends = true;
    this.#hurry();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LAST);
    }).then(() => {
      this.#isOver = true;
    });
    while (this.#held > 0 && !this.#isOver) {
      this.#write();
      await Promise.race([this.#writing, late]);
    }
    clearTimeout(timer);
    if (this.#isOver) return linesOf(this.#leaving) + linesOf(this.#waiting.subarray(0, this.#filled));
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
    if (this.#writing !== undefined || this.#filled === 0 || this.#isOver) return;
    this.#leaving = this.#waiting.subarray(0, this.#filled);
    [this.#waiting, this.#spare] = [this.#spare, this.#waiting];
    this.#filled = 0;
    this.#writing = this.#deliver().then(() => {
      this.#writing = undefined;
      // One that had to hold much is not kept for it.
      if (this.#spare.length > ROOM) this.#spare = Buffer.allocUnsafe(ROOM);
      if (this.#filled >= CHUNK) this.#write();
      else if (this.#filled > 0) this.#timer ??= setTimeout(() => this.#write(), LONGEST);
    });
  }

  async #deliver(): Promise<void> {
    let busy = BUSY.first;
    while (this.#leaving.length > 0 && !this.#isOver) {
      try {
        const written = await this.#handOver();
        if (written > 0) {
          this.#delivered(written);
          busy = BUSY.first;
        } else {
          await this.#pause(busy);
          busy = Math.min(2 * busy, BUSY.last);
        }
      } catch (error) {
        if (!this.#fails) this.options.told(error);
        this.#fails = true;
        if (this.#ends) this.#isOver = true;
        else await this.#pause(RETRY);
      }
    }
  }

  async #handOver(): Promise<number> {
    this.#isHanded = true;
    try {
      return await this.sink.write(this.#leaving);
    } finally {
      this.#isHanded = false;
    }
  }

  #delivered(written: number): void {
    this.#leaving = this.#leaving.subarray(written);
    this.#held -= written;
    if (this.#fails) this.options.told(null);
    this.#fails = false;
    for (const wake of this.#blocked) wake();
  }

  #pause(time: number): Promise<void> {
    return new Promise((resolve) => {
      this.#hurry = resolve;
      setTimeout(resolve, time).unref();
    });
  }
}

const LINE_FEED = 0x0a;

function linesOf(bytes: Buffer): number {
  let count = 0;
  for (const byte of bytes) if (byte === LINE_FEED) count++;
  return count;
}
