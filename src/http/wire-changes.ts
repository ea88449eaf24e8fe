import type { PolicyKind, Revision, Timestamp, VersionNumber } from './wire.js';
import type { PolicyVersionSummary } from './wire-policies.js';

/** Which changes. */
export interface ChangesQuery {
  /**
   * Only changes after this revision: `revision` of the part before, or the `Postern-Revision` of an export. 0 is the
   * beginning.
   * @isLong
   * @minimum 0
   * @maximum 9007199254740991
   * @default 0
   */
  readonly after?: number;
  /**
   * How many seconds to wait for a change where there is none yet.
   * @isInt
   * @minimum 0
   * @maximum 60
   * @default 0
   */
  readonly wait?: number;
}

/** One record that was written or removed. */
export interface Change {
  /** The revision that made the change. An import makes many with one. */
  readonly revision: Revision;
  /** When. */
  readonly at: Timestamp;
  /**
   * Who; null where nobody authenticates.
   * @example null
   */
  readonly by: string | null;
  /** What was done. */
  readonly op: 'put' | 'delete';
  /** What it was done to. */
  readonly type: 'policy' | 'endpoint' | 'api';
  /** The kind of the policy. */
  readonly kind?: PolicyKind;
  /**
   * The name of the policy, or the id of the endpoint or API.
   * @example "two-apis"
   */
  readonly id: string;
  /** The version of the policy that was written; absent where it was removed. */
  readonly version?: VersionNumber;
}

/** A part of what has changed. */
export interface ChangeList {
  /** In order of revisions; all of a revision, or nothing of it. */
  readonly changes: readonly Change[];
  /** Up to which revision these are all changes: the `after` of the next part. */
  readonly revision: Revision;
}

/** With which version to compare. */
export interface DiffQuery {
  /**
   * The version to begin from. Absent: the one before, so that the answer tells what this version changed.
   * @isLong
   * @minimum 1
   * @maximum 9007199254740991
   */
  readonly with?: number;
}

/** A statement of a policy. */
export interface PolicyStatement {
  readonly [element: string]: unknown;
}

/** A statement and its place. */
export interface PlacedStatement {
  /**
   * Where it stands in its document.
   * @example "/Statement/1"
   */
  readonly pointer: string;
  /** The statement as it was written. */
  readonly statement: PolicyStatement;
}

/** What an element holds: one value or several. */
export type ElementValue = string | number | boolean | readonly (string | number | boolean)[];

/** A part of a statement that has changed: an element, a type of principal, or a condition key. */
export interface ElementDiff {
  /**
   * Where it stands in the statement; of the document's own elements, in the document.
   * @example "/Condition/StringNotEquals/aws:SourceVpc"
   */
  readonly pointer: string;
  /** Whether it is only written in another way: another order, a list of one, another case where case does not count. */
  readonly sameMeaning: boolean;
  /** What it held; null where it was absent. */
  readonly before: ElementValue | null;
  /** What it holds; null where it is absent. */
  readonly after: ElementValue | null;
  /**
   * The values that have come.
   * @example ["vpc-5e6f7a8b"]
   */
  readonly added: readonly string[];
  /**
   * The values that have gone.
   * @example []
   */
  readonly removed: readonly string[];
}

/**
 * A statement that has changed. Statements are taken for the same one if they have the same Sid, else if they say the
 * same, else, where at most one has a Sid, if they are alike in most of what they say.
 */
export interface StatementDiff {
  /** What has happened to it; `moved` past others, and otherwise as before. */
  readonly change: 'added' | 'removed' | 'changed' | 'moved';
  /** Whether no decision can differ for it. The order of statements, and their Sids, decide nothing. */
  readonly sameMeaning: boolean;
  /** The statement as it was; null of one that was added. */
  readonly before: PlacedStatement | null;
  /** The statement as it is; null of one that was removed. */
  readonly after: PlacedStatement | null;
  /** What is different in a changed statement. */
  readonly elements: readonly ElementDiff[];
}

/** What has changed between two versions of a policy. What has not is not listed. */
export interface VersionDiff {
  /** The version to begin from; null: before the first one. */
  readonly before: PolicyVersionSummary | null;
  /** The version that it was compared with. */
  readonly after: PolicyVersionSummary;
  /** Whether both versions decide every request alike. True is certain; false says that they may differ. */
  readonly sameMeaning: boolean;
  /** Changes of Version and Id, which stand beside the statements. */
  readonly elements: readonly ElementDiff[];
  /** The statements that have changed, in the order of the version after. */
  readonly statements: readonly StatementDiff[];
}
