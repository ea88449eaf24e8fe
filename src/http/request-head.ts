import type { Gate } from './exchange.js';
import { ProblemError } from './problem.js';

/** Characters of the path with its query: more than the longest cursor needs. */
const MOST_URL = 8192;
const MOST_HEADERS = 100;

/**
 * Node bounds the bytes of a head, and takes what it is given otherwise. Of a header that comes twice where it may come
 * once Node keeps the first one: a proxy before us may have judged by the other.
 */
export const requestHead: Gate = (request) => {
  const { url, rawHeaders } = request;
  if (url.length > MOST_URL) throw new ProblemError('uri-too-long', `the URL is longer than ${MOST_URL} characters`);
  if (rawHeaders.length > 2 * MOST_HEADERS) {
    throw new ProblemError('header-fields-too-large', `there are more than ${MOST_HEADERS} headers`);
  }
  let seen = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const { length } = rawHeaders[at]!;
    const single = SINGLE[length];
    if (single === undefined || rawHeaders[at]!.toLowerCase() !== single) continue;
    if (seen & (1 << length)) throw malformed('repeated-header', `\`${single}\` occurs more than once`);
    seen |= 1 << length;
  }
  // RFC 9112, section 3.2.
  if (!(seen & HOST) && request.httpVersion === '1.1') throw malformed('missing-header', '`host` is missing');
  return undefined;
};

const HOST = 1 << 'host'.length;

/** By their lengths, all different: most headers need no closer look. */
const SINGLE: readonly (string | undefined)[] = Array.from({ length: 14 }, (_, length) =>
  ['host', 'content-type', 'authorization'].find((name) => name.length === length),
);

const malformed = (code: string, detail: string): ProblemError =>
  new ProblemError('malformed-request', `a header is wrong: ${detail}`, { errors: [{ pointer: '', code, detail }] });
