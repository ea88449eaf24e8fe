import { isIPv4 } from 'node:net';

/**
 * An address at which nobody on the way can answer instead: https, or on this machine. A password in it is not sent by
 * `fetch`, and would end up in the log.
 */
export function isSafeAddress({ protocol, hostname, username, password }: URL): boolean {
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

/** Whether a host, as URLs have it or without the brackets of IPv6, is this machine, whoever resolves it. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host === '[::1]' || (host.startsWith('127.') && isIPv4(host));
