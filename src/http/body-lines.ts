import type { IncomingMessage } from 'node:http';
import { ServiceError } from '../service/errors.js';
import { LineReader } from '../service/line-reader.js';

/** One JSON value in each line: https://github.com/ndjson/ndjson-spec. */
const NDJSON = /^application\/x-ndjson\s*(?:;\s*charset="?utf-8"?\s*)?$/i;

export const isNdjson = ({ headers }: IncomingMessage): boolean =>
  NDJSON.test(headers['content-type'] ?? '') && headers['content-encoding'] === undefined;

/** The lines of a body as they arrive, no faster than they are taken. @throws ServiceError */
export async function* bodyLines(request: IncomingMessage, maxBytes: number): AsyncGenerator<string> {
  const reader = new LineReader();
  let size = 0;
  // Who stops reading still answers, over the same connection.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new ServiceError('payload-too-large', `the body is larger than ${maxBytes} bytes`);
    for (const line of reader.add(chunk)) if (line.trim() !== '') yield line;
  }
  const last = reader.end();
  if (last.trim() !== '') yield last;
}
