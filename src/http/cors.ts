import { exchangeOf, type Gate } from './exchange.js';

/**
 * Lets pages of these origins read what is answered, and nobody else's. Keys travel in a header that a page sets itself,
 * so browsers are not told to send what they have by themselves (`Access-Control-Allow-Credentials`).
 * A preflight needs no answer of its own: it is an OPTIONS, open to all, to which these headers are added.
 */
export function cors(origins: readonly string[]): Gate {
  const allowed = new Set(origins);
  return (request, response) => {
    const { headers } = exchangeOf(response);
    headers.push('Vary', 'Origin');
    const { origin } = request.headers;
    if (origin === undefined || !allowed.has(origin)) return undefined;
    headers.push('Access-Control-Allow-Origin', origin);
    const isPreflight = request.method === 'OPTIONS' && 'access-control-request-method' in request.headers;
    headers.push(...(isPreflight ? PREFLIGHT : READABLE));
    return undefined;
  };
}

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
