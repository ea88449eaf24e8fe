import { ACCOUNT } from '../contract/postern.js';

/** How many of each; every endpoint and every API has a policy of its own. */
export interface Size {
  readonly endpoints: number;
  readonly apis: number;
}

/** A store of that size, as `POST /v1/import` takes it, in no order. Its policies have two statements, some 450 characters. */
export function largeStore({ endpoints, apis }: Size): string {
  const each = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));
  return JSON.stringify({
    formatVersion: 1,
    policies: [
      ...each(endpoints, (n) => ({ kind: 'endpoint', name: `endpoint-${n}`, document: documentOf(n) })),
      ...each(apis, (n) => ({ kind: 'resource', name: `api-${n}`, document: documentOf(n) })),
    ],
    endpoints: each(endpoints, (n) => ({ endpointId: `vpce-${n}`, vpcId: `vpc-${n}`, policy: `endpoint-${n}` })),
    apis: each(apis, (n) => ({ apiId: `a${n}`, accountId: ACCOUNT, region: 'us-east-1', policy: `api-${n}` })),
  });
}

function documentOf(n: number): object {
  const api = `arn:aws:execute-api:us-east-1:${ACCOUNT}:a${n}`;
  const everybody = { Principal: '*', Action: 'execute-api:Invoke' };
  const elsewhere = { StringNotEquals: { 'aws:SourceVpc': [`vpc-${n}`, 'vpc-1a2b3c4d'] } };
  return {
    Version: '2012-10-17',
    Statement: [
      { Sid: 'Allow', Effect: 'Allow', ...everybody, Resource: [`${api}/prod/GET/*`, `${api}/prod/POST/orders/*`] },
      { Sid: 'Deny', Effect: 'Deny', ...everybody, Resource: '*', Condition: elsewhere },
    ],
  };
}
