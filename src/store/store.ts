/**
 * Where policies, endpoints and APIs are kept. A store keeps text, not meaning: it never parses a document, but it
 * does hold what must be true of all writers together: the order of revisions, preconditions, version numbers, and
 * that nothing refers to a policy that does not exist.
 */
export interface Store {
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
  close(): Promise<void>;
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

/** One version, as it was written. `createdAt` is when this version was written. */
export interface PolicyVersion extends PolicyKey {
  readonly version: number;
  readonly digest: string;
  readonly description: string | null;
  readonly revision: number;
  readonly createdAt: string;
}

export type RecordType = 'endpoint' | 'api';

/** An endpoint or API record: `body` is its JSON text, `policy` the name in it that must exist. */
export interface StoredRecord {
  readonly type: RecordType;
  readonly id: string;
  /** Name of a policy of kind `endpoint` (for an endpoint) or `resource` (for an API), or null. */
  readonly policy: string | null;
  readonly body: string;
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

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
      readonly type: RecordType;
      readonly id: string;
      readonly policy: string | null;
      readonly body: string;
    }
  | { readonly op: 'delete'; readonly type: RecordType; readonly id: string }
) & { readonly when?: Precondition };

/** When and by whom; `at` is ISO 8601 in UTC. */
export interface Stamp {
  readonly at: string;
  readonly by: string | null;
}

/** The state after a change, in the order of the changes. */
export type Applied =
  | { readonly type: 'policy'; readonly outcome: 'created' | 'replaced' | 'unchanged'; readonly policy: PolicyHead }
  | { readonly type: 'policy'; readonly outcome: 'deleted'; readonly key: PolicyKey }
  | { readonly type: RecordType; readonly outcome: 'created' | 'replaced' | 'unchanged'; readonly record: StoredRecord }
  | { readonly type: RecordType; readonly outcome: 'deleted'; readonly id: string };

export interface Commit {
  /** The revision of this commit, or, when nothing changed, the present one. */
  readonly revision: number;
  readonly applied: readonly Applied[];
}

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
