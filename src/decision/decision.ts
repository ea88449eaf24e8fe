import type { Arn } from '../policy/arn.js';
import type { CompiledPolicy } from '../policy/compile.js';
import type { Effect, PolicyDocument } from '../policy/document.js';
import type { Evaluation, Outcome } from '../policy/evaluate.js';
import type { Principal } from '../policy/principal.js';
import type { AccessRequest, Context } from '../policy/request.js';

/** Whose turn it is, in this order: each layer may stop the call. */
export type Layer = 'endpoint' | 'resource' | 'authorizer' | 'identity' | 'boundary' | 'session';

/** How a method authenticates its callers: API Gateway, `authorizationType` of a method. */
export const AUTHORIZATION_TYPES = ['NONE', 'AWS_IAM', 'CUSTOM', 'COGNITO_USER_POOLS'] as const;
export type AuthorizationType = (typeof AUTHORIZATION_TYPES)[number];

/** Why, as a code. All but `ALLOWED` are a Deny. */
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
  | 'IDENTITY_POLICIES_MISSING';

/** One reason allows, and every other one does not. */
export const effectOf = (reason: Reason): Effect => (reason === 'ALLOWED' ? 'Allow' : 'Deny');

/** What was taken for granted because the caller of Postern did not say. */
export type Assumption = 'NO_IDENTITY_POLICIES' | 'NO_BOUNDARY' | 'NO_SESSION_POLICIES';

/** A policy and where it comes from: a stored one has a name and a version, an inline one neither. */
export interface AppliedPolicy {
  readonly name: string | null;
  readonly version: number | null;
  /** Its place, where a request may bring several. */
  readonly index?: number;
  readonly compiled: CompiledPolicy;
  /** What it was compiled from; only an explanation asks for it. */
  readonly document?: PolicyDocument;
}

/** The first four are a Lambda authorizer's, the others those of a user pool. */
export const AUTHORIZER_RESULTS = [
  'Allow',
  'Silent',
  'Deny',
  'Unauthorized',
  'Authenticated',
  'Unauthenticated',
] as const;
export type AuthorizerResult = (typeof AUTHORIZER_RESULTS)[number];

/** What an authorizer answered: a result, or (Lambda) the policy it returned. */
export type AuthorizerAnswer = AuthorizerResult | AppliedPolicy;

/** All that a decision depends on. */
export interface DecisionInput {
  readonly principal: Principal;
  /** As the caller wrote it. */
  readonly action: string;
  readonly resource: Arn;
  /** With the derived keys; `anonymous` hides those about the principal. */
  readonly context: Context & { readonly anonymous: Context };
  /** `endpoint` judges the endpoint policy alone. */
  readonly scope: 'full' | 'endpoint';
  /** Null is AWS's default, full access. */
  readonly endpointPolicy: AppliedPolicy | null;
  readonly resourcePolicy: AppliedPolicy | null;
  readonly authorizationType: AuthorizationType;
  /** Null: the caller did not say. */
  readonly identityPolicies: readonly AppliedPolicy[] | null;
  readonly permissionsBoundary: AppliedPolicy | null;
  readonly sessionPolicies: readonly AppliedPolicy[] | null;
  readonly authorizer: AuthorizerAnswer | null;
  /** Whether an AWS_IAM call without `identityPolicies` is refused instead of judged as having none. */
  readonly requireIdentityPolicies: boolean;
}

export interface Verdict {
  readonly reason: Reason;
  readonly layer: Layer | null;
}

/** One policy's part in a decision. */
export interface JudgedPolicy {
  readonly layer: Layer;
  readonly policy: AppliedPolicy;
  /** What it was asked: the same call, as the layer sees the caller. */
  readonly request: AccessRequest;
  readonly evaluation: Evaluation;
}

export interface DeterminingStatement {
  readonly layer: Layer;
  readonly name: string | null;
  readonly version: number | null;
  readonly index?: number;
  readonly pointer: string;
  readonly sid: string | null;
  readonly effect: Effect;
}

export interface PolicyOutcome {
  readonly layer: Layer;
  readonly name: string | null;
  readonly version: number | null;
  readonly index?: number;
  readonly outcome: Outcome;
}

/** The answer: contract words, same as on the wire. */
export interface Decision {
  readonly decision: Effect;
  readonly reason: Reason;
  readonly layer: Layer | null;
  /** The sentence that AWS would say, naming the layer; null on Allow. */
  readonly message: string | null;
  readonly determining: readonly DeterminingStatement[];
  readonly policies: readonly PolicyOutcome[];
  readonly assumed: readonly Assumption[];
}
