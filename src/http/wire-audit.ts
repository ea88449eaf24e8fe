import type { PolicyKind, Revision, Timestamp, VersionNumber } from './wire.js';
import type { Role } from './wire-keys.js';

/** Which writes: those for which all of this holds that is given. */
export interface AuditQuery {
  /** Of what. */
  readonly type?: 'policy' | 'endpoint' | 'api' | 'key';
  /** Of policies of this kind. */
  readonly kind?: PolicyKind;
  /**
   * The name of the policy or key, or the id of the endpoint or API.
   * @minLength 1
   * @maxLength 128
   */
  readonly id?: string;
  /**
   * Who wrote: the name of a key, `bootstrap`, `oidc:` and the subject of a token, or `mtls:` and the name of a certificate.
   * @minLength 1
   * @maxLength 300
   */
  readonly by?: string;
  /**
   * At this time or later, in UTC.
   * @pattern ^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$
   */
  readonly from?: string;
  /**
   * Before this time, in UTC.
   * @pattern ^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$
   */
  readonly to?: string;
  /**
   * How many at most.
   * @isInt
   * @minimum 1
   * @maximum 1000
   * @default 100
   */
  readonly limit?: number;
  /**
   * The `nextCursor` of the part before.
   * @maxLength 400
   */
  readonly cursor?: string;
}

/** What was there before a write. */
export interface AuditBefore {
  /** The revision that had written it. */
  readonly revision: Revision;
  /** The version that the policy had. */
  readonly version?: VersionNumber;
}

/** What a write of a key gave it. */
export interface AuditGrant {
  /** What the key may do since. */
  readonly roles: readonly Role[];
  /** Until when; null: for ever. */
  readonly expiresAt: Timestamp | null;
}

/** One write, of one thing. */
export interface AuditEntry {
  /** The revision that the write made. An import writes many things with one. */
  readonly revision: Revision;
  /** When. */
  readonly at: Timestamp;
  /**
   * Who: see the parameter `by`. Null where nobody authenticated.
   * @example "deployer"
   */
  readonly by: string | null;
  /**
   * The `X-Request-ID` of the request that asked for it; null where it was none.
   * @example "build-1138"
   */
  readonly requestId: string | null;
  /** What was done. Making and changing a key is a `put`, revoking it a `delete`. */
  readonly op: 'put' | 'delete';
  /** What it was done to. */
  readonly type: 'policy' | 'endpoint' | 'api' | 'key';
  /** The kind of the policy. */
  readonly kind?: PolicyKind;
  /**
   * The name of the policy or key, or the id of the endpoint or API.
   * @example "two-apis"
   */
  readonly id: string;
  /** The version of the policy that was written; absent where it was removed. */
  readonly version?: VersionNumber;
  /** What was there before; null: nothing was. */
  readonly before: AuditBefore | null;
  /** What the key may do since, and until when; absent where none was written. */
  readonly granted?: AuditGrant;
}

/** A part of what was written. */
export interface AuditList {
  /** The newest first. */
  readonly items: readonly AuditEntry[];
  /** Send it as `cursor` for the next part; null: this was the last. */
  readonly nextCursor: string | null;
}
