import { CallContext, type Circumstances } from '../decision/context.js';
import { decide } from '../decision/decide.js';
import type { AuthorizationType, AuthorizerAnswer, Decision, DecisionInput } from '../decision/decision.js';
import {
  type ApiFacts,
  authorizationOf,
  type EndpointFacts,
  type Refusal,
  refusal,
  refuseTarget,
} from '../decision/target.js';
import type { PolicyKind } from '../policy/document.js';
import type { Issue } from '../policy/issue.js';
import {
  type AuthorizationBody,
  type Call,
  type DecisionBody,
  type PolicyReference,
  readCall,
  type SimulationBody,
} from './decision-request.js';
import { ServiceError } from './errors.js';
import type { Api, Endpoint } from './records.js';
import type { Reference } from './references.js';

/** Where the names of a question are looked up. */
export interface Surroundings {
  readonly endpoint: (id: string) => Endpoint | undefined;
  readonly api: (id: string) => Api | undefined;
  readonly policies: PolicySource;
  readonly requireIdentityPolicies: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface PolicySource {
  attached(kind: PolicyKind, name: string): Reference;
  of(kind: PolicyKind, reference: PolicyReference, pointer: string, index?: number): Reference;
}

/** Everything about a question has been looked up; what is left is to wait for documents, and to decide. */
export interface Question {
  readonly call: Call;
  /** The records that the question names; undefined: not stored, null: a simulation that names none. */
  readonly endpoint: Endpoint | undefined | null;
  readonly api: Api | undefined | null;
  /** The endpoint as the question names it. */
  readonly endpointId: string | null;
  /** Why the call does not get as far as a policy; null if it does. */
  readonly refused: Refusal | null;
  /** What the decision depends on, once the policies are there. Only where there is no refusal. */
  readonly input: () => DecisionInput;
}

/** The answer to a question whose policies are there. */
export const decisionOn = ({ refused, call, endpointId, input }: Question): Decision =>
  refused === null ? decide(input()) : refusal(refused, call.resource, endpointId);

/** @throws ServiceError `malformed-request` */
export function decisionQuestion(body: DecisionBody, around: Surroundings): Question {
  const call = readOrThrow(body, '', 'method');
  const endpoint = around.endpoint(body.endpoint);
  const [apiId = ''] = call.resource.resource.split('/', 1);
  const api = around.api(apiId);
  const { context, conflicts } = contextOf(call, { id: body.endpoint, record: endpoint }, api, '/context', around.now);
  if (conflicts.length > 0) throw malformed(conflicts);
  const brought = broughtBy(body, around.policies);
  const facts = api && apiFacts(api);
  const refused = refuseTarget(call.resource, endpoint && endpointFacts(endpoint), facts);
  const type = facts && authorizationOf(call.resource, facts);
  const found = { call, endpoint, api, endpointId: body.endpoint };
  if (refused !== null || endpoint === undefined || api === undefined || type === undefined) {
    return { ...found, refused: refused ?? 'UNKNOWN_METHOD', input: unreached };
  }
  const endpointPolicy = endpoint.policy === null ? null : around.policies.attached('endpoint', endpoint.policy);
  const resourcePolicy = api.policy === null ? null : around.policies.attached('resource', api.policy);
  const input = (): DecisionInput => ({
    ...inputOf(call, context, brought(), around),
    scope: 'full',
    endpointPolicy: endpointPolicy && present(endpointPolicy),
    resourcePolicy: resourcePolicy && present(resourcePolicy),
    authorizationType: type,
  });
  return { ...found, refused: null, input };
}

/** @throws ServiceError `malformed-request` */
export function simulationQuestion(body: SimulationBody, around: Surroundings): Question {
  const call = readOrThrow(body.request, '/request', 'any');
  const endpoint = body.endpoint === undefined ? null : around.endpoint(body.endpoint);
  const api = body.api === undefined ? null : around.api(body.api);
  const stated = body.endpoint === undefined ? null : { id: body.endpoint, record: endpoint ?? undefined };
  const { context } = contextOf(call, stated, api, '/request/context', around.now);
  const brought = broughtBy(body, around.policies);
  const named = (kind: 'endpoint' | 'resource', record: Endpoint | Api | null | undefined): Reference | null => {
    const given = body[`${kind}Policy`];
    if (given !== undefined) return given === null ? null : around.policies.of(kind, given, `/${kind}Policy`);
    return record?.policy ? around.policies.attached(kind, record.policy) : null;
  };
  const endpointPolicy = named('endpoint', endpoint);
  const resourcePolicy = named('resource', api);
  const scope = body.scope ?? 'full';
  const target = simulationTarget(body, call, endpoint, api, scope);
  const found = { call, endpoint, api, endpointId: body.endpoint ?? null };
  if (typeof target === 'object') return { ...found, refused: target.refused, input: unreached };
  const input = (): DecisionInput => ({
    ...inputOf(call, context, brought(), around),
    scope,
    endpointPolicy: endpointPolicy && present(endpointPolicy),
    resourcePolicy: resourcePolicy && present(resourcePolicy),
    authorizationType: target,
  });
  return { ...found, refused: null, input };
}

/** The authorization type to judge by, or why the call gets nowhere. */
function simulationTarget(
  body: SimulationBody,
  call: Call,
  endpoint: Endpoint | null | undefined,
  api: Api | null | undefined,
  scope: 'full' | 'endpoint',
): AuthorizationType | { refused: Refusal } {
  const facts = api && apiFacts(api);
  const refused = refuseTarget(call.resource, endpoint && endpointFacts(endpoint), facts);
  // The endpoint policy alone is asked: whether the API is private, or has the method, is not.
  if (refused !== null && !(scope === 'endpoint' && refused === 'API_NOT_PRIVATE')) return { refused };
  if (body.authorizationType !== undefined) return body.authorizationType;
  const found = facts ? authorizationOf(call.resource, facts) : 'NONE';
  return found ?? (scope === 'endpoint' ? 'NONE' : { refused: 'UNKNOWN_METHOD' });
}

function readOrThrow(body: SimulationBody['request'], base: string, forms: 'method' | 'any'): Call {
  const call = readCall(body, base, forms);
  if ('principal' in call) return call;
  throw malformed(call);
}

function contextOf(
  call: Call,
  endpoint: { id: string; record: Endpoint | undefined } | null,
  api: Api | null | undefined,
  base: string,
  now: number,
): { context: CallContext; conflicts: Issue[] } {
  const circumstances: Circumstances = {
    principal: call.principal,
    resource: call.resource,
    endpoint: endpoint && { id: endpoint.id, vpcId: endpoint.record?.body.vpcId ?? null },
    endpointKeys: endpoint?.record?.keys ?? null,
    apiKeys: api?.keys ?? null,
    now,
  };
  const context = new CallContext(call.given, circumstances);
  return { context, conflicts: context.conflicts(base, call.names) };
}

type Brought = Pick<DecisionInput, 'identityPolicies' | 'permissionsBoundary' | 'sessionPolicies' | 'authorizer'>;

/** What the question brings for the method's authorization; read once its references have settled. */
function broughtBy(body: AuthorizationBody, policies: PolicySource): () => Brought {
  const { authorizerResult, authorizerPolicy } = body;
  if (authorizerResult !== undefined && authorizerPolicy !== undefined) {
    const detail = 'give the result or the policy that the authorizer returned, not both';
    throw malformed([{ pointer: '/authorizerPolicy', code: 'both-of-pair', detail }]);
  }
  const list = (field: 'identityPolicies' | 'sessionPolicies'): Reference[] | null =>
    body[field]?.map((each, index) => policies.of('identity', each, `/${field}/${index}`, index)) ?? null;
  const one = (field: 'permissionsBoundary' | 'authorizerPolicy'): Reference | null => {
    const given = body[field];
    return given === undefined ? null : policies.of('identity', given, `/${field}`);
  };
  const identityPolicies = list('identityPolicies');
  const boundary = one('permissionsBoundary');
  const sessionPolicies = list('sessionPolicies');
  const authorizer = one('authorizerPolicy');
  return () => ({
    identityPolicies: identityPolicies?.map(present) ?? null,
    permissionsBoundary: boundary && present(boundary),
    sessionPolicies: sessionPolicies?.map(present) ?? null,
    authorizer: authorizer ? present(authorizer) : ((authorizerResult ?? null) as AuthorizerAnswer | null),
  });
}

function inputOf(
  call: Call,
  context: CallContext,
  brought: Brought,
  { requireIdentityPolicies }: Surroundings,
): Omit<DecisionInput, 'scope' | 'authorizationType' | 'endpointPolicy' | 'resourcePolicy'> {
  return {
    principal: call.principal,
    action: call.action,
    resource: call.resource,
    context: { full: context, anonymous: context.anonymous },
    ...brought,
    requireIdentityPolicies,
  };
}

export const malformed = (issues: readonly Issue[]): ServiceError =>
  new ServiceError('malformed-request', 'the request is malformed', issues);

function present({ policy }: Reference): NonNullable<Reference['policy']> {
  if (policy === null) throw new Error('a policy was used before it was there');
  return policy;
}

function unreached(): never {
  throw new Error('a call that was refused was judged');
}

export const endpointFacts = ({ body }: Endpoint): EndpointFacts => ({ region: body.region ?? null });

export const apiFacts = (api: Api): ApiFacts => ({
  id: api.id,
  account: api.body.accountId,
  region: api.body.region,
  partition: api.partition,
  endpointType: api.endpointType,
  authorizationType: api.authorizationType,
  methods: api.methods,
});
