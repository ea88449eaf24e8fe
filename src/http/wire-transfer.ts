import type { Issue, PolicyDocument, PolicyKind, PolicyName, Revision } from './wire.js';
import type { ApiId, ApiWrite, EndpointId, EndpointWrite, Region } from './wire-records.js';

/** A policy of a store. */
export interface PolicyEntry {
  /** The kind it is stored under. */
  readonly kind: PolicyKind;
  /** The name it is stored under. */
  readonly name: PolicyName;
  /**
   * What the policy is for. Absent means none.
   * @maxLength 1000
   * @pattern ^[^\u0000\ud800-\udfff]*$
   * @example "GET and POST on two APIs, for everybody"
   */
  readonly description?: string;
  /** The document as it was written. */
  readonly document: PolicyDocument;
}

/** An interface VPC endpoint of a store. */
export interface EndpointEntry extends EndpointWrite {
  /** The id it is stored under. */
  readonly endpointId: EndpointId;
}

/** A REST API of a store. */
export interface ApiEntry extends ApiWrite {
  /** The id it is stored under. */
  readonly apiId: ApiId;
}

/**
 * What is stored, as its writers wrote it: the newest version of every policy, and the records. Not history, revisions and
 * times: those belong to one store, and what is imported elsewhere is exported from there as the same text.
 */
export interface StoreDocument {
  /** Which form of this document it is. */
  readonly formatVersion: 1;
  /** The policies; an export has them by kind, then bytewise by name. */
  readonly policies?: readonly PolicyEntry[];
  /** The endpoints; an export has them bytewise by id. */
  readonly endpoints?: readonly EndpointEntry[];
  /** The APIs; an export has them bytewise by id. */
  readonly apis?: readonly ApiEntry[];
}

/** How to import a document. */
export interface ImportQuery {
  /**
   * Only tell what would change.
   * @default false
   */
  readonly dryRun?: boolean;
  /**
   * Also remove everything that the document does not hold. It must then have all three lists.
   * @default false
   */
  readonly prune?: boolean;
}

/** How to import what AWS has. */
export interface AwsImportQuery {
  /**
   * Only tell what would change.
   * @default false
   */
  readonly dryRun?: boolean;
  /**
   * One bad entry stops the import, and the answer is an error with all of them. Else a bad entry is left out and
   * reported, and everything else is imported.
   * @default false
   */
  readonly strict?: boolean;
  /**
   * Identical documents become one policy, which has the bytewise first of their names.
   * @default false
   */
  readonly dedupe?: boolean;
}

/** What `aws ec2 describe-vpc-endpoints` prints, with whatever members. */
export interface AwsVpcEndpoints {
  /**
   * The endpoints. Only interface endpoints of the service `execute-api` are imported; the others are passed over.
   * `PolicyDocument` is JSON in a string; AWS's default policy becomes `policy: null`.
   */
  readonly VpcEndpoints: readonly unknown[];
  readonly [member: string]: unknown;
}

/** What `aws apigateway get-rest-apis` prints, with whatever members. */
export interface AwsRestApis {
  /**
   * The APIs, private or not. `policy` is JSON in a string, escaped once more or not.
   */
  readonly items: readonly unknown[];
  readonly [member: string]: unknown;
}

/** By the id of an API what `aws apigateway get-resources --embed methods` prints of it, with whatever members. */
export interface AwsResources {
  readonly [apiId: string]: unknown;
}

/** What the AWS CLI prints of one account and Region, unchanged. Each part may be left out. */
export interface AwsOutput {
  /**
   * The account that owns the APIs.
   * @pattern ^[0-9]{12}$
   * @example "123412341234"
   */
  readonly accountId: string;
  /** The Region of the APIs, which also says which partition they are of. */
  readonly region: Region;
  /** The endpoints of the Region. */
  readonly vpcEndpoints?: AwsVpcEndpoints;
  /** The APIs of the Region. */
  readonly restApis?: AwsRestApis;
  /** An API without an entry here keeps the methods that are stored, or has none: every call is denied. */
  readonly resources?: AwsResources;
}

/** Something that an import changes. */
export interface ImportChange {
  /** What happens to it. */
  readonly op: 'create' | 'replace' | 'delete';
  /** What it is. */
  readonly type: 'policy' | 'endpoint' | 'api';
  /** The kind of a policy. */
  readonly kind?: PolicyKind;
  /**
   * The name of a policy, the id of an endpoint or API.
   * @example "two-apis"
   */
  readonly id: string;
  /**
   * Of a replacement: the members that become others.
   * @example ["document"]
   */
  readonly members?: readonly string[];
}

/** What is to be said of an entry. */
export interface ImportIssue extends Issue {
  /**
   * An `error` has left the entry out; a `warning` is probably a mistake, `info` is worth knowing.
   * @example "info"
   */
  readonly severity: 'error' | 'warning' | 'info';
}

/** What an import has changed, or in a dry run would change: the lists are the same. */
export interface ImportAnswer {
  /** Whether this only tells what would change. */
  readonly dryRun: boolean;
  /** The state that the import has left behind; in a dry run the state that it was compared with. */
  readonly revision: Revision;
  /** Policies, endpoints, APIs; each by kind, then bytewise by id. */
  readonly changes: readonly ImportChange[];
  /**
   * How many of the things imported are stored just so already.
   * @isInt
   * @minimum 0
   * @example 0
   */
  readonly unchanged: number;
  /**
   * What is to be said of single entries: the worst first, and of very many the first thousand of each severity. Pointers
   * lead into the request, and go on into a policy document that is there as a string.
   */
  readonly issues: readonly ImportIssue[];
}
