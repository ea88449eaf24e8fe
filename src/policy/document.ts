/**
 * The IAM JSON policy language as types: AWS IAM User Guide, "Grammar of the IAM JSON policy language".
 * A value of type `PolicyDocument` has passed `parsePolicy`; nothing else makes one.
 */
export interface PolicyDocument {
  readonly Version?: LanguageVersion;
  readonly Id?: string;
  readonly Statement: OneOrMany<Statement>;
}

type LanguageVersion = '2008-10-17' | '2012-10-17';
export type Effect = 'Allow' | 'Deny';

/** Where a policy stands: endpoint and resource policies name principals, identity policies belong to one. */
export type PolicyKind = 'endpoint' | 'resource' | 'identity';
export const POLICY_KINDS: readonly PolicyKind[] = ['endpoint', 'resource', 'identity'];

/** Exactly one of each pair X / NotX; `NotPrincipal` only with Deny, and no principal at all in identity policies. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: Effect;
  readonly Principal?: PrincipalElement;
  readonly NotPrincipal?: PrincipalElement;
  readonly Action?: OneOrMany<string>;
  readonly NotAction?: OneOrMany<string>;
  readonly Resource?: OneOrMany<string>;
  readonly NotResource?: OneOrMany<string>;
  readonly Condition?: ConditionBlock;
}

export type PrincipalElement = '*' | { readonly [type in PrincipalType]?: OneOrMany<string> };
export type PrincipalType = 'AWS' | 'Service' | 'Federated' | 'CanonicalUser';

export interface ConditionBlock {
  readonly [operator: string]: { readonly [key: string]: OneOrMany<ConditionValue> };
}
export type ConditionValue = string | number | boolean;

/** A one-element array and the bare element mean the same. */
export type OneOrMany<T> = T | readonly T[];

/** The elements of a list, or the one value, each with the last step of its pointer ('' when it stands alone). */
export const each = <T>(value: OneOrMany<T>): readonly (readonly [T, string])[] =>
  Array.isArray(value)
    ? (value as readonly T[]).map((element, index) => [element, `/${index}`] as const)
    : [[value as T, '']];

/** The elements of a list, or the one value. */
export const many = <T>(value: OneOrMany<T> | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T];
