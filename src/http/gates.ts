import type { Request, RequestHandler, Response } from 'express';
import { RateLimiter } from '../service/rate-limiter.js';
import { admission } from './admission.js';
import { admitEverybody, authentication } from './authentication.js';
import { cors } from './cors.js';
import { discoveryBelowBase } from './discovery.js';
import type { Gate } from './exchange.js';
import { loopbackHostsOnly } from './host-rule.js';
import type { HttpSettings } from './locals.js';
import { minRevision } from './min-revision.js';
import { opening } from './opening.js';
import { ownPagesOnly } from './origin-rule.js';
import { proxyKey } from './proxy-key.js';
import { rateLimit } from './rate-limit.js';
import { requestHead } from './request-head.js';
import type { Services } from './services.js';
import type { Traffic } from './traffic.js';

/** All gates, in their order. There is no way in past them: both doors have this one list. */
export function gatesOf(services: Services, settings: HttpSettings, traffic: Traffic): readonly Gate[] {
  const { auth, allowOpen, corsOrigins, limits } = settings;
  return [
    opening(settings, traffic),
    ...(corsOrigins.length > 0 ? [cors(corsOrigins)] : []),
    admission(limits),
    requestHead,
    ...(auth === 'none' && !allowOpen ? [loopbackHostsOnly] : []),
    ownPagesOnly(settings),
    discoveryBelowBase(settings),
    proxyKey,
    auth === 'none' ? admitEverybody : authentication(services.authenticator),
    ...(limits.rate === null ? [] : [rateLimit(new RateLimiter(limits.rate))]),
    minRevision(services.revisions, limits.maxOpen / 2),
  ];
}

/** Through all gates, at once unless one has to wait. @throws what the first gate that refuses throws */
export function pass(
  gates: readonly Gate[],
  request: Request,
  response: Response,
  from = 0,
): undefined | Promise<void> {
  for (let at = from; at < gates.length; at++) {
    const waiting = gates[at]!(request, response);
    if (waiting !== undefined) return waiting.then(() => pass(gates, request, response, at + 1));
  }
  return undefined;
}

/** The gates as the middleware of an app. */
export const throughGates =
  (gates: readonly Gate[]): RequestHandler =>
  async (request, response, next) => {
    await pass(gates, request, response);
    next();
  };
