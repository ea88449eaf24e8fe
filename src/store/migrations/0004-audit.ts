import type { Transaction } from 'kysely';
import type { SqlDialect } from '../dialect.js';
import type { Database } from '../schema.js';

/**
 * The log says all that an audit asks for: a second table would say the same again. An index for
 * each thing that is asked about, in the order of the answers.
 */
export async function audit({ schema }: Transaction<Database>, { text }: SqlDialect): Promise<void> {
  await schema.alterTable('changes').addColumn('request_id', text).execute();
  await schema.alterTable('changes').addColumn('revision_before', 'bigint').execute();
  await schema.alterTable('changes').addColumn('version_before', 'bigint').execute();
  await schema.alterTable('changes').addColumn('audited', text).execute();
  const order = ['at', 'revision', 'seq'] as const;
  await schema
    .createIndex('changes_by_time')
    .on('changes')
    .columns([...order])
    .execute();
  await schema
    .createIndex('changes_by_id')
    .on('changes')
    .columns(['id', ...order])
    .execute();
  await schema
    .createIndex('changes_by_caller')
    .on('changes')
    .columns(['by', ...order])
    .execute();
}
