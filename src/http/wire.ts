/**
 * What travels over HTTP: this file what all operations share, and policies; the other `wire-….ts` the rest. The types become the schemas of `openapi/openapi.json`, which every request is checked
 * against, and the comments its text. `x-enforced` in a schema is what is checked in its place where something else
 * judges the value, with better words.
 */

/**
 * Which policies: `endpoint` policies stand on VPC endpoints, `resource` policies on APIs, `identity` policies
 * (also as boundaries and session policies) come with the caller.
 * @example "endpoint"
 */
export type PolicyKind = 'endpoint' | 'resource' | 'identity';

/**
 * Name of a policy within its kind.
 * @pattern ^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$
 * @example "two-apis"
 */
export type PolicyName = string;

/**
 * Number of a version of a policy, from 1. A number is never used again, not even when a policy is deleted and made anew.
 * @isLong
 * @minimum 1
 * @maximum 9007199254740991
 * @example 1
 */
export type VersionNumber = number;

/**
 * A point in the history of the whole store: every committed write has a greater one.
 * @isLong
 * @minimum 0
 * @maximum 9007199254740991
 * @example 42
 */
export type Revision = number;

/**
 * When, as ISO 8601 in UTC.
 * @example "2026-11-23T20:11:07.123Z"
 */
export type Timestamp = string;

/**
 * A document in the IAM JSON policy language. Which elements it may have depends on the kind of policy.
 */
export interface PolicyDocument {
  readonly [element: string]: unknown;
}

/** What is wrong with a value, and where. */
export interface Issue {
  /**
   * A JSON Pointer (RFC 6901) to the value; empty for all of it.
   * @example "/document/Statement/0/Effect"
   */
  readonly pointer: string;
  /**
   * A stable name of the fault.
   * @example "invalid-effect"
   */
  readonly code: string;
  /**
   * What to write instead.
   * @example "must be `Allow` or `Deny`"
   */
  readonly detail: string;
}

/** Advice on a valid policy: it says that the policy may not do what its writer meant. */
export interface Finding extends Issue {
  /**
   * A `warning` is probably a mistake, `info` is worth knowing.
   * @example "warning"
   */
  readonly severity: 'warning' | 'info';
}

/** An error: RFC 9457, "Problem Details for HTTP APIs". */
export interface Problem {
  /**
   * The kind of problem as a URN: `urn:postern:problem:` and the code.
   * @example "urn:postern:problem:not-found"
   */
  readonly type: string;
  /**
   * The kind of problem in words.
   * @example "Not found"
   */
  readonly title: string;
  /**
   * The HTTP status.
   * @isInt
   * @example 404
   */
  readonly status: number;
  /**
   * What happened this time.
   * @example "there is no endpoint policy `two-apis`"
   */
  readonly detail: string;
  /**
   * The kind of problem, for programs.
   * @example "not-found"
   */
  readonly code: string;
  /** The faults of the request, all at once; of very many, the first hundred. `pointer` points into the body. */
  readonly errors: readonly Issue[];
}

/** Which part of a list. */
export interface NamedPage {
  /**
   * How many items at most.
   * @isInt
   * @minimum 1
   * @maximum 1000
   * @default 100
   */
  readonly limit?: number;
  /**
   * Where to go on: `nextCursor` of the part before.
   * @maxLength 1024
   */
  readonly cursor?: string;
  /**
   * Only items whose name or id starts so; letter case counts.
   * @maxLength 128
   */
  readonly prefix?: string;
}

/** Which part of a history. */
export interface HistoryPage {
  /**
   * How many items at most.
   * @isInt
   * @minimum 1
   * @maximum 1000
   * @default 100
   */
  readonly limit?: number;
  /**
   * Where to go on: `nextCursor` of the part before.
   * @maxLength 1024
   */
  readonly cursor?: string;
}

/** How much to say of a policy. */
export interface PolicyQuery {
  /**
   * Whether `findings` also tells what follows from the endpoints and APIs that the policy is attached to, such as a
   * principal that their methods cannot know.
   * @default false
   */
  readonly findings?: boolean;
}

/** A policy to be stored. */
export interface PolicyWrite {
  /** The policy itself. It is kept as written, and its faults are answered with 422. */
  readonly document: PolicyDocument;
  /**
   * What the policy is for. Absent means none: a replaced policy loses the description that it had.
   * @maxLength 1000
   * @pattern ^[^\u0000\ud800-\udfff]*$
   * @example "GET and POST on two APIs, for everybody"
   */
  readonly description?: string;
}

/** A stored policy, without its document and findings. */
export interface PolicySummary {
  /** The kind it was stored under. */
  readonly kind: PolicyKind;
  /** The name it was stored under. */
  readonly name: PolicyName;
  /** How many times the policy has been written. */
  readonly version: VersionNumber;
  /**
   * What the policy is for.
   * @example "GET and POST on two APIs, for everybody"
   */
  readonly description: string | null;
  /**
   * Hash of the document's text: equal digests, equal documents.
   * @pattern ^sha256:[0-9a-f]{64}$
   * @example "sha256:5f1d7a84db00d2fce00b31a7fc73224f0e9b2a7a3d0b0f7a4f4e3c1d2b5a6978"
   */
  readonly digest: string;
  /** The revision of the last write; its ETag. */
  readonly revision: Revision;
  /**
   * Ids of the endpoints or APIs that it is attached to.
   * @example ["vpce-1a2b3c4d"]
   */
  readonly attachedTo: readonly string[];
  /** When the policy was first written. */
  readonly createdAt: Timestamp;
  /** When the policy was last written. */
  readonly updatedAt: Timestamp;
}

/** A stored policy. */
export interface Policy extends PolicySummary {
  /** The document as it was written. */
  readonly document: PolicyDocument;
  /** Advice on the document; pointers are relative to it. */
  readonly findings: readonly Finding[];
}

/** A part of a list of policies. */
export interface PolicyList {
  /** Bytewise by name. */
  readonly items: readonly PolicySummary[];
  /** The `cursor` of the next part; null after the last. */
  readonly nextCursor: string | null;
}

/** One version of a policy, without its document. */
export interface PolicyVersionSummary {
  /** The kind it was stored under. */
  readonly kind: PolicyKind;
  /** The name it was stored under. */
  readonly name: PolicyName;
  /** The number of the version. */
  readonly version: VersionNumber;
  /**
   * What the policy was for.
   * @example "GET and POST on two APIs, for everybody"
   */
  readonly description: string | null;
  /**
   * Hash of the document's text.
   * @example "sha256:5f1d7a84db00d2fce00b31a7fc73224f0e9b2a7a3d0b0f7a4f4e3c1d2b5a6978"
   */
  readonly digest: string;
  /** The revision that wrote the version. */
  readonly revision: Revision;
  /** When the version was written. */
  readonly createdAt: Timestamp;
  /**
   * Who wrote the version; null where nobody authenticates.
   * @example null
   */
  readonly by: string | null;
}

/** One version of a policy, as it was written. */
export interface PolicyVersion extends PolicyVersionSummary {
  /** The document as it was written. */
  readonly document: PolicyDocument;
}

/** A part of the history of a policy. */
export interface PolicyVersionList {
  /** The newest first. */
  readonly items: readonly PolicyVersionSummary[];
  /** The `cursor` of the next part; null after the last. */
  readonly nextCursor: string | null;
}

/** A document to be checked. */
export interface ValidationRequest {
  /** The document, of the kind that the path names. */
  readonly document: PolicyDocument;
}

/** What storing a document would say. */
export interface Validation {
  /** Whether the document could be stored: it has no errors. */
  readonly valid: boolean;
  /** What would stop the policy; pointers are relative to the document. */
  readonly errors: readonly Issue[];
  /** Advice; pointers are relative to the document. */
  readonly findings: readonly Finding[];
}
