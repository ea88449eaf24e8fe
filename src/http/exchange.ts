import type { ServerResponse } from 'node:http';
import type { Request, Response } from 'express';
import type { Role } from '../service/roles.js';

const NOTHING: ReadonlySet<Role> = new Set();

/** An operation, as its path is written in openapi.json. One object for each, so that it can be told by identity. */
export interface RouteName {
  readonly method: string;
  readonly path: string;
}

/** What is said of a decision that was given. */
interface Decided {
  readonly decision: string;
  readonly reason: string;
  readonly decisionId: string;
}

/** What is known of a request, and of the answer to it, from the first gate on. */
export class Exchange {
  /** What every answer to it carries: name, value, name, value… is the form that `writeHead` need not copy. */
  readonly headers: string[];
  /** When it came (`performance.now`). */
  readonly begun = performance.now();
  /** Who asks; null while nobody authenticates. */
  by: string | null = null;
  /** Null until one is found. */
  route: RouteName | null = null;
  /** What was decided, if that was asked; of a batch how many decisions. */
  decided: Decided | number | null = null;
  /** The code of the problem that was answered. */
  refused: string | null = null;
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
