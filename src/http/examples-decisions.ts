/** As `examples-policies.ts`, for decisions. */
import type { BatchAnswer, Decision, MinimalDecision } from './wire-decisions.js';

export const allowed: Decision = {
  decision: 'Allow',
  reason: 'ALLOWED',
  layer: null,
  message: null,
  determining: [
    { layer: 'endpoint', name: 'two-apis', version: 1, pointer: '/Statement', sid: null, effect: 'Allow' },
    { layer: 'resource', name: 'only-our-vpc', version: 1, pointer: '/Statement/0', sid: null, effect: 'Allow' },
  ],
  policies: [
    { layer: 'endpoint', name: 'two-apis', version: 1, outcome: 'allow' },
    { layer: 'resource', name: 'only-our-vpc', version: 1, outcome: 'allow' },
  ],
  assumed: [],
  revision: 5,
  decisionId: '0193a5f2-7d1c-7b7e-9c57-0a6f5b1d2e3f',
};

export const minimal: MinimalDecision = {
  decision: 'Allow',
  reason: 'ALLOWED',
  layer: null,
  revision: 5,
  decisionId: '0193a5f2-7d1c-7b7e-9c57-0a6f5b1d2e40',
};

const unknownMethod: Decision = {
  decision: 'Deny',
  reason: 'UNKNOWN_METHOD',
  layer: null,
  message:
    'User: arn:aws:iam::123412341234:user/MyUser is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/DELETE/pets',
  determining: [],
  policies: [],
  assumed: [],
  revision: 5,
  decisionId: '0193a5f2-7d1c-7b7e-9c57-0a6f5b1d2e41',
};

export const batch: BatchAnswer = {
  revision: 5,
  decisions: [allowed, unknownMethod],
};

export const simulated: Decision = {
  decision: 'Allow',
  reason: 'ALLOWED',
  layer: null,
  message: null,
  determining: [
    { layer: 'endpoint', name: null, version: null, pointer: '/Statement', sid: null, effect: 'Allow' },
    { layer: 'resource', name: 'only-our-vpc', version: 1, pointer: '/Statement/0', sid: null, effect: 'Allow' },
  ],
  policies: [
    { layer: 'endpoint', name: null, version: null, outcome: 'allow' },
    { layer: 'resource', name: 'only-our-vpc', version: 1, outcome: 'allow' },
  ],
  assumed: [],
  revision: 5,
  decisionId: '0193a5f2-7d1c-7b7e-9c57-0a6f5b1d2e43',
};
