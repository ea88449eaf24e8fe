import type { Issue, Revision, VersionNumber } from './wire.js';
import type { ApiId, AuthorizationType, Context, EndpointId } from './wire-records.js';

/**
 * A stored policy: `name` is its newest version, `name@version` that one.
 * @pattern ^[A-Za-z0-9][A-Za-z0-9._-]{0,127}(@[1-9][0-9]{0,15})?$
 * @example "orders-reader"
 */
export type PolicyReference = string;

/**
 * A policy document that is sent along.
 */
export interface InlinePolicy {
  readonly [element: string]: unknown;
}

/**
 * What the method's authorizer said: `Allow`, `Silent`, `Deny` or `Unauthorized` of a Lambda authorizer,
 * `Authenticated` or `Unauthenticated` of a Cognito user pool.
 * @example "Allow"
 */
export type AuthorizerResult = 'Allow' | 'Silent' | 'Deny' | 'Unauthorized' | 'Authenticated' | 'Unauthenticated';

/** A call: who wants to do what. */
export interface AccessRequest {
  /**
   * Whom you have authenticated: the ARN of an IAM user, a role, an assumed-role session, a federated-user session or a
   * root user, a service principal (`x.amazonaws.com`), or `anonymous`.
   * @maxLength 2048
   * @example "arn:aws:iam::123412341234:user/MyUser"
   */
  readonly principal: string;
  /**
   * The action, `prefix:Name`, without wildcards.
   * @maxLength 256
   * @default "execute-api:Invoke"
   * @example "execute-api:Invoke"
   */
  readonly action?: string;
  /**
   * The ARN of the call: `arn:<partition>:execute-api:<region>:<account>:<api>/<stage>/<VERB>/<path>`. That of a private
   * custom domain (`…:/domainnames/<name>+<id>`) is of no API: `UNKNOWN_API`.
   * @maxLength 1600
   * @example "arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/GET/pets"
   */
  readonly resource: string;
  /** Condition keys that cannot be derived from the rest: at most 100. What is derived may be repeated, not changed. */
  readonly context?: Context;
}

/** What the caller's own policies and the method's authorizer add. */
export interface CallerPolicies {
  /**
   * The identity policies of the caller, for AWS_IAM methods. Absent is judged as none (`[]`), and says so in `assumed`.
   * @maxItems 100
   * @example ["orders-reader"]
   */
  readonly identityPolicies?: readonly (PolicyReference | InlinePolicy)[];
  /** The permissions boundary of the caller. */
  readonly permissionsBoundary?: PolicyReference | InlinePolicy;
  /**
   * The session policies of the caller.
   * @maxItems 100
   */
  readonly sessionPolicies?: readonly (PolicyReference | InlinePolicy)[];
  /** What the method's authorizer said. Without it a CUSTOM or COGNITO_USER_POOLS method denies. */
  readonly authorizerResult?: AuthorizerResult;
  /** The policy that the Lambda authorizer returned, in place of `authorizerResult`. */
  readonly authorizerPolicy?: InlinePolicy;
}

/** May this principal invoke this ARN via this endpoint? */
export interface DecisionRequest extends AccessRequest, CallerPolicies {
  /** The VPC endpoint that the call comes through. */
  readonly endpoint: EndpointId;
}

/** Many questions, answered at one revision. */
export interface BatchRequest {
  /**
   * The questions: at most 1000, unless the server says otherwise. A malformed one does not spoil the others.
   * @extension {"x-enforced": {"type": "array"}}
   */
  readonly requests: readonly DecisionRequest[];
}

/** A question whose policies come with it, or partly from the store. */
export interface SimulationRequest extends CallerPolicies {
  /** A stored endpoint: what the body leaves out comes from it. */
  readonly endpoint?: EndpointId;
  /** A stored API: what the body leaves out comes from it. */
  readonly api?: ApiId;
  /** The endpoint policy. Null is full access, and so is absent without `endpoint`. */
  readonly endpointPolicy?: PolicyReference | InlinePolicy | null;
  /** The resource policy. Null is none attached, and so is absent without `api`. */
  readonly resourcePolicy?: PolicyReference | InlinePolicy | null;
  /**
   * `endpoint` judges the endpoint policy alone.
   * @default "full"
   * @example "full"
   */
  readonly scope?: 'full' | 'endpoint';
  /** How the method authenticates its callers. */
  readonly authorizationType?: AuthorizationType;
  /** The call. Here the context may set any key, also derived ones, and verbs and ARNs are free. */
  readonly request: AccessRequest;
  /**
   * Whether the answer is to be an explanation.
   * @default false
   */
  readonly explain?: boolean;
}

/** The answer. */
export type Verdict = 'Allow' | 'Deny';

/** Whose turn it is in a decision. */
export type Layer = 'endpoint' | 'resource' | 'authorizer' | 'identity' | 'boundary' | 'session';

/** Why. All but `ALLOWED` are a Deny; `INVALID_REQUEST` occurs only in a batch. */
export type Reason =
  | 'ALLOWED'
  | 'UNKNOWN_ENDPOINT'
  | 'UNKNOWN_API'
  | 'API_NOT_PRIVATE'
  | 'UNKNOWN_METHOD'
  | 'EXPLICIT_DENY'
  | 'IMPLICIT_DENY'
  | 'NO_RESOURCE_POLICY'
  | 'NOT_AUTHENTICATED'
  | 'IDENTITY_POLICIES_MISSING'
  | 'INVALID_REQUEST';

/** What one policy says of a call. */
export type Outcome = 'allow' | 'explicitDeny' | 'implicitDeny';

/** Which policy: a stored one has a name and a version, one that came with the request neither. */
export interface JudgedPolicy {
  /** Whose turn it was. */
  readonly layer: Layer;
  /**
   * Its name; null for a policy that came with the request, and for the default full access.
   * @example "two-apis"
   */
  readonly name: string | null;
  /** Its version; null where there is no name. */
  readonly version: VersionNumber | null;
  /**
   * Its place in the array of the request, where that takes several.
   * @isInt
   * @example 0
   */
  readonly index?: number;
}

/** A statement that decided. */
export interface DeterminingStatement extends JudgedPolicy {
  /**
   * Where the statement is in its document.
   * @example "/Statement"
   */
  readonly pointer: string;
  /**
   * The Sid of the statement.
   * @example "OnlyOurVpc"
   */
  readonly sid: string | null;
  /** The effect of the statement. */
  readonly effect: Verdict;
}

/** What one policy said. */
export interface PolicyOutcome extends JudgedPolicy {
  /** What it said. */
  readonly outcome: Outcome;
}

/** A decision and its code, for callers that only enforce: `Prefer: return=minimal`. */
export interface MinimalDecision {
  /** Whether the call may go on. */
  readonly decision: Verdict;
  /** Why. */
  readonly reason: Reason;
  /** Which layer stopped the call; null on Allow, and where something is unknown. */
  readonly layer: Layer | null;
  /** The state that the decision was made from. */
  readonly revision: Revision;
  /**
   * The decision in the decision log.
   * @example "0193a5f2-7d1c-7b7e-9c57-0a6f5b1d2e3f"
   */
  readonly decisionId: string;
}

/** A decision and what led to it. */
export interface Decision extends MinimalDecision {
  /**
   * The sentence that AWS would say; null on Allow.
   * @example "User: arn:aws:iam::123412341234:user/MyUser is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/GET/pets because no VPC endpoint policy allows the execute-api:Invoke action"
   */
  readonly message: string | null;
  /** For an explicit deny, the Deny statements of its layer that matched; for Allow, the first Allow of each layer. */
  readonly determining: readonly DeterminingStatement[];
  /** The policies that were judged, in the order of the layers. */
  readonly policies: readonly PolicyOutcome[];
  /** What was taken for granted on an AWS_IAM method. */
  readonly assumed: readonly ('NO_IDENTITY_POLICIES' | 'NO_BOUNDARY' | 'NO_SESSION_POLICIES')[];
}

/** The answer to an item of a batch that is malformed. */
export interface InvalidItem {
  /** Always a Deny: nothing is allowed by default. */
  readonly decision: 'Deny';
  /** The reason that only malformed items have. */
  readonly reason: 'INVALID_REQUEST';
  /** Always null: no layer was asked. */
  readonly layer: Layer | null;
  /** The faults of the item; pointers are relative to it. */
  readonly errors: readonly Issue[];
}

/** The answers to many questions. */
export interface BatchAnswer {
  /** The state that all decisions were made from. */
  readonly revision: Revision;
  /** The decisions, in the order of the questions. */
  readonly decisions: readonly (Decision | MinimalDecision | InvalidItem)[];
}
