import type { StoredRecord } from '../store/store.js';
import { RecordMap } from './record-map.js';
import { grantedBy, type Role } from './roles.js';

/** What a key's record holds: all but the key. */
export interface KeyBody {
  readonly digest: string;
  readonly roles: readonly Role[];
  readonly description: string | null;
  /** ISO 8601 in UTC; null: never. */
  readonly expiresAt: string | null;
}

/** What a write of a key gave. Never its digest. */
export type KeyGrant = Pick<KeyBody, 'roles' | 'expiresAt'>;

export const auditedGrant = ({ roles, expiresAt }: KeyBody): string =>
  JSON.stringify({ roles, expiresAt } satisfies KeyGrant);

export const readGrant = (audited: string): KeyGrant => JSON.parse(audited) as KeyGrant;

export interface Key {
  readonly id: string;
  readonly body: KeyBody;
  readonly policy: null;
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly may: ReadonlySet<Role>;
  /** Milliseconds since 1970; infinite: never. */
  readonly expires: number;
}

/** All keys that are valid, or were until they expired: by name, and by the digest of the key. */
export class KeyRing extends RecordMap<Key> {
  #byDigest = new Map<string, Key>();

  constructor() {
    super(readKey);
  }

  withDigest(digest: string): Key | undefined {
    return this.#byDigest.get(digest);
  }

  override set(record: StoredRecord): void {
    this.#forget(record.id);
    super.set(record);
    const key = this.get(record.id)!;
    this.#byDigest.set(key.body.digest, key);
  }

  override delete(id: string): void {
    this.#forget(id);
    super.delete(id);
  }

  override become(other: KeyRing): void {
    super.become(other);
    this.#byDigest = other.#byDigest;
  }

  #forget(id: string): void {
    const present = this.get(id);
    if (present !== undefined) this.#byDigest.delete(present.body.digest);
  }
}

export function readKey({ id, revision, createdAt, updatedAt, ...record }: StoredRecord): Key {
  const body = JSON.parse(record.body) as KeyBody;
  const expires = body.expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(body.expiresAt);
  return { id, body, policy: null, revision, createdAt, updatedAt, may: grantedBy(body.roles), expires };
}
