import type { Transaction } from 'kysely';
import type { SqlDialect } from '../dialect.js';
import type { Database } from '../schema.js';

/** Documents as plain text: `jsonb` would reorder keys, and then the digest would name something else. */
export async function initial({ schema }: Transaction<Database>, { text }: SqlDialect): Promise<void> {
  await schema
    .createTable('documents')
    .addColumn('digest', text, (column) => column.primaryKey())
    .addColumn('text', text, (column) => column.notNull())
    .execute();
  await schema
    .createTable('policy_versions')
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('version', 'bigint', (column) => column.notNull())
    .addColumn('digest', text, (column) => column.notNull().references('documents.digest'))
    .addColumn('description', text)
    .addColumn('revision', 'bigint', (column) => column.notNull())
    .addColumn('created_at', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('policy_versions_pk', ['kind', 'name', 'version'])
    .execute();
  await schema
    .createTable('policies')
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('version', 'bigint', (column) => column.notNull())
    .addColumn('digest', text, (column) => column.notNull())
    .addColumn('description', text)
    .addColumn('revision', 'bigint', (column) => column.notNull())
    .addColumn('created_at', text, (column) => column.notNull())
    .addColumn('updated_at', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('policies_pk', ['kind', 'name'])
    .addForeignKeyConstraint('policies_newest_version', ['kind', 'name', 'version'], 'policy_versions', [
      'kind',
      'name',
      'version',
    ])
    .execute();
  await schema
    .createTable('records')
    .addColumn('type', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('policy', text)
    .addColumn('body', text, (column) => column.notNull())
    .addColumn('revision', 'bigint', (column) => column.notNull())
    .addColumn('created_at', text, (column) => column.notNull())
    .addColumn('updated_at', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('records_pk', ['type', 'id'])
    .execute();
  await schema.createIndex('records_by_policy').on('records').columns(['type', 'policy']).execute();
  await schema
    .createTable('changes')
    .addColumn('revision', 'bigint', (column) => column.notNull())
    .addColumn('seq', 'bigint', (column) => column.notNull())
    .addColumn('at', text, (column) => column.notNull())
    .addColumn('by', text)
    .addColumn('op', text, (column) => column.notNull())
    .addColumn('type', text, (column) => column.notNull())
    .addColumn('kind', text)
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('version', 'bigint')
    .addPrimaryKeyConstraint('changes_pk', ['revision', 'seq'])
    .execute();
}
