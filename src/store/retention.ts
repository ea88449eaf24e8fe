import { setImmediate } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { inBatches } from './batches.js';
import type { SqlDialect } from './dialect.js';
import type { Database } from './schema.js';
import type { VersionPlace } from './store.js';
import { writing } from './writing.js';

// What is old is looked for outside of the transaction, so that finding none keeps no writer waiting. It cannot stop being
// old meanwhile: log and versions are only ever added to, and two processes that forget the same do no harm.

/** How many rows are looked at, and mostly also forgotten, at a time. */
const AT_ONCE = 500;

/** @returns whether there may be more; see `Store.forgetChanges` */
export async function forgetChanges(db: Kysely<Database>, dialect: SqlDialect, before: string): Promise<boolean> {
  const oldest = await db
    .selectFrom('changes')
    .select(['revision', 'at'])
    .orderBy('revision')
    .orderBy('seq')
    .limit(AT_ONCE)
    .execute();
  // In the order of revisions: what is kept must have no gap, whatever the clocks of the writers said.
  const kept = oldest.findIndex(({ at }) => at >= before);
  const last = oldest.at(kept === -1 ? -1 : kept - 1)?.revision;
  if (last === undefined || kept === 0) return false;

  // A revision goes as a whole, so that the lowest one that is there is complete.
  await writing(db, dialect, async (transaction) => {
    await transaction.deleteFrom('changes').where('revision', '<', last).execute();
    const { size } = await transaction
      .selectFrom('changes')
      .select(({ fn }) => fn.countAll().as('size'))
      .where('revision', '=', last)
      .executeTakeFirstOrThrow();
    for (let end = AT_ONCE; end < Number(size) + AT_ONCE; end += AT_ONCE) {
      await setImmediate();
      await transaction.deleteFrom('changes').where('revision', '=', last).where('seq', '<', end).execute();
    }
  });
  return kept === -1;
}

/** @returns where to go on; see `Store.forgetVersions` */
export async function forgetVersions(
  db: Kysely<Database>,
  dialect: SqlDialect,
  before: string,
  after: VersionPlace | null,
): Promise<VersionPlace | null> {
  let query = db
    .selectFrom('policy_versions')
    .select(['kind', 'name', 'version', 'digest', 'created_at'])
    .orderBy('kind')
    .orderBy('name')
    .orderBy('version')
    .limit(AT_ONCE + 1);
  if (after !== null) {
    query = query.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('kind', 'name', 'version'), '>', tuple(after.kind, after.name, after.version)),
    );
  }
  const rows = await query.execute();
  const replaced = rows.filter(({ kind, name }, at) => {
    const next = rows[at + 1];
    return next !== undefined && next.kind === kind && next.name === name && next.created_at < before;
  });
  if (replaced.length > 0) {
    await writing(db, dialect, async (transaction) => {
      await inBatches(replaced, (batch) =>
        transaction
          .deleteFrom('policy_versions')
          .where(({ eb, or, and }) =>
            or(
              batch.map(({ kind, name, version }) =>
                and([eb('kind', '=', kind), eb('name', '=', name), eb('version', '=', version)]),
              ),
            ),
          )
          .execute(),
      );
      await inBatches(new Set(replaced.map(({ digest }) => digest)), (batch) =>
        transaction
          .deleteFrom('documents')
          .where('digest', 'in', batch)
          .where(({ not, exists, selectFrom }) =>
            not(
              exists(
                selectFrom('policy_versions')
                  .select('policy_versions.digest')
                  .whereRef('policy_versions.digest', '=', 'documents.digest'),
              ),
            ),
          )
          .execute(),
      );
    });
  }
  const last = rows.length > AT_ONCE ? rows[AT_ONCE - 1] : undefined;
  return last === undefined ? null : { kind: last.kind, name: last.name, version: Number(last.version) };
}
