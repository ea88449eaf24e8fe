import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Issue } from '../policy/issue.js';
import { parseJson } from '../policy/json.js';
import { ServiceError } from '../service/errors.js';
import type { BodyMemory } from './body-memory.js';
import { ProblemError } from './problem.js';

/** Policies need about eight. */
const MAX_DEPTH = 32;

export interface JsonBody {
  readonly value: unknown;
  /** JSON Pointers of members that occur twice in their object; `value` holds the last of each. */
  readonly duplicates: readonly string[];
}

/**
 * The body of a request as JSON.
 * Not express.json(): that takes other character sets, decodes broken UTF-8 to U+FFFD, drops repeated members, and costs
 * more than the decision that is asked for.
 * @param memory for bodies that are on their way
 * @param use makes of it what is wanted; what it throws is thrown
 * @throws ServiceError, and ProblemError `overloaded` where there is no room for it
 */
export function readJson<T>(
  request: IncomingMessage,
  maxBytes: number,
  memory: BodyMemory,
  use: (body: JsonBody) => T,
): Promise<T> {
  if (!announcesBody(request)) throw missing();
  checkMediaType(request);
  return readBytes(request, maxBytes, memory, (bytes) => use(parsed(bytes)));
}

function parsed(bytes: Buffer): JsonBody {
  if (bytes.length === 0) throw missing();
  if (!isUtf8(bytes)) throw malformed('malformed-json', 'the body is not UTF-8');
  const read = parseJson(bytes.toString('utf8'), { maxDepth: MAX_DEPTH });
  if (!read.ok) throw new ServiceError('malformed-request', 'the body cannot be read', read.errors);
  return read;
}

const malformed = (code: string, detail: string): ServiceError => {
  const issue: Issue = { pointer: '', code, detail };
  return new ServiceError('malformed-request', detail, [issue]);
};

const missing = () => malformed('missing-body', 'a JSON body is needed here');

export const unexpectedBody = () => malformed('unexpected-body', 'this operation takes no body: leave it out');

/** Whether a body comes with a request; an empty one is none. */
export function announcesBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && Number(length) !== 0);
}

const UTF8 = ['charset=utf-8', 'charset="utf-8"'];

function checkMediaType({ headers }: IncomingMessage): void {
  // What nearly all say, and say alone.
  if (headers['content-type'] === 'application/json' && headers['content-encoding'] === undefined) return;
  const [type, ...parameters] = (headers['content-type'] ?? '').split(';').map((part) => part.trim().toLowerCase());
  if (type !== 'application/json') throw unsupported('the Content-Type of the body must be application/json');
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  if (charset !== undefined && !UTF8.includes(charset)) throw unsupported('JSON is UTF-8: RFC 8259, section 8.1');
  const encoding = headers['content-encoding']?.trim().toLowerCase();
  // A few kilobytes could unfold to gigabytes, and bodies here are small.
  if (encoding !== undefined && encoding !== 'identity') throw unsupported('a compressed body is not accepted');
}

const unsupported = (detail: string) => new ServiceError('unsupported-media-type', detail);

/** @param use is called where the last of them comes: a promise between would be one more in the way of every question */
function readBytes<T>(
  request: IncomingMessage,
  maxBytes: number,
  memory: BodyMemory,
  use: (bytes: Buffer) => T,
): Promise<T> {
  const tooLarge = () => new ServiceError('payload-too-large', `the body is larger than ${maxBytes} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  return new Promise((resolve, reject) => {
    // Not a list of what came: a mebibyte can come in a million pieces, each of which costs hundreds of bytes.
    let bytes: Buffer = NOTHING;
    let size = 0;
    let taken = 0;
    let isOver = false;
    const over = (): void => {
      isOver = true;
      bytes = NOTHING;
      memory.give(taken);
      taken = 0;
    };
    const refuse = (refusal: Error): void => {
      over();
      reject(refusal);
    };
    request.on('data', (chunk: Buffer) => {
      // What comes after a refusal is thrown away as it arrives, so that the client, still sending, gets to read the answer.
      if (isOver) return;
      const start = size;
      size += chunk.length;
      if (size > maxBytes) return refuse(tooLarge());
      if (start === 0) {
        bytes = chunk;
        return;
      }
      if (size > bytes.length) {
        const room = Math.min(2 * size, maxBytes);
        if (!memory.take(room - taken)) return refuse(noRoom());
        taken = room;
        bytes = grown(bytes.subarray(0, start), room);
      }
      chunk.copy(bytes, start);
    });
    request.on('end', () => {
      if (isOver) return;
      const all = bytes.subarray(0, size);
      over();
      try {
        resolve(use(all));
      } catch (thrown) {
        reject(thrown);
      }
    });
    // The client went away; whatever is answered now, nobody reads it.
    request.on('error', () => refuse(malformed('incomplete-body', 'the connection ended before the body did')));
  });
}

const noRoom = () => new ProblemError('overloaded', 'too many large bodies are on their way');

const NOTHING = Buffer.alloc(0);

function grown(bytes: Buffer, size: number): Buffer {
  const larger = Buffer.allocUnsafe(size);
  bytes.copy(larger);
  return larger;
}
