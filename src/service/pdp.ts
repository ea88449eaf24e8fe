import { randomUUID } from 'node:crypto';
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
import type { Issue } from '../policy/issue.js';
import type { Store } from '../store/store.js';
import type { CompiledPolicies } from './compiled-policies.js';
import {
  type AuthorizationBody,
  type Call,
  type DecisionBody,
  readCall,
  type SimulationBody,
} from './decision-request.js';
import type { Directory } from './directory.js';
import { ServiceError } from './errors.js';
import type { Api, Endpoint } from './records.js';
import { type PolicyLimits, type Reference, References } from './references.js';

/** A decision, the state it was made from, and the id under which logs know it. */
export interface DecisionAnswer extends Decision {
  readonly revision: number;
  readonly decisionId: string;
}

/** The answer without its grounds. */
export type MinimalAnswer = Pick<DecisionAnswer, 'decision' | 'reason' | 'layer' | 'revision' | 'decisionId'>;

export interface AnswerOptions {
  /** The caller wants the answer without its grounds. */
  readonly minimal: boolean;
}

/** A batch item that could not be read. */
export interface InvalidRequest {
  readonly decision: 'Deny';
  readonly reason: 'INVALID_REQUEST';
  readonly layer: null;
  readonly errors: readonly Issue[];
}

export interface PdpOptions {
  readonly limits: PolicyLimits;
  readonly requireIdentityPolicies: boolean;
  readonly maxBatch: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Everything about a question has been looked up; what is left is to wait for documents, and to decide. */
interface Prepared {
  readonly references: References;
  decision(): Decision;
}

/** The policy decision point: looks up, decides, and never allows by default. */
export class Pdp {
  constructor(
    private readonly directory: Directory,
    private readonly compiled: CompiledPolicies,
    private readonly store: Pick<Store, 'version'>,
    private readonly options: PdpOptions,
  ) {}

  /** @throws ServiceError `malformed-request`, `unknown-policy`, `invalid-policy` */
  async decide(body: DecisionBody, options: AnswerOptions): Promise<DecisionAnswer | MinimalAnswer> {
    return answer(this.#prepare(body), this.directory.revision, options);
  }

  /** @throws ServiceError as `decide` */
  async simulate(body: SimulationBody, options: AnswerOptions): Promise<DecisionAnswer | MinimalAnswer> {
    return answer(this.#prepareSimulation(body), this.directory.revision, options);
  }

  /**
   * Decides each request by itself, all at one revision.
   * @param options.shapeErrors what is wrong with an item before it is even a request
   */
  async decideBatch(
    requests: readonly unknown[],
    { shapeErrors, ...options }: AnswerOptions & { readonly shapeErrors: (request: unknown) => readonly Issue[] },
  ): Promise<{ revision: number; decisions: (DecisionAnswer | MinimalAnswer | InvalidRequest)[] }> {
    if (requests.length > this.options.maxBatch) {
      const detail = `a batch has at most ${this.options.maxBatch} requests`;
      throw malformed([{ pointer: '/requests', code: 'too-many', detail }]);
    }
    const { revision } = this.directory;
    const prepared = requests.map((request) => {
      const errors = shapeErrors(request);
      return errors.length > 0 ? invalid(errors) : orInvalid(() => this.#prepare(request as DecisionBody));
    });
    const decisions = prepared.map(async (item) =>
      'reason' in item ? item : answer(item, revision, options).catch(asInvalid),
    );
    return { revision, decisions: await Promise.all(decisions) };
  }

  #prepare(body: DecisionBody): Prepared {
    const call = this.#call(body, '', 'method');
    const endpoint = this.directory.endpoints.get(body.endpoint);
    const [apiId = ''] = call.resource.resource.split('/', 1);
    const api = this.directory.apis.get(apiId);
    const { context, conflicts } = this.#context(call, { id: body.endpoint, record: endpoint }, api, '/context');
    if (conflicts.length > 0) throw malformed(conflicts);
    const references = this.#references();
    const brought = this.#brought(body, references);
    const facts = api && apiFacts(api);
    const refused = refuseTarget(call.resource, endpoint && endpointFacts(endpoint), facts);
    const type = facts && authorizationOf(call.resource, facts);
    if (refused !== null || endpoint === undefined || api === undefined || type === undefined) {
      return { references, decision: () => refusal(refused ?? 'UNKNOWN_METHOD', call.resource, body.endpoint) };
    }
    const endpointPolicy = endpoint.policy === null ? null : references.attached('endpoint', endpoint.policy);
    const resourcePolicy = api.policy === null ? null : references.attached('resource', api.policy);
    const decision = (): Decision =>
      decide({
        ...this.#input(call, context, brought()),
        scope: 'full',
        endpointPolicy: endpointPolicy && present(endpointPolicy),
        resourcePolicy: resourcePolicy && present(resourcePolicy),
        authorizationType: type,
      });
    return { references, decision };
  }

  #prepareSimulation(body: SimulationBody): Prepared {
    const call = this.#call(body.request, '/request', 'any');
    const endpoint = body.endpoint === undefined ? null : this.directory.endpoints.get(body.endpoint);
    const api = body.api === undefined ? null : this.directory.apis.get(body.api);
    const stated = body.endpoint === undefined ? null : { id: body.endpoint, record: endpoint ?? undefined };
    const { context } = this.#context(call, stated, api, '/request/context');
    const references = this.#references();
    const brought = this.#brought(body, references);
    const named = (kind: 'endpoint' | 'resource', record: Endpoint | Api | null | undefined): Reference | null => {
      const given = body[`${kind}Policy`];
      if (given !== undefined) return given === null ? null : references.of(kind, given, `/${kind}Policy`);
      return record?.policy ? references.attached(kind, record.policy) : null;
    };
    const endpointPolicy = named('endpoint', endpoint);
    const resourcePolicy = named('resource', api);
    const scope = body.scope ?? 'full';
    const target = this.#simulationTarget(body, call, endpoint, api, scope);
    const decision = (): Decision =>
      typeof target === 'object'
        ? refusal(target.refused, call.resource, body.endpoint ?? null)
        : decide({
            ...this.#input(call, context, brought()),
            scope,
            endpointPolicy: endpointPolicy && present(endpointPolicy),
            resourcePolicy: resourcePolicy && present(resourcePolicy),
            authorizationType: target,
          });
    return { references, decision };
  }

  /** The authorization type to judge by, or why the call gets nowhere. */
  #simulationTarget(
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

  #call(body: SimulationBody['request'], base: string, forms: 'method' | 'any'): Call {
    const call = readCall(body, base, forms);
    if ('principal' in call) return call;
    throw malformed(call);
  }

  #references(): References {
    return new References(this.directory, this.compiled, this.store, this.options.limits);
  }

  #context(
    call: Call,
    endpoint: { id: string; record: Endpoint | undefined } | null,
    api: Api | null | undefined,
    base: string,
  ): { context: CallContext; conflicts: Issue[] } {
    const circumstances: Circumstances = {
      principal: call.principal,
      resource: call.resource,
      endpoint: endpoint && { id: endpoint.id, vpcId: endpoint.record?.body.vpcId ?? null },
      endpointKeys: endpoint?.record?.keys ?? null,
      apiKeys: api?.keys ?? null,
      now: this.options.now(),
    };
    const context = new CallContext(call.given, circumstances);
    return { context, conflicts: context.conflicts(base, call.names) };
  }

  /** What the question brings for the method's authorization; read once its references have settled. */
  #brought(body: AuthorizationBody, references: References): () => Brought {
    const { authorizerResult, authorizerPolicy } = body;
    if (authorizerResult !== undefined && authorizerPolicy !== undefined) {
      const detail = 'give the result or the policy that the authorizer returned, not both';
      throw malformed([{ pointer: '/authorizerPolicy', code: 'both-of-pair', detail }]);
    }
    const list = (field: 'identityPolicies' | 'sessionPolicies'): Reference[] | null =>
      body[field]?.map((each, index) => references.of('identity', each, `/${field}/${index}`, index)) ?? null;
    const one = (field: 'permissionsBoundary' | 'authorizerPolicy'): Reference | null => {
      const given = body[field];
      return given === undefined ? null : references.of('identity', given, `/${field}`);
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

  #input(
    call: Call,
    context: CallContext,
    brought: Brought,
  ): Omit<DecisionInput, 'scope' | 'authorizationType' | 'endpointPolicy' | 'resourcePolicy'> {
    return {
      principal: call.principal,
      action: call.action,
      resource: call.resource,
      context: { full: context, anonymous: context.anonymous },
      ...brought,
      requireIdentityPolicies: this.options.requireIdentityPolicies,
    };
  }
}

type Brought = Pick<DecisionInput, 'identityPolicies' | 'permissionsBoundary' | 'sessionPolicies' | 'authorizer'>;

const malformed = (issues: readonly Issue[]): ServiceError =>
  new ServiceError('malformed-request', 'the request is malformed', issues);

function present({ policy }: Reference): NonNullable<Reference['policy']> {
  if (policy === null) throw new Error('a policy was used before it was there');
  return policy;
}

async function answer(
  { references, decision }: Prepared,
  revision: number,
  { minimal }: AnswerOptions,
): Promise<DecisionAnswer | MinimalAnswer> {
  await references.settle();
  const decided = decision();
  const made = { revision, decisionId: randomUUID() };
  if (!minimal) return { ...decided, ...made };
  return { decision: decided.decision, reason: decided.reason, layer: decided.layer, ...made };
}

function orInvalid(prepare: () => Prepared): Prepared | InvalidRequest {
  try {
    return prepare();
  } catch (error) {
    return asInvalid(error);
  }
}

function asInvalid(error: unknown): InvalidRequest {
  if (error instanceof ServiceError && error.errors.length > 0) return invalid(error.errors);
  throw error;
}

const invalid = (errors: readonly Issue[]): InvalidRequest => ({
  decision: 'Deny',
  reason: 'INVALID_REQUEST',
  layer: null,
  errors,
});

const endpointFacts = ({ body }: Endpoint): EndpointFacts => ({ region: body.region ?? null });

const apiFacts = (api: Api): ApiFacts => ({
  id: api.id,
  account: api.body.accountId,
  region: api.body.region,
  partition: api.partition,
  endpointType: api.endpointType,
  authorizationType: api.authorizationType,
  methods: api.methods,
});
