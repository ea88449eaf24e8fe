import { type Operations, operations, type Problem } from './generated/operations.js';

export type * from './generated/operations.js';

export interface ClientOptions {
  /** Where Postern is: `https://postern.example.com`. */
  readonly url: string;
  /** The key; a function is asked each time, for keys that change. */
  readonly key?: string | (() => string);
  /** Milliseconds for a call as a whole, with its retry (2000). */
  readonly timeout?: number;
}

export type OperationId = keyof Operations;

/** What was answered, and what its headers say. */
export interface Answer<O extends OperationId> {
  readonly body: Operations[O]['answer'];
  readonly etag: string | null;
  /** The state that it was made from, to be sent as `Postern-Min-Revision` by whoever has to see at least this one. */
  readonly revision: number | null;
}

/** There is no answer: a problem that Postern tells, or none because it was not reached. Never to be taken for an Allow. */
export class PosternError extends Error {
  override readonly name = 'PosternError';
  constructor(
    message: string,
    /** Null: nothing was answered. */
    readonly status: number | null,
    readonly problem: Problem | null,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Everything that Postern does over HTTP, typed by its OpenAPI document. */
export class PosternClient {
  readonly #url: string;
  readonly #key: () => string | undefined;
  readonly #timeout: number;

  constructor({ url, key, timeout = 2000 }: ClientOptions) {
    this.#url = url.replace(/\/+$/, '');
    this.#key = typeof key === 'function' ? key : () => key;
    this.#timeout = timeout;
  }

  /**
   * Asks for an operation by its id. What changes nothing is asked once more where the first try gets no answer.
   * @throws PosternError
   */
  async call<O extends OperationId>(operation: O, input: Operations[O]['input']): Promise<Answer<O>> {
    const { method, path } = operations[operation];
    const { path: inPath = {}, query = {}, headers = {}, body } = input as Parts;
    const address =
      this.#url +
      path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(inPath[name]))) +
      search(query);
    const key = this.#key();
    const request: RequestInit = {
      method,
      headers: {
        ...textsOf(headers),
        accept: 'application/json, application/problem+json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // A key is for the server that was named.
      redirect: 'error',
      signal: AbortSignal.timeout(this.#timeout),
    };
    const once = (): Promise<Answer<O>> => attempt<O>(address, request);
    if (method !== 'GET' && !HARMLESS.includes(operation)) return once();
    return once().catch((error: unknown) => {
      if (!(error instanceof PosternError) || !isPassing(error) || request.signal?.aborted) throw error;
      return once();
    });
  }
}

/** Those that are sent with POST and change nothing. */
const HARMLESS: readonly OperationId[] = ['decide', 'decideBatch', 'explain', 'simulate', 'validatePolicy'];

/** What another replica, or the same one a moment later, may answer. */
const isPassing = ({ status }: PosternError): boolean =>
  status === null || status === 502 || status === 503 || status === 504;

type Values = Readonly<Record<string, unknown>>;

interface Parts {
  readonly path?: Values;
  readonly query?: Values;
  readonly headers?: Values;
  readonly body?: unknown;
}

const textsOf = (values: Values): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );

function search(query: Values): string {
  const text = new URLSearchParams(textsOf(query)).toString();
  return text === '' ? '' : `?${text}`;
}

async function attempt<O extends OperationId>(address: string, request: RequestInit): Promise<Answer<O>> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(address, request);
    text = await response.text();
  } catch (error) {
    throw new PosternError(`no answer from ${address}`, null, null, { cause: error });
  }
  const { status, headers } = response;
  const body = parsed(text);
  if (!response.ok) {
    const problem = isProblem(body) ? body : null;
    throw new PosternError(`${address} answers ${status}: ${problem?.detail ?? 'no reason given'}`, status, problem);
  }
  if (body === undefined && status !== 204) throw new PosternError(`${address} answers what is not JSON`, status, null);
  const revision = headers.get('postern-revision');
  return {
    body: body as Answer<O>['body'],
    etag: headers.get('etag'),
    revision: revision === null ? null : Number(revision),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' && body !== null && 'code' in body && 'detail' in body;
