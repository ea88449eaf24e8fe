import type { Transaction } from 'kysely';
import type { SqlDialect } from '../dialect.js';
import type { Database } from '../schema.js';

/** Versions say who wrote them, and documents find out whether one still has them: a foreign key has no index of its own. */
export async function history({ schema }: Transaction<Database>, { text }: SqlDialect): Promise<void> {
  await schema.alterTable('policy_versions').addColumn('by', text).execute();
  await schema.createIndex('policy_versions_by_digest').on('policy_versions').column('digest').execute();
}
