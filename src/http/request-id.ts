import { randomUUID } from 'node:crypto';
import type { RequestHandler, Response } from 'express';

const USABLE = /^[\x20-\x7e]{1,128}$/;

/** The caller's `X-Request-ID` if it can go into a log line as it is, else a new one; either way it is answered. */
export const requestId: RequestHandler = (request, response, next) => {
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && USABLE.test(given) ? given : randomUUID();
  response.locals.requestId = id;
  response.setHeader('X-Request-ID', id);
  next();
};

export const requestIdOf = (response: Response): string => String(response.locals.requestId);
