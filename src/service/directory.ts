import { setImmediate } from 'node:timers/promises';
import type { PolicyKind } from '../policy/document.js';
import type { Absent, AttachableType, Contents, News, PolicyHead, Present, RecordType } from '../store/store.js';
import { KeyRing } from './key-ring.js';
import { RecordMap } from './record-map.js';
import { type Api, type Endpoint, readApi, readEndpoint } from './records.js';
import { SortedMap } from './sorted-map.js';

/**
 * Names, attachments, records and keys as of one revision, in memory: what a decision looks up, and who may ask for it.
 * INVARIANT: it moves from one revision to another in one go, and a decision looks everything up before it first awaits,
 * so no decision and no batch ever sees half of a write, or two revisions.
 */
export class Directory {
  readonly #policies: Readonly<Record<string, SortedMap<PolicyHead>>> = {
    endpoint: new SortedMap(),
    resource: new SortedMap(),
    identity: new SortedMap(),
  };
  readonly endpoints = new RecordMap<Endpoint>(readEndpoint);
  readonly apis = new RecordMap<Api>(readApi);
  readonly keys = new KeyRing();
  #attachments = new Attachments();
  #revision = 0;
  readonly #moved: (() => void)[] = [];

  constructor({ policies, records, revision }: Contents) {
    for (const policy of policies) this.#put({ type: 'policy', policy });
    for (const record of records) this.#put({ type: record.type, record });
    this.#revision = revision;
  }

  /** One that is filled while the event loop turns: a process that decides cannot do it in one go. */
  static async inTurns({ policies, records, revision }: Contents): Promise<Directory> {
    const directory = new Directory({ policies: [], records: [], revision });
    for (let at = 0; at < Math.max(policies.length, records.length); at += PER_TURN) {
      for (const policy of policies.slice(at, at + PER_TURN)) directory.#put({ type: 'policy', policy });
      for (const record of records.slice(at, at + PER_TURN)) directory.#put({ type: record.type, record });
      await setImmediate();
    }
    return directory;
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
    return kind === 'identity' ? [] : this.#attachments.of(kind === 'endpoint' ? 'endpoint' : 'api', name);
  }

  /** Calls `heard` whenever there is another revision. */
  onMoved(heard: () => void): void {
    this.#moved.push(heard);
  }

  /** Moves on to a newer revision. @param news what has changed since this one, or since one before it */
  apply({ revision, applied }: News): void {
    if (revision <= this.#revision) return;
    for (const change of applied) {
      if ('policy' in change || 'record' in change) this.#put(change);
      else this.#remove(change);
    }
    this.#moveTo(revision);
  }

  /** Takes over all that another directory holds, which then is not to be used any more. */
  become(other: Directory): void {
    for (const [kind, policies] of Object.entries(other.#policies)) this.policies(kind as PolicyKind).become(policies);
    this.endpoints.become(other.endpoints);
    this.apis.become(other.apis);
    this.keys.become(other.keys);
    this.#attachments = other.#attachments;
    this.#moveTo(other.#revision);
  }

  #moveTo(revision: number): void {
    this.#revision = revision;
    for (const heard of this.#moved) heard();
  }

  #put(present: Present): void {
    if (present.type === 'policy') {
      this.policies(present.policy.kind as PolicyKind).set(present.policy.name, present.policy);
      return;
    }
    const { record } = present;
    this.#detach(record.type, record.id);
    this.#records(record.type).set(record);
    if (record.policy !== null) this.#attachments.add(record.type as AttachableType, record.policy, record.id);
  }

  #remove(absent: Absent): void {
    if (absent.type === 'policy') {
      this.policies(absent.key.kind as PolicyKind).delete(absent.key.name);
      return;
    }
    this.#detach(absent.type, absent.id);
    this.#records(absent.type).delete(absent.id);
  }

  #detach(type: RecordType, id: string): void {
    const policy = this.#records(type).policyOf(id);
    if (policy !== null) this.#attachments.delete(type as AttachableType, policy, id);
  }

  #records(type: RecordType): RecordMap<Endpoint> | RecordMap<Api> | KeyRing {
    return { endpoint: this.endpoints, api: this.apis, key: this.keys }[type];
  }
}

/** A few milliseconds' work. */
const PER_TURN = 2000;

/** Ids of the records that name a policy: endpoints name those of kind `endpoint`, APIs those of kind `resource`. */
class Attachments {
  /** By name of the policy. Most are attached to one record, and a set would take more than all the rest of it. */
  readonly #ids: Readonly<Record<AttachableType, Map<string, string | Set<string>>>> = {
    endpoint: new Map(),
    api: new Map(),
  };

  of(type: AttachableType, policy: string): readonly string[] {
    const ids = this.#ids[type].get(policy) ?? [];
    return typeof ids === 'string' ? [ids] : [...ids].sort();
  }

  add(type: AttachableType, policy: string, id: string): void {
    const byPolicy = this.#ids[type];
    const ids = byPolicy.get(policy);
    if (ids === undefined) byPolicy.set(policy, id);
    else if (typeof ids === 'string') byPolicy.set(policy, new Set([ids, id]));
    else ids.add(id);
  }

  delete(type: AttachableType, policy: string, id: string): void {
    const byPolicy = this.#ids[type];
    const ids = byPolicy.get(policy);
    if (typeof ids === 'string' || ids?.size === 1) byPolicy.delete(policy);
    else ids?.delete(id);
  }
}
