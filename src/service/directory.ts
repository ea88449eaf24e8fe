import type { PolicyKind } from '../policy/document.js';
import type { Applied, Commit, Contents, PolicyHead, StoredRecord } from '../store/store.js';
import { type Api, type Endpoint, readApi, readEndpoint } from './records.js';
import { SortedMap } from './sorted-map.js';

/**
 * Names, attachments and records as of one revision, in memory: what a decision looks up.
 * INVARIANT: a commit is applied in one go, and a decision looks everything up before it first awaits, so no decision
 * and no batch ever sees half of a write, or two revisions.
 */
export class Directory {
  readonly #policies: Readonly<Record<string, SortedMap<PolicyHead>>> = {
    endpoint: new SortedMap(),
    resource: new SortedMap(),
    identity: new SortedMap(),
  };
  readonly endpoints = new SortedMap<Endpoint>();
  readonly apis = new SortedMap<Api>();
  /** Ids of the records that name a policy, by kind and name. */
  readonly #attached = new Map<string, Set<string>>();
  #revision = 0;

  constructor(contents: Contents) {
    for (const policy of contents.policies) this.policies(policy.kind as PolicyKind).set(policy.name, policy);
    for (const record of contents.records) this.#putRecord(record);
    this.#revision = contents.revision;
  }

  get revision(): number {
    return this.#revision;
  }

  policies(kind: PolicyKind): SortedMap<PolicyHead> {
    return this.#policies[kind]!;
  }

  policy(kind: PolicyKind, name: string): PolicyHead | undefined {
    return this.policies(kind).get(name);
  }

  /** Ids of the endpoints or APIs that a policy is attached to, in bytewise order. */
  attachedTo(kind: string, name: string): readonly string[] {
    return [...(this.#attached.get(attachment(kind, name)) ?? [])].sort();
  }

  apply({ revision, applied }: Commit): void {
    for (const change of applied) this.#apply(change);
    this.#revision = Math.max(this.#revision, revision);
  }

  #apply(change: Applied): void {
    if (change.type === 'policy') {
      if (change.outcome === 'deleted') this.policies(change.key.kind as PolicyKind).delete(change.key.name);
      else this.policies(change.policy.kind as PolicyKind).set(change.policy.name, change.policy);
    } else if (change.outcome === 'deleted') {
      this.#detach(change.type, change.id);
      if (change.type === 'endpoint') this.endpoints.delete(change.id);
      else this.apis.delete(change.id);
    } else {
      this.#putRecord(change.record);
    }
  }

  #putRecord(record: StoredRecord): void {
    this.#detach(record.type, record.id);
    if (record.type === 'endpoint') this.endpoints.set(record.id, readEndpoint(record));
    else this.apis.set(record.id, readApi(record));
    if (record.policy === null) return;
    const key = attachment(KIND_OF[record.type], record.policy);
    const ids = this.#attached.get(key) ?? new Set();
    this.#attached.set(key, ids.add(record.id));
  }

  #detach(type: StoredRecord['type'], id: string): void {
    const policy = (type === 'endpoint' ? this.endpoints : this.apis).get(id)?.policy ?? null;
    if (policy === null) return;
    const key = attachment(KIND_OF[type], policy);
    const ids = this.#attached.get(key);
    ids?.delete(id);
    if (ids?.size === 0) this.#attached.delete(key);
  }
}

/** Which kind of policy a record names. */
const KIND_OF: Readonly<Record<StoredRecord['type'], PolicyKind>> = { endpoint: 'endpoint', api: 'resource' };

const attachment = (kind: string, name: string): string => `${kind}/${name}`;
