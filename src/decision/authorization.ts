import type { Evaluation, Outcome } from '../policy/evaluate.js';
import { Grant } from '../policy/principal-set.js';
import type { AppliedPolicy, AuthorizationType, AuthorizerAnswer, DecisionInput, Layer, Verdict } from './decision.js';

/** Asks one policy, and remembers that it was asked. */
export type Ask = (layer: Layer, policy: AppliedPolicy, caller: 'signed' | 'anonymous') => Evaluation;

/**
 * What each authorization type asks for once the endpoint policy has let the call through and the API has a resource
 * policy. Amazon API Gateway Developer Guide, "How API Gateway resource policies affect authorization workflow".
 */
export const authorize: Readonly<
  Record<AuthorizationType, (input: DecisionInput, resourcePolicy: AppliedPolicy, ask: Ask) => Verdict>
> = {
  NONE: (_, resourcePolicy, ask) => resourcePolicyAlone(ask('resource', resourcePolicy, 'anonymous')),

  COGNITO_USER_POOLS: ({ authorizer }, resourcePolicy, ask) =>
    authorizer === 'Authenticated'
      ? resourcePolicyAlone(ask('resource', resourcePolicy, 'anonymous'))
      : NOT_AUTHENTICATED,

  // Two phases: a Deny of the resource policy stands before the authorizer is called, then both count together.
  CUSTOM({ authorizer }, resourcePolicy, ask) {
    const resource = ask('resource', resourcePolicy, 'anonymous').outcome;
    if (resource === 'explicitDeny') return explicitDeny('resource');
    const answer = authorizerOutcome(authorizer, ask);
    if (answer === undefined) return NOT_AUTHENTICATED;
    if (answer === 'explicitDeny') return explicitDeny('authorizer');
    return answer === 'allow' || resource === 'allow' ? ALLOWED : implicitDeny('authorizer');
  },

  AWS_IAM(input, resourcePolicy, ask) {
    if (input.principal.type === 'anonymous') return NOT_AUTHENTICATED;
    const resource = ask('resource', resourcePolicy, 'signed');
    const identity = together(input.identityPolicies, 'identity', ask);
    const boundary = input.permissionsBoundary && ask('boundary', input.permissionsBoundary, 'signed').outcome;
    const session = input.sessionPolicies?.length ? together(input.sessionPolicies, 'session', ask) : null;
    const unsaid = input.requireIdentityPolicies && input.identityPolicies === null;
    if (resource.outcome === 'explicitDeny') return explicitDeny('resource');
    if (unsaid) return { reason: 'IDENTITY_POLICIES_MISSING', layer: 'identity' };
    if (identity === 'explicitDeny') return explicitDeny('identity');
    if (boundary === 'explicitDeny') return explicitDeny('boundary');
    if (session === 'explicitDeny') return explicitDeny('session');
    return combine(input, resource, { identity, boundary, session });
  },
};

const ALLOWED: Verdict = { reason: 'ALLOWED', layer: null };
const NOT_AUTHENTICATED: Verdict = { reason: 'NOT_AUTHENTICATED', layer: 'authorizer' };
const explicitDeny = (layer: Layer): Verdict => ({ reason: 'EXPLICIT_DENY', layer });
const implicitDeny = (layer: Layer): Verdict => ({ reason: 'IMPLICIT_DENY', layer });

/** The verdict of a policy that must allow, and alone decides. */
export function alone(layer: Layer, outcome: Outcome): Verdict {
  if (outcome === 'allow') return ALLOWED;
  return outcome === 'explicitDeny' ? explicitDeny(layer) : implicitDeny(layer);
}

const resourcePolicyAlone = ({ outcome }: Evaluation): Verdict => alone('resource', outcome);

/** @returns undefined when the authorizer said nothing that a Lambda authorizer says: nobody has vouched for the caller */
function authorizerOutcome(answer: AuthorizerAnswer | null, ask: Ask): Outcome | undefined {
  if (answer !== null && typeof answer === 'object') return ask('authorizer', answer, 'anonymous').outcome;
  return answer === null ? undefined : OF_LAMBDA[answer];
}

const OF_LAMBDA: Partial<Record<string, Outcome>> = { Allow: 'allow', Silent: 'implicitDeny', Deny: 'explicitDeny' };

/** Several policies of one layer: any Deny denies, else any Allow allows. */
function together(policies: readonly AppliedPolicy[] | null, layer: Layer, ask: Ask): Outcome {
  const outcomes = (policies ?? []).map((policy) => ask(layer, policy, 'signed').outcome);
  if (outcomes.includes('explicitDeny')) return 'explicitDeny';
  return outcomes.includes('allow') ? 'allow' : 'implicitDeny';
}

/** What the caller's own account says; a boundary or session policy that is null sets no limit. */
interface OwnSide {
  readonly identity: Outcome;
  readonly boundary: Outcome | null;
  readonly session: Outcome | null;
}

/**
 * The two sides of an AWS_IAM call, no policy of which denies: IAM User Guide, "How AWS enforcement code logic
 * evaluates requests" and "Cross-account policy evaluation logic". In one account either side is enough (table A);
 * between two, both must allow (table B).
 */
function combine(input: DecisionInput, resource: Evaluation, own: OwnSide): Verdict {
  const { principal } = input;
  // A service has no identity policies, and belongs to no account: whom it calls decides.
  if (principal.type === 'service') return resourcePolicyAlone(resource);
  const sameAccount = principal.account === input.resource.account && principal.partition === input.resource.partition;
  // The root user has full access in its own account, and no policy limits it there.
  if (principal.type === 'root') return sameAccount ? ALLOWED : resourcePolicyAlone(resource);
  const limits = limitsOf(input, own);
  const identityAllows = own.identity === 'allow' && limits.boundary && limits.session;
  const allowed = sameAccount
    ? identityAllows || resourceGrants(resource, limits)
    : identityAllows && resource.outcome === 'allow';
  return allowed ? ALLOWED : implicitDeny(silentLayer(own, limits));
}

/** Whether boundary and session policy let an allow of the layers behind them through. */
interface Limits {
  readonly boundary: boolean;
  readonly session: boolean;
}

function limitsOf({ principal }: DecisionInput, { boundary, session }: OwnSide): Limits {
  // A federated user has what its session policy gives it; without one, nothing.
  const unlimited = principal.type !== 'federated';
  return {
    boundary: boundary === null || boundary === 'allow',
    session: session === null ? unlimited : session === 'allow',
  };
}

/**
 * IAM User Guide, "Permissions boundaries for IAM entities" and "Session policies": a grant to the caller itself or
 * to everyone needs nothing else, one to its role stays within boundary and session policy, one to its account only
 * delegates (reading U3).
 */
function resourceGrants({ grant }: Evaluation, limits: Limits): boolean {
  if (grant === Grant.role) return limits.boundary && limits.session;
  return grant === Grant.caller;
}

function silentLayer({ identity }: OwnSide, limits: Limits): Layer {
  if (identity !== 'allow') return 'identity';
  if (!limits.boundary) return 'boundary';
  return limits.session ? 'resource' : 'session';
}
