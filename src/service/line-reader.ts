import { ServiceError } from './errors.js';

/** Longer than any line that this service writes: a body of a mebibyte, and its decision. */
const LONGEST_LINE = 8 * 1024 * 1024;

/** Takes lines out of UTF-8 text that comes in pieces. Between two pieces no more than the line that has begun is held. */
export class LineReader {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  /**
   * The line that has begun. Each part is more than twice as long as the next one, so that there are few of them, and a
   * character is copied a few times, however small the pieces are in which a line comes.
   */
  #parts: string[] = [];
  #length = 0;

  /** @returns the lines that end in this piece, also empty ones @throws ServiceError */
  add(piece: Uint8Array): string[] {
    const lines = this.#decoded(piece).split('\n');
    const begun = lines.pop() ?? '';
    if (lines.length > 0) lines[0] = this.#ended(lines[0]);
    this.#begin(begun);
    if (this.#length > LONGEST_LINE) {
      throw new ServiceError('payload-too-large', `a line is longer than ${LONGEST_LINE} characters`);
    }
    return lines;
  }

  /** @returns the line that no line feed ended; empty where there is none @throws ServiceError */
  end(): string {
    return this.#ended(this.#decoded());
  }

  #begin(text: string): void {
    if (text === '') return;
    this.#length += text.length;
    const lengthAt = (index: number): number => this.#parts[index]?.length ?? Number.POSITIVE_INFINITY;
    let from = this.#parts.length;
    let length = text.length;
    while (lengthAt(from - 1) <= 2 * length) length += lengthAt(--from);
    // Not `+`, which would keep every piece until the line is read.
    this.#parts.push([...this.#parts.splice(from), text].join(''));
  }

  #ended(last = ''): string {
    const line = this.#parts.length === 0 ? last : [...this.#parts, last].join('');
    this.#parts = [];
    this.#length = 0;
    return line;
  }

  #decoded(piece?: Uint8Array): string {
    try {
      return piece === undefined ? this.#decoder.decode() : this.#decoder.decode(piece, { stream: true });
    } catch {
      const detail = 'the text is not UTF-8';
      throw new ServiceError('malformed-request', detail, [{ pointer: '', code: 'malformed-json', detail }]);
    }
  }
}
