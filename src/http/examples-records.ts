/** As `examples-policies.ts`, for endpoints and APIs. */
import type { Api, ApiList, Endpoint, EndpointList } from './wire-records.js';

export const endpoint: Endpoint = {
  endpointId: 'vpce-1a2b3c4d',
  vpcId: 'vpc-1a2b3c4d',
  region: 'us-east-1',
  policy: 'two-apis',
  description: 'the endpoint of team blue',
  revision: 4,
  createdAt: '2026-11-23T20:11:20.310Z',
  updatedAt: '2026-11-23T20:11:20.310Z',
};

export const endpointList: EndpointList = {
  items: [endpoint],
  nextCursor: null,
};

export const api: Api = {
  apiId: 'a1b2c3d4e5',
  accountId: '123412341234',
  region: 'us-east-1',
  policy: 'only-our-vpc',
  methods: [
    { stage: 'prod', httpMethod: 'GET', path: '/pets', authorizationType: 'NONE' },
    { stage: 'prod', httpMethod: 'GET', path: '/orders/{orderId}', authorizationType: 'AWS_IAM' },
  ],
  description: 'pets and orders',
  revision: 5,
  createdAt: '2026-11-23T20:11:31.765Z',
  updatedAt: '2026-11-23T20:11:31.765Z',
};

export const apiList: ApiList = {
  items: [api],
  nextCursor: null,
};
