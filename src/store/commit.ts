import type { Transaction } from 'kysely';
import { inTurns } from './batches.js';
import type { SqlDialect } from './dialect.js';
import { Draft } from './draft.js';
import { load, save } from './draft-rows.js';
import type { Database } from './schema.js';
import type { Applied, Change, Commit, Stamp } from './store.js';

/** What `Store.commit` promises, in a transaction that is the only writing one. */
export async function commit(
  transaction: Transaction<Database>,
  dialect: SqlDialect,
  changes: readonly Change[],
  stamp: Stamp,
): Promise<Commit> {
  const meta = await transaction.selectFrom('meta').select('revision').executeTakeFirstOrThrow();
  const present = Number(meta.revision);
  const draft = new Draft(present + 1, stamp);
  await load(transaction, draft, changes);
  const applied: Applied[] = [];
  await inTurns(changes, (change, index) => {
    applied.push(draft.apply(change, index));
  });
  draft.checkReferences();
  if (draft.log.length === 0) return { revision: present, applied };
  await save(transaction, draft);
  await dialect.announce(transaction, draft.revision);
  return { revision: draft.revision, applied };
}

/** In any text that cannot be stored, and so is nobody's name. */
export const UNSTORABLE = /[\0\p{Surrogate}]/u;

/**
 * SQLite would cut text off at U+0000 and replace half a surrogate pair; PostgreSQL refuses both. Kept as given or not at
 * all: a text that comes back different would no longer be the one its digest names. Callers refuse such text earlier.
 * @throws TypeError
 */
export async function checkText(changes: readonly Change[], stamp: Stamp): Promise<void> {
  await inTurns([stamp, ...changes], (part) => {
    for (const value of Object.values(part)) {
      if (typeof value !== 'string' || !UNSTORABLE.test(value)) continue;
      throw new TypeError('text with U+0000 or an unpaired surrogate cannot be stored');
    }
  });
}
