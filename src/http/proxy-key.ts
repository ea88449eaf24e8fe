import type { Gate } from './exchange.js';
import { isHook } from './hook-paths.js';

/**
 * At a hook `Authorization` is that of the gateway's client, which gateways hand on and which says nothing of the gateway.
 * It proves itself with a header of its own; from here on that is what authenticates the request.
 */
export const proxyKey: Gate = ({ url, headers }) => {
  if (!isHook(url)) return undefined;
  const key = headers[PROXY_KEY];
  if (typeof key === 'string' && key !== '') headers.authorization = `Bearer ${key}`;
  else delete headers.authorization;
  return undefined;
};

const PROXY_KEY = 'x-postern-key';
