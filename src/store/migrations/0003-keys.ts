import type { Transaction } from 'kysely';
import type { SqlDialect } from '../dialect.js';
import type { Database } from '../schema.js';

/**
 * Keys are records like others, so that replicas hear of them as they hear of every write. When they were last used stands
 * beside them, because it is written without being a write.
 */
export async function keys({ schema }: Transaction<Database>, { text }: SqlDialect): Promise<void> {
  await schema
    .createTable('key_uses')
    .addColumn('digest', text, (column) => column.primaryKey())
    .addColumn('used_at', text, (column) => column.notNull())
    .execute();
}
