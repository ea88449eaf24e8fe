import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';

/**
 * Writes an answer in one go. Not `response.json()`: that hashes every answer for an ETag which is not ours (a record's
 * is its revision), and takes twice as long.
 */
export function send(response: ServerResponse, status: number, headers: Headers, data: unknown): void {
  setHeaders(response, headers);
  if (data === undefined || status === 304) {
    // Without a length Node announces a body in chunks, where there may be one at all.
    if (status !== 204 && status !== 304) response.setHeader('Content-Length', 0);
    response.writeHead(status).end();
    return;
  }
  const body = JSON.stringify(data);
  response
    .writeHead(status, {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': Buffer.byteLength(body),
    })
    .end(body);
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

function setHeaders(response: ServerResponse, headers: Headers): void {
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) response.setHeader(name, value);
  }
}

/** JSON text that is made while it is sent. */
export class Pieces {
  constructor(readonly text: AsyncIterable<string>) {}
}

/** What an operation answers that is too large to be in memory as a whole; its type is that of the value it is the text of. */
export const piecewise = <T>(text: AsyncIterable<string>): T => new Pieces(text) as T;

/** Writes an answer as it is made, no faster than the client reads. */
export async function sendPieces(
  response: ServerResponse,
  status: number,
  headers: Headers,
  { text }: Pieces,
): Promise<void> {
  setHeaders(response, headers);
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' });
  if (response.req.method === 'HEAD') response.end();
  else await pipeline(text, response);
}
