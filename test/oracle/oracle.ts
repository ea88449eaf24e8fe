/**
 * The second opinion: judges a simulation from its raw JSON, slowly and obviously, straight from AWS's rules.
 * It shares no code with the product and takes valid policies and requests for granted.
 */
import { completed, withoutPrincipal } from './context.js';
import { evaluateDocument, grantsOf, type View } from './document.js';
import { splitArn } from './glob.js';
import { accountOf, anonymous, readCaller } from './principals.js';
import type { Judgement, Kind, Outcome, PolicyDocument, SimulationBody } from './types.js';

export { evaluateDocument } from './document.js';
export type { Judgement, SimulationBody } from './types.js';

const allowed: Judgement = { decision: 'Allow', reason: 'ALLOWED', layer: null };

function denied(reason: string, layer: string): Judgement {
  return { decision: 'Deny', reason, layer };
}

/** A missing endpoint policy means full access (API Gateway: Use VPC endpoint policies for private APIs). */
const fullAccess: PolicyDocument = { Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }] };

export function judge(body: SimulationBody): Judgement {
  const { principal, action = 'execute-api:Invoke', resource, context: given = {} } = body.request;
  const caller = readCaller(principal);
  const context = completed(given, caller, resource);
  const hasBoundary = body.permissionsBoundary !== undefined;
  const signed: View = { caller, action, resource, context, hasBoundary };
  const unsigned: View = { ...signed, caller: anonymous, context: withoutPrincipal(context) };

  const endpoint = outcomeOf([body.endpointPolicy ?? fullAccess], 'endpoint', signed);
  if (endpoint === 'explicitDeny') return denied('EXPLICIT_DENY', 'endpoint');
  if (endpoint === 'implicitDeny') return denied('IMPLICIT_DENY', 'endpoint');
  if (body.scope === 'endpoint') return allowed;

  const resourcePolicy = body.resourcePolicy ?? undefined;
  if (!resourcePolicy) return denied('NO_RESOURCE_POLICY', 'resource');
  switch (body.authorizationType ?? 'NONE') {
    case 'NONE':
      return byResourcePolicyAlone(resourcePolicy, unsigned);
    case 'COGNITO_USER_POOLS':
      if (body.authorizerResult !== 'Authenticated') return denied('NOT_AUTHENTICATED', 'authorizer');
      return byResourcePolicyAlone(resourcePolicy, unsigned);
    case 'CUSTOM':
      return byAuthorizer(body, resourcePolicy, unsigned);
    case 'AWS_IAM':
      return byIam(body, resourcePolicy, signed);
  }
}

/** What several documents of one layer say together. */
function outcomeOf(documents: readonly PolicyDocument[], kind: Kind, view: View): Outcome {
  const outcomes = documents.map((document) =>
    evaluateDocument(document, kind, view.caller, view.action, view.resource, view.context, view),
  );
  if (outcomes.includes('explicitDeny')) return 'explicitDeny';
  return outcomes.includes('allow') ? 'allow' : 'implicitDeny';
}

/** NONE and Cognito: an explicit allow is needed. */
function byResourcePolicyAlone(resourcePolicy: PolicyDocument, unsigned: View): Judgement {
  const outcome = outcomeOf([resourcePolicy], 'resource', unsigned);
  if (outcome === 'allow') return allowed;
  return denied(outcome === 'explicitDeny' ? 'EXPLICIT_DENY' : 'IMPLICIT_DENY', 'resource');
}

/** Lambda authorizer: an explicit deny of the resource policy comes first, then Table A with the authorizer's word. */
function byAuthorizer(body: SimulationBody, resourcePolicy: PolicyDocument, unsigned: View): Judgement {
  const resource = outcomeOf([resourcePolicy], 'resource', unsigned);
  if (resource === 'explicitDeny') return denied('EXPLICIT_DENY', 'resource');
  const authorizer = authorizerOutcome(body, unsigned);
  if (authorizer === undefined) return denied('NOT_AUTHENTICATED', 'authorizer');
  if (authorizer === 'explicitDeny') return denied('EXPLICIT_DENY', 'authorizer');
  return authorizer === 'allow' || resource === 'allow' ? allowed : denied('IMPLICIT_DENY', 'authorizer');
}

/** Undefined when the authorizer did not accept the caller, or said nothing that means anything here. */
function authorizerOutcome(body: SimulationBody, unsigned: View): Outcome | undefined {
  if (body.authorizerPolicy) return outcomeOf([body.authorizerPolicy], 'identity', unsigned);
  switch (body.authorizerResult) {
    case 'Allow':
      return 'allow';
    case 'Silent':
      return 'implicitDeny';
    case 'Deny':
      return 'explicitDeny';
    default:
      return undefined;
  }
}

/** AWS_IAM: identity policies, boundary and session policies of the caller, and the resource policy. */
function byIam(body: SimulationBody, resourcePolicy: PolicyDocument, signed: View): Judgement {
  const { caller } = signed;
  if (caller.type === 'anonymous') return denied('NOT_AUTHENTICATED', 'authorizer');

  const resource = outcomeOf([resourcePolicy], 'resource', signed);
  const identity = outcomeOf(body.identityPolicies ?? [], 'identity', signed);
  const boundary = body.permissionsBoundary && outcomeOf([body.permissionsBoundary], 'identity', signed);
  const passed = body.sessionPolicies?.length ? body.sessionPolicies : undefined;
  const session = passed && outcomeOf(passed, 'identity', signed);
  for (const [layer, outcome] of Object.entries({ resource, identity, boundary, session })) {
    if (outcome === 'explicitDeny') return denied('EXPLICIT_DENY', layer);
  }

  const sameAccount = accountOf(caller) === splitArn(signed.resource)![4];
  const withinBoundary = boundary !== 'implicitDeny';
  // No session policy sets no limit, except that a federated session then has no permissions of its own.
  const withinSession = session === undefined ? caller.type !== 'federated' : session === 'allow';

  // A service has no identity side; the root user has full access in its own account, so its side allows.
  if (caller.type === 'service' || (caller.type === 'root' && !sameAccount)) {
    return resource === 'allow' ? allowed : denied('IMPLICIT_DENY', 'resource');
  }
  if (caller.type === 'root') return allowed;

  const ownSideAllows = identity === 'allow' && withinBoundary && withinSession;
  if (sameAccount) {
    if (ownSideAllows || grantsAlone(resourcePolicy, signed, withinBoundary && session !== 'implicitDeny')) {
      return allowed;
    }
  } else if (ownSideAllows && resource === 'allow') {
    return allowed;
  }
  if (identity !== 'allow') return denied('IMPLICIT_DENY', 'identity');
  if (!withinBoundary) return denied('IMPLICIT_DENY', 'boundary');
  if (!withinSession) return denied('IMPLICIT_DENY', 'session');
  return denied('IMPLICIT_DENY', 'resource');
}

/**
 * Whether, in the same account, the resource policy's Allow is enough by itself (IAM: Permissions boundaries). A grant to
 * the role is limited by boundary and session policy; one to the account only delegates (reading U3); one to the user,
 * the session, the federated session or everyone is not limited (reading U32).
 */
function grantsAlone(resourcePolicy: PolicyDocument, signed: View, withinLimits: boolean): boolean {
  const grants = grantsOf(resourcePolicy, signed);
  const unlimited = ['user', 'session', 'federated', 'everyone'] as const;
  return unlimited.some((naming) => grants.has(naming)) || (grants.has('role') && withinLimits);
}
