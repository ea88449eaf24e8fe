import type { Selectable } from 'kysely';
import type { Database } from './schema.js';
import type { AuditEntry, LoggedChange, PolicyHead, PolicyVersion, RecordType, StoredRecord } from './store.js';

// Rows are copied, member by member: node:sqlite's have no prototype and take several times the memory, and 100,000 heads
// stay in memory for ever. PostgreSQL's driver gives 64-bit counters as text, hence `Number`.

export function policyHead(row: Selectable<Database['policies']>): PolicyHead {
  return {
    kind: row.kind,
    name: row.name,
    version: Number(row.version),
    digest: row.digest,
    description: row.description,
    revision: Number(row.revision),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function policyVersion(row: Selectable<Database['policy_versions']>): PolicyVersion {
  return {
    kind: row.kind,
    name: row.name,
    version: Number(row.version),
    digest: row.digest,
    description: row.description,
    revision: Number(row.revision),
    createdAt: row.created_at,
    by: row.by,
  };
}

export function storedRecord(row: Selectable<Database['records']>): StoredRecord {
  return {
    type: row.type as RecordType,
    id: row.id,
    policy: row.policy,
    body: row.body,
    revision: Number(row.revision),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function loggedChange(row: Selectable<Database['changes']>): LoggedChange {
  return {
    revision: Number(row.revision),
    at: row.at,
    by: row.by,
    op: row.op as LoggedChange['op'],
    type: row.type as LoggedChange['type'],
    kind: row.kind,
    id: row.id,
    version: row.version === null ? null : Number(row.version),
  };
}

export function auditEntry(row: Selectable<Database['changes']>): AuditEntry {
  const { request_id, revision_before: revision, version_before: version } = row;
  return {
    ...loggedChange(row),
    seq: Number(row.seq),
    requestId: request_id,
    audited: row.audited,
    before:
      revision === null ? null : { revision: Number(revision), version: version === null ? null : Number(version) },
  };
}
