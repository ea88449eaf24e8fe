import { setImmediate } from 'node:timers/promises';
import type { Transaction } from 'kysely';
import { policyHead, storedRecord } from './rows.js';
import type { Database } from './schema.js';
import type { Contents, PolicyHead, StoredRecord } from './store.js';

/** Rows that are read at a time: all of a hundred thousand at once would be in memory twice, and hold the event loop. */
const AT_ONCE = 2000;

/** What `Store.contents` promises, but for the revision, read in one snapshot. */
export async function readContents(transaction: Transaction<Database>): Promise<Omit<Contents, 'revision'>> {
  const policies = await inParts<PolicyHead>(async (last) => {
    let query = transaction.selectFrom('policies').selectAll().orderBy('kind').orderBy('name').limit(AT_ONCE);
    if (last) {
      query = query.where(({ eb, refTuple, tuple }) => eb(refTuple('kind', 'name'), '>', tuple(last.kind, last.name)));
    }
    return (await query.execute()).map(policyHead);
  });
  const records = await inParts<StoredRecord>(async (last) => {
    let query = transaction.selectFrom('records').selectAll().orderBy('type').orderBy('id').limit(AT_ONCE);
    if (last) {
      query = query.where(({ eb, refTuple, tuple }) => eb(refTuple('type', 'id'), '>', tuple(last.type, last.id)));
    }
    return (await query.execute()).map(storedRecord);
  });
  return { policies, records };
}

/** @param next the part after a row, or the first; the last part is not full */
async function inParts<T>(next: (last: T | undefined) => Promise<T[]>): Promise<T[]> {
  const all: T[] = [];
  for (;;) {
    const part = await next(all.at(-1));
    for (const row of part) all.push(row);
    if (part.length < AT_ONCE) return all;
    // A driver that is synchronous gives no turn.
    await setImmediate();
  }
}
