import { createHash } from 'node:crypto';
import type { AttachableType, Change, Precondition, RecordType, Stamp } from '../../src/store/store.js';

export const STAMP: Stamp = { at: '2026-01-02T03:04:05.678Z', by: 'key:tests' };

/** A later moment for each `n`. */
export function stamp(n: number): Stamp {
  return { at: `2026-02-${String(n).padStart(2, '0')}T00:00:00.000Z`, by: null };
}

export function digestOf(document: string): string {
  return `sha256:${createHash('sha256').update(document).digest('hex')}`;
}

interface PolicyParts {
  readonly kind?: string;
  readonly document?: string;
  readonly description?: string | null;
  readonly when?: Precondition;
}

/** Of kind `endpoint` unless said otherwise; its document names it. */
export function putPolicy(name: string, parts: PolicyParts = {}): Extract<Change, { op: 'put'; type: 'policy' }> {
  const document = parts.document ?? JSON.stringify({ Id: name });
  const { kind = 'endpoint', description = null, when } = parts;
  const change = { op: 'put', type: 'policy', kind, name, document, digest: digestOf(document), description } as const;
  return when ? { ...change, when } : change;
}

export function deletePolicy(name: string, { kind = 'endpoint', when }: PolicyParts = {}): Change {
  return { op: 'delete', type: 'policy', kind, name, ...(when && { when }) };
}

interface RecordParts {
  readonly type?: AttachableType;
  readonly policy?: string | null;
  readonly body?: string;
  readonly when?: Precondition;
}

/** An endpoint unless said otherwise, without a policy; its body names it. */
export function putRecord(id: string, parts: RecordParts = {}): Change {
  const { type = 'endpoint', policy = null, body = JSON.stringify({ id, policy }), when } = parts;
  return { op: 'put', type, id, policy, body, ...(when && { when }) };
}

export function putKey(id: string, body = JSON.stringify({ id })): Change {
  return { op: 'put', type: 'key', id, policy: null, body, audited: `what ${id} may do` };
}

export function deleteRecord(
  id: string,
  { type = 'endpoint', when }: Omit<RecordParts, 'type'> & { readonly type?: RecordType } = {},
): Change {
  return { op: 'delete', type, id, ...(when && { when }) };
}
