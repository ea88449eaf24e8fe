import type { ServerResponse } from 'node:http';
import type { Request, Response } from 'express';
import type { Role } from '../service/roles.js';

const NOTHING: ReadonlySet<Role> = new Set();

/** What is known of a request, and of the answer to it, from the first gate on. */
export class Exchange {
  /** What every answer to it carries: name, value, name, value… is the form that `writeHead` need not copy. */
  readonly headers: string[];
  /** Who asks; null while nobody authenticates. */
  by: string | null = null;
  /** What whoever asks may do; nothing until a gate has said so. */
  may: ReadonlySet<Role> = NOTHING;

  /** @param always headers of every answer there is */
  constructor(
    readonly requestId: string,
    always: readonly string[],
  ) {
    this.headers = [...always, 'X-Request-ID', requestId];
  }
}

/**
 * What a request passes before an operation is asked. It refuses by throwing a `ProblemError` or a `ServiceError`, and only
 * one that has to wait returns a promise.
 */
export type Gate = (request: Request, response: Response) => undefined | Promise<void>;

/** Express makes `locals` for each response where there are none, and leaves ours. */
export const beginExchange = (response: Response, exchange: Exchange): void => {
  response.locals = exchange;
};

export const exchangeOf = (response: Response): Exchange => response.locals as Exchange;

/** Status and headers of an answer; its body follows. */
export function writeHead(response: Response, status: number, headers: readonly string[]): ServerResponse {
  return response.writeHead(status, [...exchangeOf(response).headers, ...headers]);
}
