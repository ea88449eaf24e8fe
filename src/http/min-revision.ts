import { ServiceError } from '../service/errors.js';
import { waitingRoom } from '../service/waiting-room.js';
import type { Gate } from './exchange.js';
import type { Services } from './services.js';

/**
 * Whether answers at a path say from which state they are made, and may be asked to be of a newer one. Not at the hooks:
 * gateways pass on the headers of clients, who would choose how long a gateway has to wait.
 */
export const isVersioned = (path: string): boolean => path.startsWith('/v1/') || path.startsWith('/access/v1/');

/**
 * `Postern-Min-Revision: n`: the caller has seen revision n, here or on another replica, and the answer must not be older.
 * So it reads its own writes wherever it asks.
 * @param most requests that wait at a time: whoever names revisions that will never be must not take all the room there is
 */
export function minRevision(revisions: Services['revisions'], most: number): Gate {
  const waiting = waitingRoom(
    most,
    () => new ServiceError('revision-not-reached', 'too many requests wait for a revision already'),
  );
  return (request) => {
    const wanted = request.headers['postern-min-revision'];
    if (wanted === undefined || !isVersioned(request.url)) return undefined;
    const revision = parse(String(wanted));
    // Whoever need not wait takes no room from those who do, and none of them can take its own.
    if (revision <= revisions.current) return undefined;
    return waiting(() => revisions.reach(revision));
  };
}

function parse(header: string): number {
  const revision = /^\d+$/.test(header) ? Number(header) : Number.NaN;
  if (Number.isSafeInteger(revision)) return revision;
  const detail = 'Postern-Min-Revision must be a whole number from 0 to 2^53-1';
  throw new ServiceError('malformed-request', detail, [{ pointer: '', code: 'malformed-header', detail }]);
}
