import type { Kysely } from 'kysely';
import { auditEntry } from './rows.js';
import type { Database } from './schema.js';
import type { AuditEntry, AuditQuery } from './store.js';

/**
 * What `Audit.audit` promises. By time, not by revision: that is the order of the indexes, and the clocks of replicas
 * differ by less than an auditor notices.
 */
export async function readAudit(
  db: Kysely<Database>,
  { type, kind, id, by, from, to, before, limit }: AuditQuery,
): Promise<AuditEntry[]> {
  let query = db
    .selectFrom('changes')
    .selectAll()
    .orderBy('at', 'desc')
    .orderBy('revision', 'desc')
    .orderBy('seq', 'desc')
    .limit(limit);
  for (const [column, value] of Object.entries({ type, kind, id, by })) {
    if (value !== undefined) query = query.where(column as 'type' | 'kind' | 'id' | 'by', '=', value);
  }
  if (from !== undefined) query = query.where('at', '>=', from);
  if (to !== undefined) query = query.where('at', '<', to);
  if (before !== undefined) {
    const { at, revision, seq } = before;
    query = query.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('at', 'revision', 'seq'), '<', tuple(at, revision, seq)),
    );
  }
  return (await query.execute()).map(auditEntry);
}
