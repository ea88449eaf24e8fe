import type { PolicyName, Revision, Timestamp } from './wire.js';

/**
 * Id of an interface VPC endpoint.
 * @pattern ^[A-Za-z0-9-]{1,64}$
 * @example "vpce-1a2b3c4d"
 */
export type EndpointId = string;

/**
 * Id of a REST API.
 * @pattern ^[A-Za-z0-9]{1,64}$
 * @example "a1b2c3d4e5"
 */
export type ApiId = string;

/**
 * An AWS Region.
 * @pattern ^[a-z0-9-]{1,64}$
 * @example "us-east-1"
 */
export type Region = string;

/**
 * Text that a condition key holds.
 * @maxLength 4096
 */
export type Text = string;

/**
 * What a condition key holds: one value, or for keys that hold a set an array of at most 100. Numbers and Booleans
 * stand for their text.
 */
export type ContextValue = Text | number | boolean | readonly (Text | number | boolean)[];

/**
 * Condition keys (`prefix:name`, at most 256 characters) and their values. Names compare without letter case.
 * @example { "aws:VpcSourceIp": "10.0.3.7", "aws:PrincipalTag/team": "blue" }
 */
export interface Context {
  readonly [key: string]: ContextValue;
}

/** How a method authenticates its callers, as API Gateway names it. */
export type AuthorizationType = 'NONE' | 'AWS_IAM' | 'CUSTOM' | 'COGNITO_USER_POOLS';

/** An interface VPC endpoint to be stored. */
export interface EndpointWrite {
  /**
   * The VPC that the endpoint is in: `aws:SourceVpc` of calls through it.
   * @pattern ^vpc-[A-Za-z0-9-]{1,64}$
   * @example "vpc-1a2b3c4d"
   */
  readonly vpcId: string;
  /** The Region of the endpoint. APIs of other Regions cannot be reached through it. */
  readonly region?: Region;
  /** The endpoint policy that is attached. Null is AWS's default: full access. */
  readonly policy: PolicyName | null;
  /** Condition keys that calls through this endpoint always carry. Neither derived keys nor keys about the principal. */
  readonly context?: Context;
  /**
   * What the endpoint is for.
   * @maxLength 1000
   * @example "the endpoint of team blue"
   */
  readonly description?: string;
}

/** A stored endpoint: what was written, and when. */
export interface Endpoint extends EndpointWrite {
  /** The id it was stored under. */
  readonly endpointId: EndpointId;
  /** The revision of the last write; its ETag. */
  readonly revision: Revision;
  /** When the endpoint was first written. */
  readonly createdAt: Timestamp;
  /** When the endpoint was last written. */
  readonly updatedAt: Timestamp;
}

/** A part of a list of endpoints. */
export interface EndpointList {
  /** Bytewise by id. */
  readonly items: readonly Endpoint[];
  /** The `cursor` of the next part; null after the last. */
  readonly nextCursor: string | null;
}

/** A method of an API. */
export interface ApiMethod {
  /**
   * The stage that has the method, or `*` for every stage that no other entry names.
   * @pattern ^(\*|[A-Za-z0-9_-]{1,128})$
   * @default "*"
   * @example "prod"
   */
  readonly stage?: string;
  /**
   * The verb, or `ANY` for those that no other entry of this path names.
   * @example "GET"
   */
  readonly httpMethod: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH' | 'HEAD' | 'OPTIONS' | 'ANY';
  /**
   * The template of the path: `{name}` stands for one segment, `{name+}` at the end for one or more.
   * @pattern ^/
   * @maxLength 1600
   * @example "/pets/{petId}"
   */
  readonly path: string;
  /**
   * How the method authenticates its callers.
   * @example "AWS_IAM"
   */
  readonly authorizationType: AuthorizationType;
}

/** A REST API to be stored. */
export interface ApiWrite {
  /**
   * The account that owns the API.
   * @pattern ^[0-9]{12}$
   * @example "123412341234"
   */
  readonly accountId: string;
  /** The Region of the API. */
  readonly region: Region;
  /**
   * The AWS partition.
   * @pattern ^aws(-[a-z]+)*$
   * @default "aws"
   * @example "aws"
   */
  readonly partition?: string;
  /**
   * Only a private API can be called through a VPC endpoint.
   * @default "PRIVATE"
   * @example "PRIVATE"
   */
  readonly endpointType?: 'PRIVATE' | 'REGIONAL' | 'EDGE';
  /** The resource policy that is attached. A private API without one (null) denies every call. */
  readonly policy: PolicyName | null;
  /**
   * How every method of the API authenticates its callers; counts only while `methods` is absent.
   * @default "NONE"
   * @example "NONE"
   */
  readonly authorizationType?: AuthorizationType;
  /** The methods of the API. With this list (even an empty one) a call that none of them matches is denied. */
  readonly methods?: readonly ApiMethod[];
  /** Condition keys that calls of this API always carry. Neither derived keys nor keys about the principal. */
  readonly context?: Context;
  /**
   * What the API is for.
   * @maxLength 1000
   * @example "the pet store"
   */
  readonly description?: string;
}

/** A stored API: what was written, and when. */
export interface Api extends ApiWrite {
  /** The id it was stored under. */
  readonly apiId: ApiId;
  /** The revision of the last write; its ETag. */
  readonly revision: Revision;
  /** When the API was first written. */
  readonly createdAt: Timestamp;
  /** When the API was last written. */
  readonly updatedAt: Timestamp;
}

/** A part of a list of APIs. */
export interface ApiList {
  /** Bytewise by id. */
  readonly items: readonly Api[];
  /** The `cursor` of the next part; null after the last. */
  readonly nextCursor: string | null;
}
