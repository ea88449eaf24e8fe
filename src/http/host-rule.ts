import { isIPv4 } from 'node:net';
import type { Gate } from './exchange.js';
import { ProblemError } from './problem.js';

/**
 * Without authentication only this machine may ask, and the address we listen on does not ensure that: a web page can
 * point a name of its own at 127.0.0.1 (DNS rebinding), and the browser then sends that name as `Host`.
 */
export const loopbackHostsOnly: Gate = ({ headers: { host } }) => {
  if (host !== undefined && isLoopback(withoutPort(host).toLowerCase())) return undefined;
  throw new ProblemError(
    'host-not-allowed',
    'without authentication only requests to a loopback name or address are answered: see POSTERN_AUTH and POSTERN_ALLOW_OPEN',
  );
};

const withoutPort = (host: string): string => host.replace(/:\d*$/, '');

/** Whether this name or address, as URLs have it, is of this machine. */
export const isLoopback = (name: string): boolean =>
  name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || (name.startsWith('127.') && isIPv4(name));
