/** As `examples-policies.ts`, for export and import. */
import type { ImportAnswer, StoreDocument } from './wire-transfer.js';

export const exported: StoreDocument = {
  formatVersion: 1,
  policies: [
    {
      kind: 'endpoint',
      name: 'two-apis',
      description: 'two APIs, for everybody',
      document: {
        Statement: {
          Effect: 'Allow',
          Principal: '*',
          Action: ['execute-api:Invoke'],
          Resource: [
            'arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/*',
            'arn:aws:execute-api:us-east-1:123412341234:aaaaa11111/*',
          ],
        },
      },
    },
  ],
  endpoints: [
    {
      endpointId: 'vpce-1a2b3c4d',
      vpcId: 'vpc-1a2b3c4d',
      region: 'us-east-1',
      policy: 'two-apis',
      description: 'the endpoint of team blue',
    },
  ],
  apis: [],
};

export const imported: ImportAnswer = {
  dryRun: false,
  revision: 6,
  changes: [
    { op: 'create', type: 'policy', kind: 'identity', id: 'orders-writer' },
    { op: 'create', type: 'endpoint', id: 'vpce-5e6f7a8b' },
  ],
  unchanged: 0,
  issues: [],
};

export const importedFromAws: ImportAnswer = {
  dryRun: false,
  revision: 7,
  changes: [
    { op: 'create', type: 'policy', kind: 'resource', id: 'aaaaa11111' },
    { op: 'create', type: 'endpoint', id: 'vpce-0a1b2c3d4e5f60718' },
    { op: 'create', type: 'api', id: 'aaaaa11111' },
  ],
  unchanged: 0,
  issues: [
    {
      severity: 'info',
      code: 'default-policy',
      pointer: '/vpcEndpoints/VpcEndpoints/0/PolicyDocument',
      detail: 'this is the default policy of AWS: stored as `policy: null`, full access',
    },
  ],
};
