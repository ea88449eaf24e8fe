import type { AccessRequest } from '../../policy/request.js';
import type { AppliedPolicy, DecisionInput, Layer } from '../decision.js';
import { viewsOf } from '../judge-once.js';
import { seesCaller } from './exactly.js';

/** The call as a layer sees it. */
export const viewOf = (layer: Layer, input: DecisionInput): AccessRequest =>
  viewsOf(input)[seesCaller(layer, input) ? 'signed' : 'anonymous'];

/** The policies of a layer; none where it has none, or AWS's default. */
export const policiesAt = (layer: Layer, input: DecisionInput): readonly AppliedPolicy[] => POLICIES[layer](input);

const POLICIES: Readonly<Record<Layer, (input: DecisionInput) => readonly AppliedPolicy[]>> = {
  endpoint: ({ endpointPolicy }) => some(endpointPolicy),
  resource: ({ resourcePolicy }) => some(resourcePolicy),
  authorizer: ({ authorizer }) => (authorizer !== null && typeof authorizer === 'object' ? [authorizer] : []),
  identity: ({ identityPolicies }) => identityPolicies ?? [],
  boundary: ({ permissionsBoundary }) => some(permissionsBoundary),
  session: ({ sessionPolicies }) => sessionPolicies ?? [],
};

const some = (policy: AppliedPolicy | null): readonly AppliedPolicy[] => (policy === null ? [] : [policy]);
