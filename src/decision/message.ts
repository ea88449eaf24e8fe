import type { Arn } from '../policy/arn.js';
import type { DecisionInput, Layer, Verdict } from './decision.js';

const POLICY_TYPES: Readonly<Record<Layer, string>> = {
  endpoint: 'VPC endpoint policy',
  resource: 'resource-based policy',
  authorizer: 'identity-based policy',
  identity: 'identity-based policy',
  boundary: 'permissions boundary',
  session: 'session policy',
};

/**
 * The sentence of a denied call: IAM User Guide, "Troubleshoot access denied error messages", and what API Gateway
 * has been seen to say. Where AWS says nothing of use (`Forbidden`), the cause follows.
 */
export function denialMessage({ reason, layer }: Verdict, input: DecisionInput): string {
  if (reason === 'NOT_AUTHENTICATED') {
    return input.authorizationType === 'AWS_IAM' ? 'Missing Authentication Token' : 'Unauthorized';
  }
  if (reason === 'IDENTITY_POLICIES_MISSING') {
    return "the caller's identity policies were not given, and this service is set to require them";
  }
  if (reason === 'NO_RESOURCE_POLICY') return `${subject('resource', input)} ${silence('resource', input.action)}`;
  const named = layer ?? 'resource';
  return reason === 'EXPLICIT_DENY'
    ? `${subject(named, input)} with an explicit deny in ${article(named)} ${POLICY_TYPES[named]}`
    : `${subject(named, input)} ${silence(named, input.action)}`;
}

const silence = (layer: Layer, action: string): string =>
  `because no ${POLICY_TYPES[layer]} allows the ${action} action`;

const article = (layer: Layer): string => (layer === 'identity' || layer === 'authorizer' ? 'an' : 'a');

/** Who may not do what: a Lambda authorizer's callers are not named, and only IAM tells the API who calls. */
function subject(layer: Layer, { principal, authorizationType, action, resource }: DecisionInput): string {
  if (layer === 'authorizer') return 'User is not authorized to access this resource';
  const seen = layer === 'resource' && authorizationType !== 'AWS_IAM' ? 'anonymous' : principal.text;
  return `User: ${seen} is not authorized to perform: ${action} on resource: ${masked(resource)}`;
}

/** AWS shows the last four digits of an account. */
function masked({ text, partition, service, region, account, resource }: Arn): string {
  if (account.length !== 12) return text;
  return `arn:${partition}:${service}:${region}:${'*'.repeat(8)}${account.slice(8)}:${resource}`;
}
