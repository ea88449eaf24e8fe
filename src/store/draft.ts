import {
  type Applied,
  type AttachableType,
  type AuditEntry,
  type Change,
  type LoggedChange,
  type PolicyHead,
  type PolicyKey,
  type PolicyVersion,
  type Precondition,
  type RecordType,
  type Stamp,
  type StoredRecord,
  StoreError,
} from './store.js';

/** The kind of policy that a record's `policy` names. */
export const POLICY_KIND = { endpoint: 'endpoint', api: 'resource' } as const satisfies Record<AttachableType, string>;

/** One policy or record that a commit names: its state, which the commit's changes move on. */
interface Slot<State> {
  state: State | undefined;
  /** Index of the last change that altered it, where one did. */
  changedBy?: number;
}

export interface PolicySlot extends Slot<PolicyHead>, PolicyKey {
  /** The highest version ever written, also before a delete. */
  lastVersion: number;
}

interface RecordSlot extends Slot<StoredRecord> {
  readonly type: RecordType;
  readonly id: string;
  /** Index of the last put, even one that altered nothing. */
  putBy?: number;
}

type PolicyChange = Extract<Change, { type: 'policy' }>;
type RecordChange = Exclude<Change, PolicyChange>;

/**
 * What one commit would make of the store. It judges the changes in memory, one after the other, from a state that was
 * read for all of them at once; so a commit's statements grow with its size divided by that of a batch, and the rules
 * are the same for every database.
 */
export class Draft {
  readonly documents = new Map<string, string>();
  readonly versions: PolicyVersion[] = [];
  readonly log: Omit<AuditEntry, 'revision' | 'seq'>[] = [];
  readonly #policies = new Map<string, PolicySlot>();
  readonly #records = new Map<string, RecordSlot>();

  /** @param revision the number that this commit takes if it changes anything */
  constructor(
    readonly revision: number,
    private readonly stamp: Stamp,
  ) {}

  get policies(): Iterable<PolicySlot> {
    return this.#policies.values();
  }

  get records(): Iterable<RecordSlot> {
    return this.#records.values();
  }

  policy({ kind, name }: PolicyKey): PolicySlot {
    return slot(this.#policies, key(kind, name), () => ({ kind, name, state: undefined, lastVersion: 0 }));
  }

  record({ type, id }: { readonly type: RecordType; readonly id: string }): RecordSlot {
    return slot(this.#records, key(type, id), () => ({ type, id, state: undefined }));
  }

  apply(change: Change, index: number): Applied {
    return change.type === 'policy' ? this.#applyToPolicy(change, index) : this.#applyToRecord(change, index);
  }

  /**
   * Records of this commit must name policies that are there in the end. Called when all changes are applied, so a
   * commit may make the record before its policy. Records that the commit does not name are the database's to check.
   */
  checkReferences(): void {
    for (const { type, id, state, putBy } of this.#records.values()) {
      if (!state || state.policy === null) continue;
      // A key names no policy.
      const policy = { kind: POLICY_KIND[type as AttachableType], name: state.policy };
      if (this.policy(policy).state) continue;
      const message = `${type} \`${id}\` names the ${policy.kind} policy \`${policy.name}\`, which does not exist`;
      throw new StoreError('unknown-policy', message, putBy, [policy.name]);
    }
  }

  #applyToPolicy(change: PolicyChange, index: number): Applied {
    const { kind, name, op } = change;
    const slot = this.policy(change);
    const before = slot.state;
    const label = `${kind} policy \`${name}\``;
    checkPrecondition(change.when, before?.revision, index, label);
    if (op === 'delete') {
      if (!before) throw notFound(index, label);
      slot.state = undefined;
      this.#changed(slot, index, { op, type: 'policy', kind, id: name, version: null, before });
      return { type: 'policy', outcome: 'deleted', key: { kind, name } };
    }

    const { digest, description, document } = change;
    if (before && before.digest === digest && before.description === description) {
      return { type: 'policy', outcome: 'unchanged', policy: before };
    }
    const version = slot.lastVersion + 1;
    const { at, by } = this.stamp;
    const written = { kind, name, version, digest, description, revision: this.revision };
    const policy = { ...written, createdAt: before?.createdAt ?? at, updatedAt: at };
    slot.state = policy;
    slot.lastVersion = version;
    this.documents.set(digest, document);
    this.versions.push({ ...written, createdAt: at, by });
    this.#changed(slot, index, { op, type: 'policy', kind, id: name, version, before });
    return { type: 'policy', outcome: before ? 'replaced' : 'created', policy };
  }

  #applyToRecord(change: RecordChange, index: number): Applied {
    const { type, id, op } = change;
    const slot = this.record(change);
    const before = slot.state;
    const label = `${type} \`${id}\``;
    checkPrecondition(change.when, before?.revision, index, label);
    if (op === 'delete') {
      if (!before) throw notFound(index, label);
      slot.state = undefined;
      this.#changed(slot, index, { op, type, kind: null, id, version: null, before });
      return { type, outcome: 'deleted', id };
    }

    slot.putBy = index;
    const { policy, body } = change;
    const audited = 'audited' in change ? change.audited : null;
    if (before && before.policy === policy && before.body === body) {
      return { type, outcome: 'unchanged', record: before };
    }
    const { at } = this.stamp;
    const { revision } = this;
    const record = { type, id, policy, body, revision, createdAt: before?.createdAt ?? at, updatedAt: at };
    slot.state = record;
    this.#changed(slot, index, { op, type, kind: null, id, version: null, before, audited });
    return { type, outcome: before ? 'replaced' : 'created', record };
  }

  #changed(
    slot: Slot<unknown>,
    index: number,
    {
      before,
      audited = null,
      ...entry
    }: Omit<LoggedChange, 'revision' | keyof Stamp> & {
      before: PolicyHead | StoredRecord | undefined;
      audited?: string | null;
    },
  ): void {
    slot.changedBy = index;
    const { at, by, requestId = null } = this.stamp;
    this.log.push({
      ...entry,
      at,
      by,
      requestId,
      audited,
      before: before ? { revision: before.revision, version: 'version' in before ? before.version : null } : null,
    });
  }
}

function slot<T>(slots: Map<string, T>, name: string, make: () => T): T {
  const present = slots.get(name);
  if (present) return present;
  const made = make();
  slots.set(name, made);
  return made;
}

// INVARIANT: no stored text contains U+0000 (SqlStore refuses it), so that two keys are equal only if both parts are.
function key(first: string, second: string): string {
  return `${first}\0${second}`;
}

function checkPrecondition(
  when: Precondition | undefined,
  revision: number | undefined,
  index: number,
  label: string,
): void {
  const ifMatch = when?.ifMatch;
  if (ifMatch !== undefined && (revision === undefined || !(ifMatch === '*' || ifMatch.includes(revision)))) {
    const state = revision === undefined ? 'does not exist' : `was last written in revision ${revision}`;
    throw new StoreError('precondition-failed', `${label} ${state}, not as the precondition says`, index);
  }
  if (when?.ifNoneMatch !== undefined && revision !== undefined) {
    throw new StoreError('precondition-failed', `${label} exists already, in revision ${revision}`, index);
  }
}

function notFound(index: number, label: string): StoreError {
  return new StoreError('not-found', `${label} does not exist`, index);
}
