/** The raw JSON that the oracle judges: the body of a simulation that brings every document itself. */

export type Scalar = string | number | boolean;
export type ContextValue = Scalar | readonly Scalar[];
export type Context = Readonly<Record<string, ContextValue>>;

export type OneOrMany<T> = T | readonly T[];
export type PrincipalElement = '*' | Readonly<Record<string, OneOrMany<string>>>;
export type ConditionElement = Readonly<Record<string, Readonly<Record<string, OneOrMany<Scalar>>>>>;

export interface Statement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Principal?: PrincipalElement;
  NotPrincipal?: PrincipalElement;
  Action?: OneOrMany<string>;
  NotAction?: OneOrMany<string>;
  Resource?: OneOrMany<string>;
  NotResource?: OneOrMany<string>;
  Condition?: ConditionElement;
}

export interface PolicyDocument {
  Version?: '2008-10-17' | '2012-10-17';
  Id?: string;
  Statement: OneOrMany<Statement>;
}

export type Kind = 'endpoint' | 'resource' | 'identity';
export type Outcome = 'allow' | 'explicitDeny' | 'implicitDeny';
export type AuthorizationType = 'NONE' | 'AWS_IAM' | 'CUSTOM' | 'COGNITO_USER_POOLS';
export type AuthorizerResult = 'Allow' | 'Silent' | 'Deny' | 'Unauthorized' | 'Authenticated' | 'Unauthenticated';

export interface SimulationBody {
  scope?: 'full' | 'endpoint';
  endpointPolicy?: PolicyDocument | null;
  resourcePolicy?: PolicyDocument | null;
  authorizationType?: AuthorizationType;
  identityPolicies?: readonly PolicyDocument[];
  permissionsBoundary?: PolicyDocument;
  sessionPolicies?: readonly PolicyDocument[];
  authorizerResult?: AuthorizerResult;
  authorizerPolicy?: PolicyDocument;
  request: { principal: string; action?: string; resource: string; context?: Context };
}

export interface Judgement {
  decision: 'Allow' | 'Deny';
  reason: string;
  layer: string | null;
}

/** "A one-element array and the bare element are the same thing" (IAM: Grammar of the IAM JSON policy language). */
export function listOf<T>(value: OneOrMany<T> | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}
