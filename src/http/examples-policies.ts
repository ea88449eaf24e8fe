/**
 * What the operations on policies answer when the examples are executed from the top down on an empty store, but for
 * times. tsoa reads these constants from the source, so they are plain literals and names of such.
 */
import type { PolicyDocument } from './wire.js';
import type { Policy, PolicyList, PolicyVersion, PolicyVersionList, Validation } from './wire-policies.js';

const twoApisDocument: PolicyDocument = {
  Statement: {
    Effect: 'Allow',
    Principal: '*',
    Action: ['execute-api:Invoke'],
    Resource: [
      'arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/*',
      'arn:aws:execute-api:us-east-1:123412341234:aaaaa11111/*',
    ],
  },
};

export const twoApis: Policy = {
  kind: 'endpoint',
  name: 'two-apis',
  version: 1,
  description: 'two APIs, for everybody',
  digest: 'sha256:31e22d6f4a9f1a0c2d3d9d1f0b8e6a5c4b3a29181706f5e4d3c2b1a090817263',
  revision: 1,
  attachedTo: [],
  createdAt: '2026-11-23T20:11:07.123Z',
  updatedAt: '2026-11-23T20:11:07.123Z',
  document: twoApisDocument,
  findings: [],
};

export const onlyOurVpc: Policy = {
  kind: 'resource',
  name: 'only-our-vpc',
  version: 1,
  description: 'whoever comes through our VPC',
  digest: 'sha256:9a3c5e7f1b2d4f6081a3c5e7092b4d6f81a3c5e7092b4d6f81a3c5e7092b4d6f',
  revision: 2,
  attachedTo: [],
  createdAt: '2026-11-23T20:11:09.001Z',
  updatedAt: '2026-11-23T20:11:09.001Z',
  document: {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*' },
      {
        Sid: 'OnlyOurVpc',
        Effect: 'Deny',
        Principal: '*',
        Action: 'execute-api:Invoke',
        Resource: 'execute-api:/*',
        Condition: { StringNotEquals: { 'aws:SourceVpc': 'vpc-1a2b3c4d' } },
      },
    ],
  },
  findings: [
    {
      severity: 'info',
      code: 'everyone-past-boundary',
      pointer: '/Statement/0/Principal',
      detail:
        "on AWS_IAM methods this Allow is enough for callers of the API's account, even where their permissions boundary or session policy is silent: name roles to keep to those limits",
    },
  ],
};

export const ordersReader: Policy = {
  kind: 'identity',
  name: 'orders-reader',
  version: 1,
  description: 'what readers of orders may do',
  digest: 'sha256:4b6d8f0a2c4e60718293a4b5c6d7e8f9011223344556677889900aabbccddeef',
  revision: 3,
  attachedTo: [],
  createdAt: '2026-11-23T20:11:12.480Z',
  updatedAt: '2026-11-23T20:11:12.480Z',
  document: {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Action: 'execute-api:Invoke',
      Resource: 'arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/GET/orders/*',
    },
  },
  findings: [],
};

export const policyList: PolicyList = {
  items: [
    {
      kind: 'endpoint',
      name: 'two-apis',
      version: 1,
      description: 'two APIs, for everybody',
      digest: 'sha256:31e22d6f4a9f1a0c2d3d9d1f0b8e6a5c4b3a29181706f5e4d3c2b1a090817263',
      revision: 1,
      attachedTo: [],
      createdAt: '2026-11-23T20:11:07.123Z',
      updatedAt: '2026-11-23T20:11:07.123Z',
    },
  ],
  nextCursor: null,
};

export const version: PolicyVersion = {
  kind: 'endpoint',
  name: 'two-apis',
  version: 1,
  description: 'two APIs, for everybody',
  digest: 'sha256:31e22d6f4a9f1a0c2d3d9d1f0b8e6a5c4b3a29181706f5e4d3c2b1a090817263',
  revision: 1,
  createdAt: '2026-11-23T20:11:07.123Z',
  by: null,
  document: twoApisDocument,
};

export const versionList: PolicyVersionList = {
  items: [
    {
      kind: 'endpoint',
      name: 'two-apis',
      version: 1,
      description: 'two APIs, for everybody',
      digest: 'sha256:31e22d6f4a9f1a0c2d3d9d1f0b8e6a5c4b3a29181706f5e4d3c2b1a090817263',
      revision: 1,
      createdAt: '2026-11-23T20:11:07.123Z',
      by: null,
    },
  ],
  nextCursor: null,
};

export const validation: Validation = {
  valid: true,
  errors: [],
  findings: [
    {
      severity: 'warning',
      code: 'wildcard-is-literal',
      pointer: '/Statement/Condition/StringEquals/aws:PrincipalArn',
      detail: '`arn:aws:iam::123412341234:role/team-*` is compared as it is: use `StringLike` for wildcards',
    },
  ],
};
