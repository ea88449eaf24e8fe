import { TLSSocket } from 'node:tls';
import type { Request, Response } from 'express';
import type { Identity } from '../service/credentials.js';
import { ServiceError } from '../service/errors.js';
import { grantedBy } from '../service/roles.js';
import { exchangeOf, type Gate } from './exchange.js';
import { isHook } from './hook-paths.js';
import { isOpenPath } from './open-paths.js';
import type { Services } from './services.js';

/** The gate that says who asks. What it may do is compared with what an operation takes by the operation's route. */
export function authentication(authenticator: Services['authenticator']): Gate {
  return (request, response) => {
    if (isOpenPath(request.url)) return undefined;
    const { authorization } = request.headers;
    const certificate = certificateOf(request);
    if (authorization === undefined && certificate === null && isHook(request.url)) {
      // There it is no `Authorization` that is read: see proxyKey.
      throw new ServiceError('unauthenticated', 'send `X-Postern-Key` and the key of the gateway');
    }
    const identity = authenticator.authenticate({
      authorization,
      certificate,
      source: request.socket.remoteAddress ?? '',
    });
    if (identity instanceof Promise) return identity.then((known) => admit(response, known));
    admit(response, identity);
    return undefined;
  };
}

/** The gate in its place where nobody authenticates: whoever gets here may do everything. */
export const admitEverybody: Gate = (_request, response) => {
  exchangeOf(response).may = EVERYTHING;
  return undefined;
};

const EVERYTHING = grantedBy(['admin']);

function admit(response: Response, { by, may }: Identity): void {
  Object.assign(exchangeOf(response), { by, may });
}

/** A client's certificate: its common name, and the end of its time in milliseconds since 1970. */
interface Shown {
  readonly name: string | null;
  readonly until: number;
}

/** A connection keeps its certificate, and to take one apart takes longer than to decide. */
const certificates = new WeakMap<TLSSocket, Shown>();

/** The common name of the client's certificate, if there is one that a certificate authority of ours has issued. */
function certificateOf({ socket }: Request): string | null {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return null;
  let shown = certificates.get(socket);
  if (shown === undefined) {
    const { subject, valid_to } = socket.getPeerCertificate();
    shown = { name: commonName(subject?.CN), until: Date.parse(valid_to) };
    certificates.set(socket, shown);
  }
  // TLS looks at it once, and a connection may last longer.
  return Date.now() < shown.until ? shown.name : null;
}

/** One of several would have to be chosen, and what is not printable goes into no history: then it has no name at all. */
const commonName = (name: unknown): string | null =>
  typeof name === 'string' && /^[\x20-\x7e]{1,255}$/.test(name) ? name : null;
