import type { Kysely } from 'kysely';
import { inBatches } from './batches.js';
import type { Database } from './schema.js';

/** What `KeyUses.noteKeyUses` promises. */
export async function noteKeyUses(db: Kysely<Database>, uses: ReadonlyMap<string, string>): Promise<void> {
  // In one order: two replicas that note the same keys must not wait for each other.
  const rows = [...uses].sort(([one], [other]) => (one < other ? -1 : 1));
  await inBatches(rows, (batch) =>
    db
      .insertInto('key_uses')
      .values(batch.map(([digest, used_at]) => ({ digest, used_at })))
      .onConflict((conflict) =>
        conflict
          .column('digest')
          .doUpdateSet(({ ref }) => ({ used_at: ref('excluded.used_at') }))
          .whereRef('key_uses.used_at', '<', 'excluded.used_at'),
      )
      .execute(),
  );
}

/** What `KeyUses.keyUses` promises. */
export async function readKeyUses(db: Kysely<Database>): Promise<ReadonlyMap<string, string>> {
  const rows = await db.selectFrom('key_uses').selectAll().execute();
  return new Map(rows.map(({ digest, used_at }) => [digest, used_at]));
}
