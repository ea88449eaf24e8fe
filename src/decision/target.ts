import type { Arn } from '../policy/arn.js';
import { isDomain } from '../policy/domain-name.js';
import { quoted } from '../policy/issue.js';
import type { AuthorizationType, Decision, Reason } from './decision.js';
import type { MethodTable } from './methods.js';

/** What a decision needs of an endpoint's record. */
export interface EndpointFacts {
  /** Where the endpoint is; null when the record does not say. */
  readonly region: string | null;
}

/** What a decision needs of an API's record. */
export interface ApiFacts {
  readonly id: string;
  /** What the ARNs of all its methods begin with: `arn:<partition>:execute-api:<region>:<account>:<id>/`. */
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  readonly endpointType: 'PRIVATE' | 'REGIONAL' | 'EDGE';
  readonly authorizationType: AuthorizationType;
  /** Null for an API without a list of methods, whose own authorization type counts. */
  readonly methods: MethodTable | null;
}

/** Why a call does not get as far as a policy. */
export type Refusal = Extract<Reason, 'UNKNOWN_ENDPOINT' | 'UNKNOWN_API' | 'API_NOT_PRIVATE' | 'UNKNOWN_METHOD'>;

/**
 * Whether the ARN is one of the API's, and reachable through the endpoint: both are in one Region, and only private
 * APIs are reached through an endpoint (Amazon API Gateway Developer Guide, "Private REST APIs").
 * @param endpoint undefined: not stored; null: a simulation without one
 * @param api likewise
 */
export function refuseTarget(
  arn: Arn,
  endpoint: EndpointFacts | undefined | null,
  api: ApiFacts | undefined | null,
): Refusal | null {
  if (endpoint === undefined) return 'UNKNOWN_ENDPOINT';
  if (api === undefined) return 'UNKNOWN_API';
  if (endpoint !== null && endpoint.region !== null && endpoint.region !== arn.region) return 'UNKNOWN_API';
  if (api === null) return null;
  if (!arn.text.startsWith(api.arn)) return 'UNKNOWN_API';
  return api.endpointType === 'PRIVATE' ? null : 'API_NOT_PRIVATE';
}

/** How the method that an ARN names authorizes; undefined when the API has no such method. */
export function authorizationOf(arn: Arn, api: ApiFacts): AuthorizationType | undefined {
  if (api.methods === null) return api.authorizationType;
  const [, stage = '', verb = ''] = arn.resource.split('/', 3);
  const path = arn.resource.slice(api.id.length + stage.length + verb.length + 3);
  return api.methods.find(stage, verb, path);
}

/** The answer to a call that does not get as far as a policy. AWS says `Forbidden` or `Missing Authentication Token`. */
export function refusal(reason: Refusal, arn: Arn, endpoint: string | null): Decision {
  const [api = '', , verb = ''] = arn.resource.split('/', 3);
  const messages: Readonly<Record<Refusal, string>> = {
    UNKNOWN_ENDPOINT: `Forbidden: the endpoint ${quoted(endpoint ?? '')} is not known`,
    UNKNOWN_API: isDomain(arn.resource)
      ? `Forbidden: ${quoted(arn.resource)} is a domain, and no API is known by one`
      : `Forbidden: no API ${quoted(api)} of account ${arn.account} in ${arn.region} (${arn.partition}) is known behind this endpoint`,
    API_NOT_PRIVATE: `Forbidden: the API ${quoted(api)} is not private, so no VPC endpoint leads to it`,
    UNKNOWN_METHOD: `Missing Authentication Token: the API ${quoted(api)} has no method ${verb} for this stage and path`,
  };
  return {
    decision: 'Deny',
    reason,
    layer: null,
    message: messages[reason],
    determining: [],
    policies: [],
    assumed: [],
  };
}
