import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { scaled } from '../faults/figures.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** `npm run test:faults` tries what `npm start` starts. */
const PROGRAM = scaled(['--disable-warning=ExperimentalWarning', 'dist/main.js'], ['--import', 'tsx', 'src/main.ts']);

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** What the JSON says; null without a body. */
  readonly body: Body;
}

// biome-ignore lint/suspicious/noExplicitAny: tests read what they expect to be there
type Body = any;

/** A Postern in a process of its own. */
export class Replica {
  #said = '';

  private constructor(readonly process: ChildProcess) {
    for (const stream of [process.stdout, process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#said += text;
      });
    }
  }

  /** Settles when it says where it listens. @param settings of docs/settings.md, `POSTERN_…` */
  static async start(settings: Readonly<Record<string, string>>): Promise<Replica> {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('POSTERN_')));
    const child = spawn(process.execPath, PROGRAM, {
      cwd: ROOT,
      env: { ...env, POSTERN_PORT: '0', ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const replica = new Replica(child);
    const ended = once(child, 'close');
    while (replica.address === undefined) {
      if (child.exitCode !== null) throw new Error(`did not start: ${replica.#said}`);
      await Promise.race([once(child.stdout!, 'data'), ended]);
    }
    return replica;
  }

  /** Where it listens. */
  get address(): string | undefined {
    return /Postern listens on (http:\S+)/.exec(this.#said)?.[1];
  }

  /** All that it wrote, to its log and otherwise. */
  get said(): string {
    return this.#said;
  }

  async ask(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<Answer> {
    const request = {
      method,
      headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
      ...(body && { body: JSON.stringify(body) }),
    };
    const url = `${this.address}${path}`;
    const response = await fetch(url, request).catch((error: unknown) => {
      // On a busy machine a connection may have been idle for too long just when it is used. All that is asked here may be
      // asked twice (RFC 9110, section 9.2.2).
      if (this.process.exitCode === null && this.process.signalCode === null) return fetch(url, request);
      throw new Error(`the replica has ended: ${this.#said}`, { cause: error });
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
  }

  /** The revision of a write that has to be accepted. */
  async put(path: string, body: object): Promise<number> {
    const answer = await this.ask('PUT', path, body);
    if (answer.status !== 200 && answer.status !== 201) {
      throw new Error(`PUT ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    return Number(answer.headers.get('postern-revision'));
  }

  freeze(): void {
    this.process.kill('SIGSTOP');
  }

  thaw(): void {
    this.process.kill('SIGCONT');
  }

  /** As an operator would. Gives the exit code. */
  async stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const ended = once(this.process, 'exit');
      this.process.kill(signal);
      await ended;
    }
    return this.process.exitCode;
  }
}
