import type { Selectable, Transaction } from 'kysely';
import { policyHead, storedRecord } from './rows.js';
import type { Database } from './schema.js';
import type { Absent, News, Present, RecordType } from './store.js';

/** With more changes than this, everything is read anew: it takes no longer, and needs no more memory. */
const MOST = 10_000;

/** A state of the store, and when it was made, if that is known. Two stores have states of the same number, but not both. */
export interface State {
  readonly revision: number;
  readonly at: string | null;
}

/**
 * What `Store.since` promises, read in one snapshot.
 * @param after a state that was read before, perhaps of what the database was then
 * @returns also the state that it leads to
 */
export async function readNews(
  transaction: Transaction<Database>,
  after: State,
): Promise<{ readonly state: State; readonly news: News | null }> {
  const state = await readState(transaction);
  const { revision } = state;
  const then = revision === after.revision ? state.at : await madeAt(transaction, after.revision);
  if (after.at !== null && then !== null && after.at !== then) return { state, news: null };
  if (revision === after.revision) return { state, news: { revision, applied: [] } };
  const log = transaction
    .selectFrom('changes')
    .select('revision')
    .where('revision', '>', after.revision)
    .orderBy('revision')
    .limit(MOST + 1);
  const { first, count } = await transaction
    .selectFrom(log.as('log'))
    .select(({ fn }) => [fn.min('revision').as('first'), fn.countAll().as('count')])
    .executeTakeFirstOrThrow();
  // Every revision has changes: if those of the next are not there, they have been forgotten, or the store is older.
  if (Number(first) !== after.revision + 1 || Number(count) > MOST) return { state, news: null };
  const applied = [...(await policies(transaction, after.revision)), ...(await records(transaction, after.revision))];
  return { state, news: { revision, applied } };
}

export async function readState(transaction: Transaction<Database>): Promise<State> {
  const meta = await transaction.selectFrom('meta').select('revision').executeTakeFirstOrThrow();
  const revision = Number(meta.revision);
  return { revision, at: await madeAt(transaction, revision) };
}

async function madeAt(transaction: Transaction<Database>, revision: number): Promise<string | null> {
  const change = await transaction
    .selectFrom('changes')
    .select('at')
    .where('revision', '=', revision)
    .limit(1)
    .executeTakeFirst();
  return change?.at ?? null;
}

async function policies(transaction: Transaction<Database>, after: number): Promise<(Present | Absent)[]> {
  const changed = transaction
    .selectFrom('changes')
    .select(['kind', 'id'])
    .distinct()
    .where('revision', '>', after)
    .where('type', '=', 'policy');
  const rows = await transaction
    .selectFrom(changed.as('changed'))
    .leftJoin('policies', (join) =>
      join.onRef('policies.kind', '=', 'changed.kind').onRef('policies.name', '=', 'changed.id'),
    )
    .selectAll('policies')
    .select(['changed.kind as changed_kind', 'changed.id as changed_id'])
    .execute();
  return rows.map(({ changed_kind: kind, changed_id: name, ...row }) =>
    row.name === null
      ? { type: 'policy', key: { kind: kind as string, name } }
      : { type: 'policy', policy: policyHead(row as Selectable<Database['policies']>) },
  );
}

async function records(transaction: Transaction<Database>, after: number): Promise<(Present | Absent)[]> {
  const changed = transaction
    .selectFrom('changes')
    .select(['type', 'id'])
    .distinct()
    .where('revision', '>', after)
    .where('type', '<>', 'policy');
  const rows = await transaction
    .selectFrom(changed.as('changed'))
    .leftJoin('records', (join) =>
      join.onRef('records.type', '=', 'changed.type').onRef('records.id', '=', 'changed.id'),
    )
    .selectAll('records')
    .select(['changed.type as changed_type', 'changed.id as changed_id'])
    .execute();
  return rows.map(({ changed_type, changed_id: id, ...row }) => {
    const type = changed_type as RecordType;
    return row.id === null ? { type, id } : { type, record: storedRecord(row as Selectable<Database['records']>) };
  });
}
