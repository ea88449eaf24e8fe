import { connect, type Socket } from 'node:net';

/** One keep-alive connection that carries one request at a time, with as little work of its own as will do. */
export class Connection {
  readonly #socket: Socket;
  /** Room for an answer as it arrives; grown for one that is larger. */
  #buffer = Buffer.allocUnsafe(16 * 1024);
  #filled = 0;
  #answered: ((answer: Answer) => void) | undefined;
  #failed: (error: Error) => void = () => {};

  private constructor(port: number, connected: () => void, failed: (error: Error) => void) {
    this.#failed = failed;
    const onread = { buffer: Buffer.allocUnsafe(64 * 1024), callback: this.#read.bind(this) };
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true, onread }, connected);
    this.#socket.on('error', (error) => this.#failed(error));
    this.#socket.on('close', () => this.#failed(new Error('the server closed a connection')));
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const connection: Connection = new Connection(port, () => resolve(connection), reject);
    });
  }

  get idle(): boolean {
    return this.#answered === undefined;
  }

  /**
   * @param request all its bytes
   * @param answered is given an answer that is good until it returns
   * @param failed when the connection breaks
   */
  send(request: Buffer, answered: (answer: Answer) => void, failed: (error: Error) => void): void {
    this.#answered = answered;
    this.#failed = failed;
    this.#socket.write(request);
  }

  close(): void {
    this.#failed = () => {};
    this.#socket.destroy();
  }

  #read(size: number, bytes: Uint8Array): boolean {
    if (this.#filled + size > this.#buffer.length) {
      this.#buffer = Buffer.concat([this.#buffer.subarray(0, this.#filled)], 2 * (this.#filled + size));
    }
    this.#buffer.set(bytes.subarray(0, size), this.#filled);
    this.#filled += size;
    const answer = wholeAnswer(this.#buffer, this.#filled);
    if (answer === undefined) return true;
    const answered = this.#answered;
    if (answered === undefined || this.#filled > answer.end) {
      this.#failed(new Error('the server answered what was not asked'));
      this.#socket.destroy();
      return false;
    }
    this.#filled = 0;
    this.#answered = undefined;
    answered(answer);
    return true;
  }
}

/** An answer as it lies in its connection's buffer. */
export class Answer {
  constructor(
    private readonly bytes: Buffer,
    private readonly start: number,
    readonly end: number,
  ) {}

  get status(): number {
    return Number(this.bytes.toString('latin1', 9, 12));
  }

  /** The head of the answer, with its status line. */
  get head(): string {
    return this.bytes.toString('latin1', 0, this.start);
  }

  get body(): string {
    return this.bytes.toString('utf8', this.start, this.end);
  }
}

const LENGTH = /\r\ncontent-length: (\d+)\r\n/i;
const NO_BODY = /^HTTP\/1.1 (?:204|304) /;

function wholeAnswer(bytes: Buffer, filled: number): Answer | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1 || end + 4 > filled) return undefined;
  const head = bytes.toString('latin1', 0, end + 2);
  const length = LENGTH.exec(head)?.[1] ?? (NO_BODY.test(head) ? '0' : undefined);
  if (length === undefined) throw new Error(`an answer without a length: ${head}`);
  const answer = new Answer(bytes, end + 4, end + 4 + Number(length));
  return answer.end > filled ? undefined : answer;
}
