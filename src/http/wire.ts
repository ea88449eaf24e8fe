/**
 * What travels over HTTP: here what operations share, in each `wire-….ts` the rest. The types become the schemas of
 * `openapi/openapi.json`, which every request is checked against, and the comments its text. `x-enforced` in a schema is
 * what is checked in its place where something else judges the value, with better words.
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
export interface PageQuery {
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

/** Which part of a list that goes by name or id. */
export interface NamedPageQuery extends PageQuery {
  /**
   * Only items whose name or id starts so; letter case counts.
   * @maxLength 128
   */
  readonly prefix?: string;
}
