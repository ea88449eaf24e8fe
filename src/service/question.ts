import { CallContext } from '../decision/context.js';
import { decide, judge } from '../decision/decide.js';
import type { AuthorizationType, AuthorizerResult, Decision, DecisionInput, Verdict } from '../decision/decision.js';
import { authorizationOf, type Refusal, refusal, refuseTarget } from '../decision/target.js';
import type { Arn } from '../policy/arn.js';
import type { PolicyKind } from '../policy/document.js';
import type { Issue } from '../policy/issue.js';
import {
  type Asked,
  type AuthorizationBody,
  type Call,
  type CallBody,
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
  readonly records: Records;
  readonly policies: PolicySource;
  readonly requireIdentityPolicies: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** A directory, or some records of one. */
export interface Records {
  readonly endpoints: { get(id: string): Endpoint | undefined };
  readonly apis: { get(id: string): Api | undefined };
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

/** @throws ServiceError `malformed-request` */
export const questionOf = (asked: Asked, around: Surroundings): Question =>
  asked.form === 'decision' ? decisionQuestion(asked.body, around) : simulationQuestion(asked.body, around);

/** The answer to a question whose policies are there. */
export const decideQuestion = ({ refused, call, endpointId, input }: Question): Decision =>
  refused === null ? decide(input()) : refusal(refused, call.resource, endpointId);

/** The same answer without its grounds. */
export const judgeQuestion = ({ refused, input }: Question): Verdict =>
  refused === null ? judge(input()).verdict : { reason: refused, layer: null };

/** @throws ServiceError `malformed-request` */
export function decisionQuestion(body: DecisionBody, around: Surroundings): Question {
  const call = readOrThrow(body, '', 'method', body);
  const endpointId = body.endpoint;
  const endpoint = around.records.endpoints.get(endpointId);
  const api = around.records.apis.get(apiIdOf(call.resource));
  const context = contextOf(call, { id: endpointId, record: endpoint }, api, around.now);
  const conflicts = context.conflicts('/context', call.names);
  const pair = pairIssues(body);
  if (conflicts.length + pair.length > 0) throw malformed([...conflicts, ...pair]);
  const brought = broughtBy(body, around.policies);
  const refused = refuseTarget(call.resource, endpoint, api);
  const authorizationType = api && authorizationOf(call.resource, api);
  if (refused !== null || endpoint === undefined || api === undefined || authorizationType === undefined) {
    return { call, endpoint, api, endpointId, refused: refused ?? 'UNKNOWN_METHOD', input: unreached };
  }
  const input = inputOf(call, context, brought, around, {
    scope: 'full',
    endpointPolicy: endpoint.policy === null ? null : around.policies.attached('endpoint', endpoint.policy),
    resourcePolicy: api.policy === null ? null : around.policies.attached('resource', api.policy),
    authorizationType,
  });
  return { call, endpoint, api, endpointId, refused: null, input };
}

/** @throws ServiceError `malformed-request` */
export function simulationQuestion(body: SimulationBody, around: Surroundings): Question {
  const call = readOrThrow(body.request, '/request', 'any', body);
  const pair = pairIssues(body);
  if (pair.length > 0) throw malformed(pair);
  const endpointId = body.endpoint ?? null;
  const endpoint = endpointId === null ? null : around.records.endpoints.get(endpointId);
  const api = body.api === undefined ? null : around.records.apis.get(body.api);
  const stated = endpointId === null ? null : { id: endpointId, record: endpoint ?? undefined };
  const context = contextOf(call, stated, api, around.now);
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
  if (typeof target === 'object') {
    return { call, endpoint, api, endpointId, refused: target.refused, input: unreached };
  }
  const judged = { scope, endpointPolicy, resourcePolicy, authorizationType: target };
  return { call, endpoint, api, endpointId, refused: null, input: inputOf(call, context, brought, around, judged) };
}

/** The authorization type to judge by, or why the call gets nowhere. */
function simulationTarget(
  body: SimulationBody,
  call: Call,
  endpoint: Endpoint | null | undefined,
  api: Api | null | undefined,
  scope: 'full' | 'endpoint',
): AuthorizationType | { refused: Refusal } {
  const refused = refuseTarget(call.resource, endpoint, api);
  // The endpoint policy alone is asked: whether the API is private, or has the method, is not.
  if (refused !== null && !(scope === 'endpoint' && refused === 'API_NOT_PRIVATE')) return { refused };
  if (body.authorizationType !== undefined) return body.authorizationType;
  const found = api ? authorizationOf(call.resource, api) : 'NONE';
  return found ?? (scope === 'endpoint' ? 'NONE' : { refused: 'UNKNOWN_METHOD' });
}

/** @param whole the body that it is in */
function readOrThrow(body: CallBody, base: string, forms: 'method' | 'any', whole: AuthorizationBody): Call {
  const call = readCall(body, base, forms);
  if ('principal' in call) return call;
  throw malformed([...call, ...pairIssues(whole)]);
}

function pairIssues({ authorizerResult, authorizerPolicy }: AuthorizationBody): readonly Issue[] {
  if (authorizerResult === undefined || authorizerPolicy === undefined) return NONE;
  const detail = 'give the result or the policy that the authorizer returned, not both';
  return [{ pointer: '/authorizerPolicy', code: 'both-of-pair', detail }];
}

const NONE: readonly never[] = [];

/** The API that an ARN of execute-api names. */
function apiIdOf({ text, resourceStart }: Arn): string {
  const slash = text.indexOf('/', resourceStart);
  return text.slice(resourceStart, slash < 0 ? text.length : slash);
}

function contextOf(
  { given, principal, resource }: Call,
  endpoint: { id: string; record: Endpoint | undefined } | null,
  api: Api | null | undefined,
  now: number,
): CallContext {
  return new CallContext(given, {
    principal,
    resource,
    endpoint: endpoint && { id: endpoint.id, vpcId: endpoint.record?.body.vpcId ?? null },
    endpointKeys: endpoint?.record?.keys ?? null,
    apiKeys: api?.keys ?? null,
    now,
  });
}

/** What the question brings for the method's authorization. */
interface Brought {
  readonly identityPolicies: readonly Reference[] | null;
  readonly permissionsBoundary: Reference | null;
  readonly sessionPolicies: readonly Reference[] | null;
  readonly authorizer: Reference | AuthorizerResult | null;
}

function broughtBy(body: AuthorizationBody, policies: PolicySource): Brought {
  const list = (field: 'identityPolicies' | 'sessionPolicies'): Reference[] | null =>
    body[field]?.map((each, index) => policies.of('identity', each, `/${field}/${index}`, index)) ?? null;
  const one = (field: 'permissionsBoundary' | 'authorizerPolicy'): Reference | null => {
    const given = body[field];
    return given === undefined ? null : policies.of('identity', given, `/${field}`);
  };
  return {
    identityPolicies: list('identityPolicies'),
    permissionsBoundary: one('permissionsBoundary'),
    sessionPolicies: list('sessionPolicies'),
    authorizer: one('authorizerPolicy') ?? body.authorizerResult ?? null,
  };
}

/** What is judged, but for the call: the records' policies or those in their place. */
interface Judged extends Pick<DecisionInput, 'scope' | 'authorizationType'> {
  readonly endpointPolicy: Reference | null;
  readonly resourcePolicy: Reference | null;
}

/** Written out member by member: V8 makes a new shape for each object whose literal begins with a spread (2 µs). */
function inputOf(
  { principal, action, resource }: Call,
  context: CallContext,
  { identityPolicies, permissionsBoundary, sessionPolicies, authorizer }: Brought,
  { requireIdentityPolicies }: Surroundings,
  { scope, endpointPolicy, resourcePolicy, authorizationType }: Judged,
): () => DecisionInput {
  return () => ({
    principal,
    action,
    resource,
    context,
    scope,
    endpointPolicy: endpointPolicy && present(endpointPolicy),
    resourcePolicy: resourcePolicy && present(resourcePolicy),
    authorizationType,
    identityPolicies: identityPolicies?.map(present) ?? null,
    permissionsBoundary: permissionsBoundary && present(permissionsBoundary),
    sessionPolicies: sessionPolicies?.map(present) ?? null,
    authorizer: typeof authorizer === 'object' && authorizer !== null ? present(authorizer) : authorizer,
    requireIdentityPolicies,
  });
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
