import type { Revision, Timestamp } from './wire.js';

/**
 * Name of a key, and what history calls whoever uses it. `bootstrap` is taken.
 * @pattern ^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$
 * @example "gateway-blue"
 */
export type KeyName = string;

/**
 * What a key lets its bearer do. `decide`: ask for decisions. `read`: read everything that is stored, explain and simulate.
 * `write`: also change it. `admin`: everything, also import, keys and audit.
 */
export type Role = 'decide' | 'read' | 'write' | 'admin';

/** What a key lets its bearer do, and until when. */
export interface KeyWrite {
  /**
   * One or more; each adds what it lets do.
   * @minItems 1
   * @maxItems 4
   * @example ["decide"]
   */
  readonly roles: readonly Role[];
  /**
   * What it is for, and whom to ask about it.
   * @maxLength 1000
   * @example "the API gateway of team blue"
   */
  readonly description?: string;
  /**
   * From when on the key is refused, in UTC. Absent: never.
   * @pattern ^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$
   * @example "2036-01-01T00:00:00Z"
   */
  readonly expiresAt?: string;
}

/** A key, without the key itself: that is shown when it is made, and kept nowhere. */
export interface Key {
  /** What the key is called. */
  readonly name: KeyName;
  /** What it lets its bearer do. */
  readonly roles: readonly Role[];
  /** What it is for. */
  readonly description: string | null;
  /** From when on it is refused; null: never. */
  readonly expiresAt: Timestamp | null;
  /** When it was last used, up to half a minute late; null: never. */
  readonly lastUsedAt: Timestamp | null;
  /** The revision of the last write: when it was made, or changed. */
  readonly revision: Revision;
  /** When it was made. */
  readonly createdAt: Timestamp;
  /** When it was last changed. */
  readonly updatedAt: Timestamp;
}

/** A key that was just made. */
export interface NewKey extends Key {
  /**
   * What to send as `Authorization: Bearer`. It is never shown again.
   * @example "postern_0000000000000000000000000000000000000000000000000"
   */
  readonly key: string;
}

/** A part of all keys. */
export interface KeyList {
  /** In bytewise order of their names. */
  readonly items: readonly Key[];
  /** Send it as `cursor` for the next part; null: this was the last. */
  readonly nextCursor: string | null;
}
