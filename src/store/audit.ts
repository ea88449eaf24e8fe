import { setImmediate } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { UNSTORABLE } from './commit.js';
import { auditEntry } from './rows.js';
import type { Database } from './schema.js';
import type { AuditEntry, AuditPlace, AuditQuery } from './store.js';

/** How many entries are looked at in one turn of the event loop, where those that are wanted are few among many. */
const AT_ONCE = 1000;

/**
 * What `Audit.audit` promises. By time, not by revision: that is the order of the indexes, and the clocks of replicas
 * differ by less than an auditor notices.
 * What no index answers is picked out here, part by part: a database that is asked for all of it at once takes the wrong
 * index, or goes through the whole log, and an embedded one holds every decision meanwhile.
 */
export async function readAudit(db: Kysely<Database>, query: AuditQuery): Promise<AuditEntry[]> {
  const found: AuditEntry[] = [];
  let { before } = query;
  // Databases differ in what they make of it: one cuts it off, and finds what was not asked for.
  if ([query.id, query.by, before?.at].some((text = '') => UNSTORABLE.test(text))) return found;
  for (let size = query.limit; ; size = AT_ONCE) {
    const part = await readPart(db, query, before, size);
    for (const entry of part) {
      if (isWanted(entry, query)) found.push(entry);
      if (found.length === query.limit) return found;
    }
    if (part.length < size) return found;
    before = part.at(-1);
    await setImmediate();
  }
}

const isWanted = (entry: AuditEntry, query: AuditQuery): boolean =>
  (['type', 'kind', 'by'] as const).every((member) => query[member] === undefined || query[member] === entry[member]);

async function readPart(
  db: Kysely<Database>,
  { id, by, from, to }: AuditQuery,
  before: AuditPlace | undefined,
  size: number,
): Promise<AuditEntry[]> {
  let query = db
    .selectFrom('changes')
    .selectAll()
    .orderBy('at', 'desc')
    .orderBy('revision', 'desc')
    .orderBy('seq', 'desc')
    .limit(size);
  // Of one thing there are fewer entries than by one caller.
  if (id !== undefined) query = query.where('id', '=', id);
  else if (by !== undefined) query = query.where('by', '=', by);
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
