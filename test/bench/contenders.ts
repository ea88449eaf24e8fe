import type { CompiledPolicy } from '../../src/policy/compile.js';
import type { PolicyDocument } from '../../src/policy/document.js';
import type { Outcome } from '../../src/policy/evaluate.js';
import type { AccessRequest } from '../../src/policy/request.js';
import { compilePolicy, evaluate, lowerAction, parseArn, parseContext, parsePrincipal } from './engine.js';
import type { Contender } from './measure.js';
import { compile, evalPolicy, type NaivePolicy } from './naive.mjs';
import type { Workload, WorkloadRequest } from './workload.mjs';

/** By name: an endpoint policy bears the id of its endpoint, a resource policy that of its API. */
export type Policies = Pick<Workload, 'endpointPolicies' | 'resourcePolicies'>;

/** Two policies and the request that both are asked, always both. */
interface Asked<Policy, Request> {
  readonly endpoint: Policy;
  readonly resource: Policy;
  readonly request: Request;
}

const CODES: Readonly<Record<Outcome, number>> = { implicitDeny: 0, allow: 1, explicitDeny: 2 };

/** What the baseline answers, as its numbers: those of both policies in one. */
export const answer = (endpoint: number, resource: number): number => 3 * endpoint + resource;

/** How the decision ends that an answer stands for. */
export function outcomeOf(code: number): Outcome {
  const [endpoint, resource] = [Math.floor(code / 3), code % 3];
  if (endpoint === 2 || (endpoint === 1 && resource === 2)) return 'explicitDeny';
  return endpoint === 1 && resource === 1 ? 'allow' : 'implicitDeny';
}

/** One RegExp for each pattern and a loop over the statements; the request is as it was read. */
export function naive(documents: Policies): Contender<Asked<NaivePolicy, WorkloadRequest>> {
  const policies = compiled(documents, compile);
  return {
    fresh: (text) => asked(policies, JSON.parse(text) as WorkloadRequest),
    judge: ({ endpoint, resource, request }) => answer(evalPolicy(endpoint, request), evalPolicy(resource, request)),
  };
}

/** Both policies are asked with the context as it was given, nothing derived; the request has been read. */
export function postern(documents: Policies): Contender<Asked<CompiledPolicy, AccessRequest>> {
  const policies = compiled(documents, compilePolicy);
  return {
    fresh: (text) => {
      const request = JSON.parse(text) as WorkloadRequest;
      return { ...asked(policies, request), request: read(request) };
    },
    judge: ({ endpoint, resource, request }) => judged(endpoint, resource, request),
  };
}

/** The same, and the request is read within the time: principal, ARN and context, as strictly as ever. */
export function posternReading(documents: Policies): Contender<Asked<CompiledPolicy, WorkloadRequest>> {
  const policies = compiled(documents, compilePolicy);
  return {
    fresh: (text) => asked(policies, JSON.parse(text) as WorkloadRequest),
    judge: ({ endpoint, resource, request }) => judged(endpoint, resource, read(request)),
  };
}

export const judged = (endpoint: CompiledPolicy, resource: CompiledPolicy, request: AccessRequest): number =>
  answer(CODES[evaluate(endpoint, request).outcome], CODES[evaluate(resource, request).outcome]);

export function read(
  request: Omit<WorkloadRequest, 'endpoint' | 'api' | 'context'> & { context: object },
): AccessRequest {
  const principal = parsePrincipal(request.principal);
  const resource = parseArn(request.resource);
  const { entries, issues } = parseContext(request.context as Record<string, unknown>, '');
  if (!principal.ok || resource === undefined || issues.length > 0) throw new Error(JSON.stringify(request));
  return {
    action: lowerAction(request.action),
    resource,
    hasBoundary: false,
    principal: principal.value,
    context: entries,
  };
}

const compiled = <Policy>(
  { endpointPolicies, resourcePolicies }: Policies,
  compile: (document: PolicyDocument) => Policy,
): ReadonlyMap<string, Policy> =>
  new Map(
    Object.entries({ ...endpointPolicies, ...resourcePolicies }).map(([name, document]) => [name, compile(document)]),
  );

const asked = <Policy>(
  policies: ReadonlyMap<string, Policy>,
  request: WorkloadRequest,
): Asked<Policy, WorkloadRequest> => ({
  endpoint: policies.get(request.endpoint)!,
  resource: policies.get(request.api)!,
  request,
});
