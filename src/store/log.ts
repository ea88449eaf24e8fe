import type { Transaction } from 'kysely';
import { loggedChange } from './rows.js';
import type { Database } from './schema.js';
import type { LogPart, LogPlace } from './store.js';

/** What `Store.log` promises, read in one snapshot. */
export async function readLog(
  transaction: Transaction<Database>,
  { revision, seq = Number.MAX_SAFE_INTEGER }: LogPlace,
  upTo: number,
  limit: number,
): Promise<LogPart> {
  const rows = await transaction
    .selectFrom('changes')
    .selectAll()
    .where(({ eb, refTuple, tuple }) => eb(refTuple('revision', 'seq'), '>', tuple(revision, seq)))
    .where('revision', '<=', upTo)
    .orderBy('revision')
    .orderBy('seq')
    .limit(limit)
    .execute();
  return {
    oldest: await oldestLogged(transaction),
    entries: rows.map((row) => ({ ...loggedChange(row), seq: Number(row.seq) })),
  };
}

/** The lowest revision whose changes are kept: the next one where none are. */
async function oldestLogged(transaction: Transaction<Database>): Promise<number> {
  const { oldest, present } = await transaction
    .selectFrom('meta')
    .select(({ selectFrom }) => [
      'revision as present',
      selectFrom('changes')
        .select(({ fn }) => fn.min('revision').as('least'))
        .as('oldest'),
    ])
    .executeTakeFirstOrThrow();
  return oldest === null ? Number(present) + 1 : Number(oldest);
}
