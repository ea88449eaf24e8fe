import type { RequestHandler } from 'express';
import { exchangeOf, type Gate } from './exchange.js';
import { isHook } from './hook-paths.js';

/**
 * Lets pages of these origins read what is answered, and nobody else's. Keys travel in a header that a page sets itself,
 * so browsers are not told to send what they have by themselves (`Access-Control-Allow-Credentials`).
 */
export function cors(origins: readonly string[]): Gate {
  const allowed = new Set(origins);
  return (request, response) => {
    const { headers } = exchangeOf(response);
    headers.push(...VARY);
    const { origin } = request.headers;
    if (origin !== undefined && allowed.has(origin)) headers.push(ALLOW_ORIGIN, origin, ...READABLE);
    return undefined;
  };
}

/**
 * Answers what a browser asks before it sends what a page wants: it brings no key then. Before all gates; it is not told
 * more than these headers.
 */
export function preflight(origins: readonly string[]): RequestHandler {
  const allowed = new Set(origins);
  return ({ method, url, headers }, response, next) => {
    const { origin } = headers;
    const isPreflight = method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
    // A gateway asks about a preflight as about all else, and takes a 204 for a yes.
    if (!isPreflight || isHook(url) || origin === undefined || !allowed.has(origin)) return next();
    response.writeHead(204, [...VARY, ALLOW_ORIGIN, origin, ...PREFLIGHT]).end();
  };
}

const ALLOW_ORIGIN = 'Access-Control-Allow-Origin';
const VARY = ['Vary', 'Origin'];

/** Beyond what every page may read. */
const READABLE = [
  'Access-Control-Expose-Headers',
  'Allow, ETag, Location, Postern-Revision, Preference-Applied, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-ID',
];

const PREFLIGHT = [
  'Access-Control-Allow-Methods',
  'GET, HEAD, POST, PUT, DELETE',
  'Access-Control-Allow-Headers',
  'Authorization, Content-Type, If-Match, If-None-Match, Postern-Min-Revision, Prefer, X-Request-ID',
  'Access-Control-Max-Age',
  '600',
];
