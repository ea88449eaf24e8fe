import { ServiceError } from '../service/errors.js';
import type { Gate } from './exchange.js';
import type { Revisions } from './services.js';

/**
 * `Postern-Min-Revision: n`: the caller has seen revision n, here or on another replica, and the answer must not be older.
 * So it reads its own writes wherever it asks.
 */
export function minRevision(revisions: Revisions): Gate {
  return (request) => {
    const wanted = request.headers['postern-min-revision'];
    if (wanted === undefined || !request.url.startsWith('/v1/')) return undefined;
    return revisions.reach(parse(String(wanted)));
  };
}

function parse(header: string): number {
  const revision = /^\d+$/.test(header) ? Number(header) : Number.NaN;
  if (Number.isSafeInteger(revision)) return revision;
  const detail = 'Postern-Min-Revision must be a whole number from 0 to 2^53-1';
  throw new ServiceError('malformed-request', detail, [{ pointer: '', code: 'malformed-header', detail }]);
}
