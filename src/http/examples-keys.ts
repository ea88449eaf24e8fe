/** As `examples-policies.ts`, for keys and what was done with them. */
import type { AuditList } from './wire-audit.js';
import type { Key, KeyList, NewKey } from './wire-keys.js';

export const key: Key = {
  name: 'gateway-blue',
  roles: ['decide'],
  description: 'the API gateway of team blue',
  expiresAt: null,
  lastUsedAt: null,
  revision: 7,
  createdAt: '2026-11-23T20:15:02.330Z',
  updatedAt: '2026-11-23T20:15:02.330Z',
};

export const newKey: NewKey = {
  name: 'gateway-blue',
  roles: ['decide'],
  description: 'the API gateway of team blue',
  expiresAt: null,
  lastUsedAt: null,
  revision: 7,
  createdAt: '2026-11-23T20:15:02.330Z',
  updatedAt: '2026-11-23T20:15:02.330Z',
  key: 'postern_0000000000000000000000000000000000000000000000000',
};

export const keyList: KeyList = {
  items: [
    {
      name: 'gateway-blue',
      roles: ['decide'],
      description: 'the API gateway of team blue',
      expiresAt: null,
      lastUsedAt: '2026-11-24T08:00:00.017Z',
      revision: 7,
      createdAt: '2026-11-23T20:15:02.330Z',
      updatedAt: '2026-11-23T20:15:02.330Z',
    },
  ],
  nextCursor: null,
};

export const audit: AuditList = {
  items: [
    {
      revision: 7,
      at: '2026-11-23T20:15:02.330Z',
      by: 'ops',
      requestId: '3c7f0a52-5a0e-4a4b-9f0c-0d3c8a5f3b11',
      op: 'put',
      type: 'key',
      id: 'gateway-blue',
      before: null,
      granted: { roles: ['decide'], expiresAt: null },
    },
    {
      revision: 6,
      at: '2026-11-23T20:14:30.001Z',
      by: 'deployer',
      requestId: 'build-1138',
      op: 'put',
      type: 'policy',
      kind: 'endpoint',
      id: 'two-apis',
      version: 2,
      before: { revision: 1, version: 1 },
    },
  ],
  nextCursor: null,
};
