import { isIPv4 } from 'node:net';
import type { Gate } from './exchange.js';
import type { HttpSettings } from './locals.js';
import { ProblemError } from './problem.js';

/**
 * Without authentication only this machine may ask, and the address we listen on does not ensure that.
 * - A web page can point a name of its own at 127.0.0.1 (DNS rebinding), and the browser then sends that name as `Host`.
 * - It can also post to 127.0.0.1 what needs no preflight, such as an empty body; then the browser says where the page is
 *   from. Only what is stored is guarded against that: a gateway that asks for a decision may pass on its client's headers.
 */
export function loopbackOnly({ corsOrigins, publicUrl }: HttpSettings): Gate {
  const known = new Set(publicUrl === null ? corsOrigins : [...corsOrigins, new URL(publicUrl).origin]);
  return ({ url, headers: { host, origin } }) => {
    if (host === undefined || !isLoopback(withoutPort(host))) throw new ProblemError('host-not-allowed', WHY);
    if (origin === undefined || !url.startsWith('/v1/') || known.has(origin)) return undefined;
    if (!URL.canParse(origin) || !isLoopback(new URL(origin).hostname)) {
      throw new ProblemError('origin-not-allowed', 'without authentication pages of other origins may ask for nothing');
    }
    return undefined;
  };
}

const WHY =
  'without authentication only requests to a loopback name or address are answered: see POSTERN_AUTH and POSTERN_ALLOW_OPEN';

const withoutPort = (host: string): string => host.replace(/:\d*$/, '').toLowerCase();

const isLoopback = (name: string): boolean =>
  name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || (name.startsWith('127.') && isIPv4(name));
