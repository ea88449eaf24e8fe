import type { Transaction } from 'kysely';
import { inBatches } from './batches.js';
import { type Draft, POLICY_KIND, type PolicySlot } from './draft.js';
import { policyHead, storedRecord } from './rows.js';
import type { Database } from './schema.js';
import { type Change, type RecordType, StoreError } from './store.js';

const ATTACHMENTS_NAMED = 20;

/** Reads into the draft the present state of everything that the changes name. */
export async function load(
  transaction: Transaction<Database>,
  draft: Draft,
  changes: readonly Change[],
): Promise<void> {
  const policies = new Map<string, Set<string>>();
  const records = new Map<RecordType, Set<string>>();
  for (const change of changes) {
    if (change.type === 'policy') add(policies, change.kind, change.name);
    else add(records, change.type, change.id);
    if (change.op === 'put' && change.type !== 'policy' && change.policy !== null) {
      add(policies, POLICY_KIND[change.type], change.policy);
    }
  }

  for (const [kind, names] of policies) {
    await inBatches(names, async (batch) => {
      const heads = await transaction
        .selectFrom('policies')
        .selectAll()
        .where('kind', '=', kind)
        .where('name', 'in', batch)
        .execute();
      for (const row of heads) {
        const head = policyHead(row);
        Object.assign(draft.policy(head), { state: head, lastVersion: head.version });
      }
    });
    const absent = [...names].filter((name) => !draft.policy({ kind, name }).state);
    await inBatches(absent, async (batch) => {
      const last = await transaction
        .selectFrom('policy_versions')
        .select(({ fn }) => ['name', fn.max('version').as('version')])
        .where('kind', '=', kind)
        .where('name', 'in', batch)
        .groupBy('name')
        .execute();
      for (const { name, version } of last) draft.policy({ kind, name }).lastVersion = Number(version);
    });
  }
  for (const [type, ids] of records) {
    await inBatches(ids, async (batch) => {
      const rows = await transaction
        .selectFrom('records')
        .selectAll()
        .where('type', '=', type)
        .where('id', 'in', batch)
        .execute();
      for (const row of rows) {
        const record = storedRecord(row);
        draft.record(record).state = record;
      }
    });
  }
}

/** Writes what the draft changed, documents and versions first, because heads refer to them. */
export async function save(transaction: Transaction<Database>, draft: Draft): Promise<void> {
  await inBatches(draft.documents, (batch) =>
    transaction
      .insertInto('documents')
      .values(batch.map(([digest, text]) => ({ digest, text })))
      .onConflict((conflict) => conflict.column('digest').doNothing())
      .execute(),
  );
  await inBatches(draft.versions, (batch) =>
    transaction
      .insertInto('policy_versions')
      .values(batch.map(({ createdAt, ...version }) => ({ ...version, created_at: createdAt })))
      .execute(),
  );
  await savePolicies(transaction, draft);
  await saveRecords(transaction, draft);
  const { revision } = draft;
  await inBatches(draft.log.entries(), (batch) =>
    transaction
      .insertInto('changes')
      .values(
        batch.map(([seq, { requestId, before, ...entry }]) => ({
          revision,
          seq,
          ...entry,
          request_id: requestId,
          revision_before: before?.revision ?? null,
          version_before: before?.version ?? null,
        })),
      )
      .execute(),
  );
  await transaction.updateTable('meta').set({ revision }).execute();
  await checkDetached(transaction, draft);
}

async function savePolicies(transaction: Transaction<Database>, draft: Draft): Promise<void> {
  const changed = [...draft.policies].filter(({ changedBy }) => changedBy !== undefined);
  await inBatches(
    changed.flatMap(({ state }) => state ?? []),
    (batch) =>
      transaction
        .insertInto('policies')
        .values(
          batch.map(({ createdAt, updatedAt, ...head }) => ({ ...head, created_at: createdAt, updated_at: updatedAt })),
        )
        .onConflict((conflict) =>
          conflict.columns(['kind', 'name']).doUpdateSet(({ ref }) => ({
            version: ref('excluded.version'),
            digest: ref('excluded.digest'),
            description: ref('excluded.description'),
            revision: ref('excluded.revision'),
            created_at: ref('excluded.created_at'),
            updated_at: ref('excluded.updated_at'),
          })),
        )
        .execute(),
  );
  for (const [kind, removed] of removedPolicies(draft)) {
    await inBatches(removed.keys(), (batch) =>
      transaction.deleteFrom('policies').where('kind', '=', kind).where('name', 'in', batch).execute(),
    );
  }
}

async function saveRecords(transaction: Transaction<Database>, draft: Draft): Promise<void> {
  const changed = [...draft.records].filter(({ changedBy }) => changedBy !== undefined);
  await inBatches(
    changed.flatMap(({ state }) => state ?? []),
    (batch) =>
      transaction
        .insertInto('records')
        .values(
          batch.map(({ createdAt, updatedAt, ...rest }) => ({ ...rest, created_at: createdAt, updated_at: updatedAt })),
        )
        .onConflict((conflict) =>
          conflict.columns(['type', 'id']).doUpdateSet(({ ref }) => ({
            policy: ref('excluded.policy'),
            body: ref('excluded.body'),
            revision: ref('excluded.revision'),
            created_at: ref('excluded.created_at'),
            updated_at: ref('excluded.updated_at'),
          })),
        )
        .execute(),
  );
  const removed = new Map<RecordType, Set<string>>();
  for (const { type, id, state } of changed) if (!state) add(removed, type, id);
  for (const [type, ids] of removed) {
    await inBatches(ids, (batch) =>
      transaction.deleteFrom('records').where('type', '=', type).where('id', 'in', batch).execute(),
    );
  }
}

/** Refuses the commit if records still name a policy that it deletes; asked when all is written, so they count too. */
async function checkDetached(transaction: Transaction<Database>, draft: Draft): Promise<void> {
  const removed = removedPolicies(draft);
  for (const [type, kind] of Object.entries(POLICY_KIND)) {
    await inBatches(removed.get(kind)?.keys() ?? [], async (batch) => {
      const attached = await transaction
        .selectFrom('records')
        .select(['policy', 'id'])
        .where('type', '=', type)
        .where('policy', 'in', batch)
        .orderBy('policy')
        .orderBy('id')
        .limit(ATTACHMENTS_NAMED)
        .execute();
      const name = attached[0]?.policy;
      if (name == null) return;
      const ids = attached.filter(({ policy }) => policy === name).map(({ id }) => id);
      const message = `${kind} policy \`${name}\` is attached to ${type} ${ids.map((id) => `\`${id}\``).join(', ')}`;
      const more = ids.length === ATTACHMENTS_NAMED ? ' and perhaps more' : '';
      throw new StoreError('policy-attached', message + more, removed.get(kind)?.get(name)?.changedBy, ids);
    });
  }
}

/** By kind and name. */
function removedPolicies(draft: Draft): Map<string, Map<string, PolicySlot>> {
  const removed = new Map<string, Map<string, PolicySlot>>();
  for (const slot of draft.policies) {
    if (slot.changedBy === undefined || slot.state) continue;
    const names = removed.get(slot.kind) ?? new Map<string, PolicySlot>();
    removed.set(slot.kind, names.set(slot.name, slot));
  }
  return removed;
}

function add<K>(sets: Map<K, Set<string>>, key: K, value: string): void {
  sets.set(key, (sets.get(key) ?? new Set()).add(value));
}
