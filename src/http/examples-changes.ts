/** As `examples-policies.ts`, for what has changed. */
import type { ChangeList, VersionDiff } from './wire-changes.js';

export const changes: ChangeList = {
  changes: [
    {
      revision: 1,
      at: '2026-11-23T20:11:07.123Z',
      by: null,
      op: 'put',
      type: 'policy',
      kind: 'endpoint',
      id: 'two-apis',
      version: 1,
    },
    { revision: 4, at: '2026-11-23T20:11:14.004Z', by: null, op: 'put', type: 'endpoint', id: 'vpce-1a2b3c4d' },
  ],
  revision: 4,
};

export const firstVersion: VersionDiff = {
  before: null,
  after: {
    kind: 'endpoint',
    name: 'two-apis',
    version: 1,
    description: 'two APIs, for everybody',
    digest: 'sha256:31e22d6f4a9f1a0c2d3d9d1f0b8e6a5c4b3a29181706f5e4d3c2b1a090817263',
    revision: 1,
    createdAt: '2026-11-23T20:11:07.123Z',
    by: null,
  },
  sameMeaning: false,
  elements: [],
  statements: [
    {
      change: 'added',
      sameMeaning: false,
      before: null,
      after: {
        pointer: '/Statement',
        statement: {
          Effect: 'Allow',
          Principal: '*',
          Action: ['execute-api:Invoke'],
          Resource: [
            'arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/*',
            'arn:aws:execute-api:us-east-1:123412341234:aaaaa11111/*',
          ],
        },
      },
      elements: [],
    },
  ],
};
