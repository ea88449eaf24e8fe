import type { ReplayAnswer } from './wire-replay.js';

/** As `examples-policies.ts`, for what is judged again. */
export const replayed: ReplayAnswer = {
  revision: 5,
  lastRevision: 5,
  entries: 1,
  counts: { unchanged: 0, allowToDeny: 1, denyToAllow: 0, otherReason: 0, notReplayable: 0 },
  changes: [
    {
      entry: 0,
      decisionId: '0193a5f2-7d1c-7b7e-9c57-0a6f5b1d2e3f',
      change: 'allowToDeny',
      principal: 'arn:aws:iam::123412341234:user/MyUser',
      resource: 'arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/GET/pets',
      endpoint: 'vpce-1a2b3c4d',
      before: { decision: 'Allow', reason: 'ALLOWED', layer: null },
      after: { decision: 'Deny', reason: 'EXPLICIT_DENY', layer: 'endpoint' },
    },
  ],
  notReplayable: [],
};
