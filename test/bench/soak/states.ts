import { asSeen, type Expected, expectedOf } from '../http/workload.js';
import { compile, evalPolicy, type NaivePolicy } from '../naive.mjs';
import type { Workload, WorkloadRequest } from '../workload.mjs';

/** What is stored at one revision, as far as decisions can see it. */
export interface State {
  readonly policies: ReadonlyMap<string, NaivePolicy>;
  /** Which policy an endpoint or an API names: null is none; one that is not here is not stored. */
  readonly endpoints: ReadonlyMap<string, string | null>;
  readonly apis: ReadonlyMap<string, string | null>;
}

export function firstState({ endpointPolicies, resourcePolicies }: Workload): State {
  const documents = Object.entries({ ...endpointPolicies, ...resourcePolicies });
  const own = (policies: object) => new Map(Object.keys(policies).map((name) => [name, name]));
  return {
    policies: new Map(documents.map(([name, document]) => [name, compile(document)])),
    endpoints: own(endpointPolicies),
    apis: own(resourcePolicies),
  };
}

/** What has to be answered to a request in a state. */
export function expectedIn({ policies, endpoints, apis }: State, request: WorkloadRequest): Expected {
  const endpoint = endpoints.get(request.endpoint);
  const api = apis.get(request.api);
  if (endpoint === undefined) return { decision: 'Deny', reason: 'UNKNOWN_ENDPOINT', layer: null };
  if (api === undefined) return { decision: 'Deny', reason: 'UNKNOWN_API', layer: null };
  const seen = asSeen(request);
  // An endpoint without a policy lets everything through.
  const outer = endpoint === null ? 1 : evalPolicy(policies.get(endpoint)!, seen);
  if (outer === 1 && api === null) return { decision: 'Deny', reason: 'NO_RESOURCE_POLICY', layer: 'resource' };
  return expectedOf(outer, api === null ? 0 : evalPolicy(policies.get(api)!, seen));
}
