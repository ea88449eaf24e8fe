import { isLoopback } from '../service/safe-address.js';
import type { Gate } from './exchange.js';
import { ProblemError } from './problem.js';

/**
 * Without authentication only this machine may ask, and the address we listen on does not ensure that: a web page can
 * point a name of its own at 127.0.0.1 (DNS rebinding), and the browser then sends that name as `Host`.
 */
export const loopbackHostsOnly: Gate = ({ headers: { host } }) => {
  if (host !== undefined && isOfThisMachine(withoutPort(host).toLowerCase())) return undefined;
  throw new ProblemError(
    'host-not-allowed',
    'without authentication only requests to a loopback name or address are answered: see POSTERN_AUTH and POSTERN_ALLOW_OPEN',
  );
};

const withoutPort = (host: string): string => host.replace(/:\d*$/, '');

/** Whether a browser takes this name or address for this machine: names below `localhost` it asks nobody for (RFC 6761). */
export const isOfThisMachine = (name: string): boolean => isLoopback(name) || name.endsWith('.localhost');
