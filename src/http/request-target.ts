import type { IncomingMessage } from 'node:http';

/**
 * Clients that take us for their proxy send the whole address as request target. It is to be served all the same, and what
 * it says counts instead of `Host` (RFC 9112, section 3.2.2): from here on it is a request like all others.
 * Done before everything else. Express finds the path in an address by itself, but where a gate looks for it there is none;
 * and an address that it cannot take apart Express answers with a page, past all gates.
 */
export function toOriginForm(request: IncomingMessage): void {
  const { url = '' } = request;
  if (url.startsWith('/')) return;
  const [, host, path = ''] = ADDRESS.exec(url) ?? [];
  if (host === undefined) return;
  request.headers.host = host;
  request.url = path.startsWith('/') ? path : `/${path}`;
}

const ADDRESS = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)(.*)$/i;
