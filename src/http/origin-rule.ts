import type { Gate } from './exchange.js';
import { isOfThisMachine } from './host-rule.js';
import type { HttpSettings } from './locals.js';
import { ProblemError } from './problem.js';

/**
 * A web page can have a browser send, without asking before, what needs no body, and the browser adds by itself what is
 * believed here: that it is on this machine or in this network, or a client certificate. It also says where the page is
 * from. A key it does not add, so whoever sends one means it.
 * Only what is stored is guarded: a gateway that asks for a decision may pass on its client's headers.
 */
export function ownPagesOnly({ corsOrigins, publicUrl }: HttpSettings): Gate {
  const known = new Set(publicUrl === null ? corsOrigins : [...corsOrigins, new URL(publicUrl).origin]);
  return ({ url, headers }) => {
    const { origin, authorization, host } = headers;
    if (origin === undefined || authorization !== undefined || !url.startsWith('/v1/') || known.has(origin)) {
      return undefined;
    }
    // What no page can write. A proxy may have changed `Host`, and old browsers do not say it.
    if (headers['sec-fetch-site'] === 'same-origin' || isOwn(origin, host)) return undefined;
    throw new ProblemError('origin-not-allowed', 'without a key pages of other origins may ask for nothing');
  };
}

function isOwn(origin: string, host: string | undefined): boolean {
  if (!URL.canParse(origin)) return false;
  const from = new URL(origin);
  return from.host === host?.toLowerCase() || isOfThisMachine(from.hostname);
}
