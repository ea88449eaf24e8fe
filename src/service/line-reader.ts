import { ServiceError } from './errors.js';

/** Longer than any line that this service writes: a body of a mebibyte, and its decision. */
const LONGEST_LINE = 8 * 1024 * 1024;

/** Takes lines out of UTF-8 text that comes in pieces. Between two pieces no more than the line that has begun is held. */
export class LineReader {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  #begun = '';

  /** @returns the lines that end in this piece, also empty ones @throws ServiceError */
  add(piece: Uint8Array): string[] {
    const lines = (this.#begun + this.#decoded(piece)).split('\n');
    this.#begun = lines.pop() ?? '';
    if (this.#begun.length > LONGEST_LINE) {
      throw new ServiceError('payload-too-large', `a line is longer than ${LONGEST_LINE} characters`);
    }
    return lines;
  }

  /** @returns the line that no line feed ended; empty where there is none @throws ServiceError */
  end(): string {
    return this.#begun + this.#decoded();
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
