import type { Gate } from './exchange.js';
import { basePathOf, type HttpSettings } from './locals.js';

const DISCOVERY = '/.well-known/authzen-configuration';

/**
 * RFC 8414's way of discovery, which AuthZEN took over: what is said of `https://host/base` is found at
 * `https://host/.well-known/authzen-configuration/base`, where no proxy takes the base path off. From here on it is one path.
 */
export function discoveryBelowBase(settings: HttpSettings): Gate {
  const path = DISCOVERY + basePathOf(settings);
  return (request) => {
    if (request.url === path) request.url = DISCOVERY;
    return undefined;
  };
}
