import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { writeHead } from './exchange.js';

/**
 * Writes an answer in one go. Not `response.json()`: that hashes every answer for an ETag which is not ours (a record's
 * is its revision), and takes twice as long.
 */
export function send(response: Response, status: number, headers: Headers, data: unknown): void {
  const head = listed(headers);
  if (data === undefined || status === 304) {
    // Without a length Node announces a body in chunks, where there may be one at all.
    if (status !== 204 && status !== 304) head.push('Content-Length', '0');
    writeHead(response, status, head).end();
    return;
  }
  const body = JSON.stringify(data);
  head.push('Content-Type', JSON_TYPE, 'Content-Length', String(Buffer.byteLength(body)));
  writeHead(response, status, head).end(body);
}

export const JSON_TYPE = 'application/json; charset=utf-8';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

function listed(headers: Headers): string[] {
  const list: string[] = [];
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) list.push(name, String(value));
  }
  return list;
}

/** Text that is no JSON; its type is said by the operation's `@Produces`, too. */
export class PlainText {
  constructor(
    readonly type: string,
    readonly text: string,
  ) {}
}

export function sendText(response: Response, status: number, headers: Headers, { type, text }: PlainText): void {
  const head = [...listed(headers), 'Content-Type', type, 'Content-Length', String(Buffer.byteLength(text))];
  writeHead(response, status, head).end(text);
}

/** JSON text that is made while it is sent. */
export class Pieces {
  constructor(readonly text: AsyncIterable<string>) {}
}

/** What an operation answers that is too large to be in memory as a whole; its type is that of the value it is the text of. */
export const piecewise = <T>(text: AsyncIterable<string>): T => new Pieces(text) as T;

/** Writes an answer as it is made, no faster than the client reads. */
export async function sendPieces(
  response: Response,
  status: number,
  headers: Headers,
  { text }: Pieces,
): Promise<void> {
  writeHead(response, status, [...listed(headers), 'Content-Type', JSON_TYPE]);
  if (response.req.method === 'HEAD') response.end();
  else await pipeline(text, response);
}
