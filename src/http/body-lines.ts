import type { IncomingMessage } from 'node:http';
import { ServiceError } from '../service/errors.js';

/** One JSON value in each line: https://github.com/ndjson/ndjson-spec. */
const NDJSON = /^application\/x-ndjson\s*(?:;\s*charset="?utf-8"?\s*)?$/i;

export const isNdjson = ({ headers }: IncomingMessage): boolean =>
  NDJSON.test(headers['content-type'] ?? '') && headers['content-encoding'] === undefined;

/** Longer than any line that this service writes: a body of a mebibyte, and its decision. */
const LONGEST_LINE = 8 * 1024 * 1024;

/** The lines of a body as they arrive, no faster than they are taken. @throws ServiceError */
export async function* bodyLines(request: IncomingMessage, maxBytes: number): AsyncGenerator<string> {
  const decoder: Decoder = new TextDecoder('utf-8', { fatal: true });
  let size = 0;
  let begun = '';
  // Who stops reading still answers, over the same connection.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(`the body is larger than ${maxBytes} bytes`);
    const lines = (begun + decoded(decoder, chunk)).split('\n');
    begun = lines.pop() ?? '';
    if (begun.length > LONGEST_LINE) throw tooLarge(`a line is longer than ${LONGEST_LINE} characters`);
    for (const line of lines) if (line.trim() !== '') yield line;
  }
  begun += decoded(decoder);
  if (begun.trim() !== '') yield begun;
}

const tooLarge = (detail: string) => new ServiceError('payload-too-large', detail);

type Decoder = InstanceType<typeof TextDecoder>;

function decoded(decoder: Decoder, chunk?: Buffer): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch {
    const detail = 'the body is not UTF-8';
    throw new ServiceError('malformed-request', detail, [{ pointer: '', code: 'malformed-json', detail }]);
  }
}
