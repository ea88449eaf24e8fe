import type { IncomingMessage } from 'node:http';
import { newId } from '../service/new-id.js';
import { beginExchange, Exchange, type Gate } from './exchange.js';
import type { HttpSettings } from './locals.js';
import { securityHeaders } from './security-headers.js';
import type { Traffic } from './traffic.js';

/**
 * The first gate: from here on a request has an id, and whatever is answered has the headers that all answers have,
 * and is counted and logged when it is over.
 */
export function opening(settings: HttpSettings, traffic: Traffic): Gate {
  const always = securityHeaders(settings);
  return (request, response) => {
    beginExchange(response, new Exchange(idOf(request), always));
    traffic.begin(response);
    return undefined;
  };
}

const USABLE = /^[\x20-\x7e]{1,128}$/;

/** The caller's `X-Request-ID` if it can go into a log line as it is, else a new one. */
function idOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && USABLE.test(given) ? given : newId();
}
