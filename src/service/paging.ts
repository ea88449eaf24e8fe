import { ServiceError } from './errors.js';

export interface Page<T> {
  readonly items: readonly T[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
}

export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string;
  readonly prefix?: string;
}

/** A cursor says after which name a page begins; callers are not to look into it. */
export const writeCursor = (after: string): string => Buffer.from(after, 'utf8').toString('base64url');

/** @throws ServiceError `malformed-request` for what is no cursor of ours */
export function readCursor(cursor: string, form = /^.+$/s): string {
  const after = Buffer.from(cursor, 'base64url').toString('utf8');
  if (form.test(after) && writeCursor(after) === cursor) return after;
  const issue = { pointer: '', code: 'malformed-cursor', detail: 'give the `nextCursor` of the page before' };
  throw new ServiceError('malformed-request', 'the cursor is not one of ours', [issue]);
}

/** One page of a collection in order of its names. */
export function paged<T, S>(
  { limit, cursor, prefix }: PageRequest,
  all: { page(query: { prefix: string; after: string | null; limit: number }): T[] },
  nameOf: (record: T) => string,
  summary: (record: T) => S,
): Page<S> {
  const after = cursor === undefined ? null : readCursor(cursor);
  const found = all.page({ prefix: prefix ?? '', after, limit: limit + 1 });
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map(summary),
    nextCursor: found.length > limit && last !== undefined ? writeCursor(nameOf(last)) : null,
  };
}
