import type { RateLimiter } from '../service/rate-limiter.js';
import { exchangeOf, type Gate } from './exchange.js';
import { isOpenPath } from './open-paths.js';
import { ProblemError } from './problem.js';

/**
 * A rate for each caller: a key, or where nobody authenticates an address. The headers are those of
 * draft-ietf-httpapi-ratelimit-headers-10. What is open to all, such as probes, is not limited.
 */
export function rateLimit(limiter: RateLimiter): Gate {
  const { perSecond, burst } = limiter.rate;
  const policy = `"caller";q=${burst};w=${Math.ceil(burst / perSecond)}`;
  return (request, response) => {
    if (isOpenPath(request.url)) return undefined;
    const { by, headers } = exchangeOf(response);
    const { isAllowed, left, seconds } = limiter.take(by ?? request.socket.remoteAddress ?? '');
    const wait = Math.max(1, Math.ceil(seconds));
    headers.push('RateLimit-Policy', policy, 'RateLimit', `"caller";r=${left};t=${left > 0 ? 0 : wait}`);
    if (isAllowed) return undefined;
    throw new ProblemError('rate-limited', `this caller may ask ${perSecond} times a second, and ${burst} at once`, {
      headers: { 'Retry-After': String(wait) },
    });
  };
}
