import { type Command, InvalidArgumentError } from 'commander';
import type { Issue } from '../policy/issue.js';
import { textAtMost } from '../service/bytes-at-most.js';
import { isLoopback } from '../service/safe-address.js';
import { EXIT } from './exit-codes.js';
import { Failure } from './failure.js';
import { MAX_SMALL_FILE, readText } from './input.js';
import type { Terminal } from './terminal.js';

/** Options of every command that can ask a server. */
export interface ServerOptions {
  readonly server?: string;
  readonly keyFile?: string;
  readonly timeout: number;
}

export const withServer = (command: Command): Command =>
  command
    .option('--server <url>', 'ask the Postern at this address', readUrl)
    .option('--key-file <file>', 'file with the key for the server; else the key is taken from POSTERN_KEY')
    .option('--timeout <seconds>', 'how long to wait for the server', readSeconds, 30);

function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new InvalidArgumentError('Write an http or https address without query and fragment.');
  }
  if (url.username !== '' || url.password !== '') {
    throw new InvalidArgumentError('A key does not belong into the address: use POSTERN_KEY or --key-file.');
  }
  return url.href.replace(/\/+$/, '');
}

function readSeconds(text: string): number {
  const seconds = /^\d{1,5}(\.\d{1,3})?$/.test(text) ? Number(text) : 0;
  if (seconds > 0 && seconds <= 86_400) return seconds;
  throw new InvalidArgumentError('Write a number of seconds, up to 86400.');
}

/** The server that the options name. */
export async function serverOf(
  terminal: Terminal,
  { server, keyFile, timeout }: ServerOptions,
): Promise<Server | null> {
  if (server === undefined) {
    if (keyFile !== undefined) throw new Failure(EXIT.unusable, '--key-file is for a server: add --server');
    return null;
  }
  const text = keyFile === undefined ? terminal.settings.key : await readText(terminal, keyFile, MAX_SMALL_FILE);
  const key = text?.trim() || null;
  if (key !== null && !/^[\x21-\x7e]{1,8192}$/.test(key)) {
    throw new Failure(EXIT.unusable, 'the key has characters that no key has');
  }
  if (key !== null && server.startsWith('http:') && !isLoopback(new URL(server).hostname)) {
    terminal.note('postern: the key goes over the network unencrypted: use an https address');
  }
  return new Server(server, key, timeout * 1000);
}

interface Sending {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** A value, or the JSON text of one. */
  readonly body?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What a precondition that does not hold means here. */
  readonly onConflict?: string;
}

/** A Postern over the network. Whatever is not the answer that was asked for is a failure, never a decision. */
export class Server {
  constructor(
    readonly address: string,
    private readonly key: string | null,
    private readonly timeout: number,
  ) {}

  /** @throws Failure */
  async ask<T>(sending: Sending): Promise<T> {
    const response = await this.#fetch(sending);
    const text = await this.#text(response);
    if (response.status === 412 && sending.onConflict !== undefined)
      throw new Failure(EXIT.noAnswer, sending.onConflict);
    if (!response.ok) throw this.#refused(response, text);
    try {
      return (text === '' ? null : JSON.parse(text)) as T;
    } catch {
      throw new Failure(EXIT.noAnswer, `${this.address} answers what is not JSON: is it a Postern?`);
    }
  }

  /** The body of an answer as it comes, for what may be large. @throws Failure, even where it breaks off */
  async *stream(path: string): AsyncGenerator<Uint8Array> {
    const response = await this.#fetch({ method: 'GET', path });
    if (!response.ok) throw this.#refused(response, await this.#text(response));
    try {
      for await (const chunk of response.body ?? []) yield chunk;
    } catch (error) {
      throw this.#unreachable(error);
    }
  }

  async #fetch({ method, path, body, text, headers = {} }: Sending): Promise<Response> {
    const content = text ?? (body === undefined ? undefined : JSON.stringify(body));
    try {
      return await fetch(this.address + path, {
        method,
        headers: {
          accept: 'application/json, application/problem+json',
          ...(content === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
          ...(this.key === null ? {} : { authorization: `Bearer ${this.key}` }),
        },
        ...(content === undefined ? {} : { body: content }),
        // A key is for the server that was named.
        redirect: 'error',
        signal: AbortSignal.timeout(this.timeout),
      });
    } catch (error) {
      throw this.#unreachable(error);
    }
  }

  async #text(response: Response): Promise<string> {
    const text = await textAtMost(MAX_ANSWER, response).catch((error: unknown) => {
      throw this.#unreachable(error);
    });
    if (text !== null) return text;
    throw new Failure(EXIT.noAnswer, `${this.address} answers more than ${MAX_ANSWER} bytes`);
  }

  #refused({ status }: Response, text: string): Failure {
    const { detail, code, errors } = problemOf(text);
    const exit = status === 400 || status === 422 ? EXIT.unusable : EXIT.noAnswer;
    const message = detail === undefined ? `status ${status}` : `${detail} (${status} ${code})`;
    return new Failure(exit, `${this.address} refuses: ${message}`, errors);
  }

  #unreachable(error: unknown): Failure {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const told = REASONS[code] ?? (cause instanceof Error ? cause.message : String(cause));
    const reason = cause instanceof Error && cause.name === 'TimeoutError' ? 'it takes too long' : told;
    return new Failure(EXIT.noAnswer, `no answer from ${this.address}: ${reason}`, [], [], { cause: error });
  }
}

/** Larger than any answer but an export, which is streamed. */
const MAX_ANSWER = 64 * 1024 * 1024;

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  ECONNRESET: 'the connection broke off',
  UND_ERR_SOCKET: 'the connection broke off',
};

/** What can be used of an error's body, whoever wrote it. */
function problemOf(text: string): {
  readonly detail?: string;
  readonly code: string;
  readonly errors: readonly Issue[];
} {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = null;
  }
  const { detail, code, errors } = (body ?? {}) as Readonly<Record<string, unknown>>;
  return {
    ...(typeof detail === 'string' ? { detail } : {}),
    code: String(code ?? 'unknown'),
    errors: Array.isArray(errors) ? errors.filter(isIssue) : [],
  };
}

const isIssue = (value: unknown): value is Issue =>
  typeof value === 'object' &&
  value !== null &&
  ['pointer', 'code', 'detail'].every((member) => typeof (value as Record<string, unknown>)[member] === 'string');
