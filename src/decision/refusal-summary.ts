import type { Arn } from '../policy/arn.js';
import { isDomain } from '../policy/domain-name.js';
import { quoted } from '../policy/issue.js';
import type { Principal } from '../policy/principal.js';
import { callerSentences } from './summary.js';
import { type ApiFacts, type EndpointFacts, type Refusal, refusal } from './target.js';

/** A call that does not get as far as a policy. */
interface RefusedCall {
  readonly refused: Refusal;
  readonly principal: Principal;
  readonly resource: Arn;
  readonly endpointId: string | null;
  readonly endpoint: EndpointFacts | undefined | null;
  readonly api: ApiFacts | undefined | null;
}

/** Why a call does not get as far as a policy, as sentences. */
export function summarizeRefusal(call: RefusedCall): string[] {
  const { principal, resource, refused, endpointId } = call;
  const { message } = refusal(refused, resource, endpointId);
  return [
    ...callerSentences({ principal, resource, scope: 'full', authorizationType: null }),
    ...REASONS[refused](call),
    'no policy was asked',
    `the call is denied: ${message}`,
  ];
}

const PRIVATE_DNS =
  'an endpoint with private DNS catches the calls of public APIs, too: these need a custom domain, or private DNS turned off';

const REASONS: Readonly<Record<Refusal, (call: RefusedCall) => string[]>> = {
  UNKNOWN_ENDPOINT: ({ endpointId }) => [
    `no endpoint ${quoted(endpointId ?? '')} is stored, so neither its VPC nor its policy is known`,
  ],

  UNKNOWN_API({ resource, endpoint, api }) {
    if (api === undefined && isDomain(resource.resource)) {
      return ['private custom domains are not modelled: ask with the ARN of the method that the domain leads to'];
    }
    if (api === undefined) {
      return [
        `no API ${quoted(idOf(resource))} is stored: check the API id, the Host header and \`x-apigw-api-id\``,
        PRIVATE_DNS,
      ];
    }
    const differs = api === null ? [] : differences(resource, api);
    if (endpoint?.region !== undefined && endpoint.region !== null && endpoint.region !== resource.region) {
      differs.push(`the endpoint is in ${quoted(endpoint.region)} and leads to APIs of that region only`);
    }
    return differs.map((each) => `the ARN names another API than the one stored: ${each}`);
  },

  API_NOT_PRIVATE: ({ api }) => [
    `the API ${quoted(api?.id ?? '')} is ${api?.endpointType ?? 'public'}, and only private APIs are reached through a VPC endpoint`,
    PRIVATE_DNS,
  ],

  UNKNOWN_METHOD({ resource, api }) {
    const [, stage = '', verb = ''] = resource.resource.split('/', 3);
    return [
      `the API ${quoted(api?.id ?? '')} has no method ${verb} for this path in stage ${quoted(stage)}: AWS answers \`Missing Authentication Token\`, as to an unsigned call of an AWS_IAM method`,
    ];
  },
};

const idOf = ({ resource }: Arn): string => resource.split('/', 1)[0] ?? '';

function differences(arn: Arn, api: ApiFacts): string[] {
  const parts = [
    ['id', idOf(arn), api.id],
    ['account', arn.account, api.account],
    ['region', arn.region, api.region],
    ['partition', arn.partition, api.partition],
  ] as const;
  return parts
    .filter(([, said, is]) => said !== is)
    .map(([part, said, is]) => `its ${part} is ${quoted(is)}, the ARN says ${quoted(said)}`);
}
