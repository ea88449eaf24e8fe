/**
 * Where policies, endpoints, APIs and keys are kept. A store keeps text, not meaning: it never parses a document, but it
 * does hold what must be true of all writers together: the order of revisions, preconditions, version numbers, and
 * that nothing refers to a policy that does not exist.
 */
export interface Store extends Audit, KeyUses {
  /** Everything but documents and history, as of one revision. */
  contents(): Promise<Contents>;
  /**
   * Applies all changes as one revision, durably, or none of them.
   * Changes that would change nothing are reported as `unchanged`; if all are, no revision is taken.
   * @throws StoreError
   */
  commit(changes: readonly Change[], stamp: Stamp): Promise<Commit>;
  /** The text with this digest; undefined when no version has it. */
  document(digest: string): Promise<string | undefined>;
  /** Versions of an existing or deleted policy, newest first, those below `before`, at most `limit`. */
  versions(policy: PolicyKey, page: { readonly before?: number; readonly limit: number }): Promise<PolicyVersion[]>;
  version(policy: PolicyKey, version: number): Promise<PolicyVersion | undefined>;
  /** The log after a place, up to a revision: at most `limit` changes, which may end within a revision. */
  log(after: LogPlace, upTo: number, limit: number): Promise<LogPart>;
  /**
   * Forgets changes made before an instant, the oldest revisions first, some of them at a time: for `log` and for `audit`.
   * @returns whether there may be more to forget
   */
  forgetChanges(before: string): Promise<boolean>;
  /**
   * Forgets versions that another one has replaced before an instant, and documents that none is left of; looks at some
   * versions at a time. The newest version of a policy stays, even of a deleted one: its number is not to be used again.
   * @param after where to go on, null for the beginning
   * @returns where to go on; null: that was all
   */
  forgetVersions(before: string, after: VersionPlace | null): Promise<VersionPlace | null>;
  /**
   * What became of all that was changed after a revision, as if one commit had changed it. Null when that cannot be told
   * or is too much, and `contents` is to be read instead: also when the store, restored from a backup, is at an older
   * revision.
   */
  since(revision: number): Promise<News | null>;
  /** Has a watcher told of other processes' writes from now on, until `close`. Absent where there is no other process. */
  readonly watch?: ((watcher: Watcher) => void) | undefined;
  close(): Promise<void>;
}

/** Who has changed what: the log, for those who ask about the past. Nothing here writes it but commits. */
export interface Audit {
  /** Newest first, at most `limit`. */
  audit(query: AuditQuery): Promise<AuditEntry[]>;
}

/**
 * When keys were last used. It changes with every request, is nobody's write and makes no revision; it is noted now and
 * then, for many at once.
 */
export interface KeyUses {
  /** @param uses ISO 8601 in UTC, by digest of the key; what is noted already stays where it is later */
  noteKeyUses(uses: ReadonlyMap<string, string>): Promise<void>;
  /** By digest, of those that were ever noted. */
  keyUses(): Promise<ReadonlyMap<string, string>>;
}

/**
 * Hears that the store has changed, soon after it has. It is a hint: one may be missing, or come late, or twice.
 * What is true says `since`.
 */
export interface Watcher {
  /** @param revision the new one; null when it is unknown what was missed */
  changed(revision: number | null): void;
}

export interface PolicyKey {
  readonly kind: string;
  readonly name: string;
}

/** The newest version of a policy, without its document. */
export interface PolicyHead extends PolicyKey {
  readonly version: number;
  /** `sha256:<hex>` of the document's text. */
  readonly digest: string;
  readonly description: string | null;
  /** The revision of the policy's last write. */
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** One version, as it was written. `createdAt` and `by` are when and by whom this version was written. */
export interface PolicyVersion extends PolicyKey {
  readonly version: number;
  readonly digest: string;
  readonly description: string | null;
  readonly revision: number;
  readonly createdAt: string;
  readonly by: string | null;
}

/** What a policy can be attached to. */
export type AttachableType = 'endpoint' | 'api';
export type RecordType = AttachableType | 'key';

/** An endpoint, an API or a key: `body` is its JSON text, `policy` the name in it that must exist. */
export interface StoredRecord {
  readonly type: RecordType;
  readonly id: string;
  /** Name of a policy of kind `endpoint` (for an endpoint) or `resource` (for an API), or null; of a key always null. */
  readonly policy: string | null;
  readonly body: string;
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Both lists in bytewise order: policies by kind and name, records by type and id. */
export interface Contents {
  readonly revision: number;
  readonly policies: readonly PolicyHead[];
  readonly records: readonly StoredRecord[];
}

/**
 * What must hold of the present state of a record for a change to be made (RFC 9110, section 13.1).
 * `ifMatch`: its revision is one of these, or (`*`) it exists. `ifNoneMatch: '*'`: it does not exist.
 */
export interface Precondition {
  readonly ifMatch?: readonly number[] | '*';
  readonly ifNoneMatch?: '*';
}

export type Change = (
  | {
      readonly op: 'put';
      readonly type: 'policy';
      readonly kind: string;
      readonly name: string;
      readonly document: string;
      readonly digest: string;
      readonly description: string | null;
    }
  | { readonly op: 'delete'; readonly type: 'policy'; readonly kind: string; readonly name: string }
  | {
      readonly op: 'put';
      readonly type: AttachableType;
      readonly id: string;
      readonly policy: string | null;
      readonly body: string;
    }
  | {
      readonly op: 'put';
      readonly type: 'key';
      readonly id: string;
      readonly policy: null;
      readonly body: string;
      /** What the audit keeps of it, even when the body has changed or gone. */
      readonly audited: string;
    }
  | { readonly op: 'delete'; readonly type: RecordType; readonly id: string }
) & { readonly when?: Precondition };

/** When and by whom; `at` is ISO 8601 in UTC. */
export interface Stamp {
  readonly at: string;
  readonly by: string | null;
  /** Of the request that asked for it; absent where none did. */
  readonly requestId?: string | undefined;
}

/** A change that a commit made, as it is remembered. */
export interface LoggedChange extends Omit<Stamp, 'requestId'> {
  readonly revision: number;
  readonly op: Change['op'];
  readonly type: Change['type'];
  /** The policy's; null for a record. */
  readonly kind: string | null;
  /** The policy's name, or the record's id. */
  readonly id: string;
  /** The one that a put of a policy made; else null. */
  readonly version: number | null;
}

/** A change as it is audited. */
export interface AuditEntry extends LoggedChange, AuditPlace {
  readonly requestId: string | null;
  /** What was there: the revision of its last write, and of a policy its version. Null: nothing was. */
  readonly before: { readonly revision: number; readonly version: number | null } | null;
  /** Of a put of a key, as it was given; else null. */
  readonly audited: string | null;
}

/** A place in the order of times; `seq` is the order within a revision. */
export interface AuditPlace {
  readonly at: string;
  readonly revision: number;
  readonly seq: number;
}

/** Which entries: those for which all of this holds that is given. */
export interface AuditQuery {
  readonly type?: Change['type'] | undefined;
  readonly kind?: string | undefined;
  readonly id?: string | undefined;
  readonly by?: string | undefined;
  /** At this instant or later. */
  readonly from?: string | undefined;
  /** Before this instant. */
  readonly to?: string | undefined;
  /** Older than this entry: the last of the page before. */
  readonly before?: AuditPlace | undefined;
  readonly limit: number;
}

/** A place in the log: after one change of a revision, or after all of them. */
export interface LogPlace {
  readonly revision: number;
  readonly seq?: number;
}

export interface LogPart {
  /** The lowest revision whose changes are kept. */
  readonly oldest: number;
  readonly entries: readonly LogEntry[];
}

/** `seq` is the order within the revision. */
export type LogEntry = LoggedChange & { readonly seq: number };

/** A place in the order of kinds, names and versions. */
export interface VersionPlace extends PolicyKey {
  readonly version: number;
}

/** A policy or record that is there. */
export type Present =
  | { readonly type: 'policy'; readonly policy: PolicyHead }
  | { readonly type: RecordType; readonly record: StoredRecord };

/** A policy or record that is not there any more. */
export type Absent =
  | { readonly type: 'policy'; readonly key: PolicyKey }
  | { readonly type: RecordType; readonly id: string };

/** The state after a change, in the order of the changes. */
export type Applied =
  | (Present & { readonly outcome: 'created' | 'replaced' | 'unchanged' })
  | (Absent & { readonly outcome: 'deleted' });

/** How to get to a revision from one before it. */
export interface News {
  readonly revision: number;
  readonly applied: readonly (Present | Absent)[];
}

export interface Commit extends News {
  /** The revision of this commit, or, when nothing changed, the present one. */
  readonly revision: number;
  readonly applied: readonly Applied[];
}

/** Otherwise its revision is one that somebody else has made. */
export const hasChanged = ({ applied }: Commit): boolean => applied.some(({ outcome }) => outcome !== 'unchanged');

/**
 * - `precondition-failed`: a `when` does not hold
 * - `not-found`: what a change deletes does not exist (checked after the precondition)
 * - `unknown-policy`: a record names a policy that does not exist after the whole commit
 * - `policy-attached`: a deleted policy is named by records, whose ids are in `details`
 * - `locked`: another process uses the data directory
 * - `unavailable`: the store cannot be reached, written or read just now
 * - `unusable`: the store's files are not ours, newer than this program, or damaged
 */
export type StoreErrorCode =
  | 'precondition-failed'
  | 'not-found'
  | 'unknown-policy'
  | 'policy-attached'
  | 'locked'
  | 'unavailable'
  | 'unusable';

export class StoreError extends Error {
  override readonly name = 'StoreError';
  constructor(
    readonly code: StoreErrorCode,
    message: string,
    /** Index of the change that failed, where one did. */
    readonly change: number | null = null,
    readonly details: readonly string[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
