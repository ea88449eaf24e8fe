import type { Change, PolicyHead, Precondition, Stamp, StoredRecord, StoreErrorCode } from '../../src/store/store.js';

export interface ModelState {
  readonly revision: number;
  readonly policies: ReadonlyMap<string, PolicyHead>;
  readonly records: ReadonlyMap<string, StoredRecord>;
  /** The highest version ever given, by policy. */
  readonly versions: ReadonlyMap<string, number>;
}

export const EMPTY: ModelState = { revision: 0, policies: new Map(), records: new Map(), versions: new Map() };

type ModelResult =
  | { readonly ok: true; readonly state: ModelState; readonly outcomes: readonly string[] }
  | { readonly ok: false; readonly code: StoreErrorCode; readonly change: number | undefined };

/** What a commit must do, written as plainly as the interface's comments, on copies of the whole state. */
export function commitToModel(state: ModelState, changes: readonly Change[], { at }: Stamp): ModelResult {
  const policies = new Map(state.policies);
  const records = new Map(state.records);
  const versions = new Map(state.versions);
  const revision = state.revision + 1;
  const outcomes: string[] = [];
  const named = new Set<string>();
  for (const [index, change] of changes.entries()) {
    const id = change.type === 'policy' ? `${change.kind}/${change.name}` : `${change.type}/${change.id}`;
    const things: Map<string, PolicyHead | StoredRecord> = change.type === 'policy' ? policies : records;
    const before = things.get(id);
    if (!holds(change.when, before?.revision)) return { ok: false, code: 'precondition-failed', change: index };
    if (change.op === 'delete') {
      if (!before) return { ok: false, code: 'not-found', change: index };
      things.delete(id);
      outcomes.push('deleted');
      continue;
    }
    if (change.type !== 'policy') named.add(id);
    const content = contentOf(change);
    if (before && Object.entries(content).every(([name, value]) => Reflect.get(before, name) === value)) {
      outcomes.push('unchanged');
      continue;
    }
    const times = { revision, createdAt: before?.createdAt ?? at, updatedAt: at };
    if ('digest' in content) {
      const version = (versions.get(id) ?? 0) + 1;
      versions.set(id, version);
      policies.set(id, { ...content, version, ...times });
    } else {
      records.set(id, { ...content, ...times });
    }
    outcomes.push(before ? 'replaced' : 'created');
  }

  const dangling = [...records].filter(
    ([, { type, policy }]) =>
      policy !== null && !policies.has(`${type === 'endpoint' ? 'endpoint' : 'resource'}/${policy}`),
  );
  if (dangling.some(([id]) => named.has(id))) return { ok: false, code: 'unknown-policy', change: undefined };
  if (dangling.length > 0) return { ok: false, code: 'policy-attached', change: undefined };
  const changed = outcomes.some((outcome) => outcome !== 'unchanged');
  return { ok: true, outcomes, state: { policies, records, versions, revision: changed ? revision : state.revision } };
}

function contentOf(
  change: Extract<Change, { op: 'put' }>,
):
  | Pick<PolicyHead, 'kind' | 'name' | 'digest' | 'description'>
  | Pick<StoredRecord, 'type' | 'id' | 'policy' | 'body'> {
  if (change.type === 'policy') {
    const { kind, name, digest, description } = change;
    return { kind, name, digest, description };
  }
  const { type, id, policy, body } = change;
  return { type, id, policy, body };
}

function holds(when: Precondition | undefined, revision: number | undefined): boolean {
  const exists = revision !== undefined;
  if (when?.ifNoneMatch && exists) return false;
  if (when?.ifMatch === undefined) return true;
  return exists && (when.ifMatch === '*' || when.ifMatch.includes(revision));
}
