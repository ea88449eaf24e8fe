import type { Request } from 'express';

/** The API that an application stands for. */
export interface ApiPlace {
  readonly accountId: string;
  readonly region: string;
  readonly apiId: string;
  readonly stage: string;
  /** `aws` where it is absent. */
  readonly partition?: string;
}

/**
 * The ARN of what a request calls, by its verb and the path as it was sent.
 *
 * A policy compares paths as they are. So must the application, or a call could be judged as one thing and answered as
 * another: Express has to be told so (`app.enable('case sensitive routing')`, `app.enable('strict routing')`, and the same
 * of routers), and paths that can be read in two ways are refused: empty and dot segments, and what is percent-encoded
 * without need.
 */
export function executeApi({
  accountId,
  region,
  apiId,
  stage,
  partition = 'aws',
}: ApiPlace): (request: Request) => string {
  const base = `arn:${partition}:execute-api:${region}:${accountId}:${apiId}/${stage}`;
  return (request) => {
    for (const setting of ['case sensitive routing', 'strict routing']) {
      if (!request.app.enabled(setting))
        throw new Error(`policies compare paths as they are: app.enable('${setting}')`);
    }
    const path = /^[^?#]*/.exec(request.originalUrl)?.[0] ?? '';
    if (!path.startsWith('/') || AMBIGUOUS.test(path)) throw new Error('the path can be read in more than one way');
    return `${base}/${request.method}${path}`;
  };
}

/** `//`, `/./`, `/../`, a backslash, or an encoded letter, digit, `-`, `.`, `_`, `~`, `/` or `\`: RFC 3986, section 6.2.2. */
const AMBIGUOUS = /\/\/|\/\.{1,2}(?:\/|$)|\\|%(?:2[DEF]|3\d|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9AE]|5C)/i;
