import { beforeAll, describe, expect, it } from 'vitest';
import { allowAll, api, arn, call, identity, type Postern, ready, stored } from './postern.js';

let served: Postern;

beforeAll(async () => {
  served = await ready();
  await stored(served, 'policies/endpoint/team', { document: allowAll });
  await stored(served, 'policies/resource/orders', { document: allowAll });
  await stored(served, 'policies/identity/reader', { document: identity.silent });
  await stored(served, 'policies/identity/reader', { document: identity.allow });
  await stored(served, 'apis/iam', api({ policy: 'orders', authorizationType: 'AWS_IAM' }));
});

describe('names of policies', () => {
  it('that do not exist are 400 unknown-policy', async () => {
    for (const [pointer, changed] of [
      ['/permissionsBoundary', { permissionsBoundary: 'none' }],
      ['/permissionsBoundary', { permissionsBoundary: 'reader@3' }],
      ['/permissionsBoundary', { permissionsBoundary: 'team' }],
      ['/identityPolicies/1', { identityPolicies: ['reader', 'none'] }],
      ['/sessionPolicies/0', { sessionPolicies: ['orders'] }],
    ] as const) {
      for (const resource of [arn(), arn('prod/GET/pets', 'iam')]) {
        const { status, body } = await served.post('/v1/decisions', call({ resource, ...changed }));
        expect([status, body.code], JSON.stringify([changed, body])).toEqual([400, 'unknown-policy']);
        expect(body.errors.map((error: { pointer: string }) => error.pointer)).toEqual([pointer]);
      }
    }
  });

  it.each(['reader@0', 'reader@', 'reader@x', '@1', 'reader@1@2', 'reader@-1', '', '__proto__'])(
    '"%s" is 400',
    async (name) => {
      expect((await served.post('/v1/decisions', call({ permissionsBoundary: name }))).status).toBe(400);
    },
  );

  it('a deleted policy is unknown, with its versions', async () => {
    await stored(served, 'policies/identity/gone', { document: identity.deny });
    await served.http.delete('/v1/policies/identity/gone');
    for (const name of ['gone', 'gone@1']) {
      const { status, body } = await served.post('/v1/decisions', call({ permissionsBoundary: name }));
      expect([status, body.code], name).toEqual([400, 'unknown-policy']);
    }
  });
});

describe('documents in a request', () => {
  it('that are not valid are 422 where they are', async () => {
    const bad = { Statement: { Effect: 'allow', Action: '*', Resource: '*' } };
    for (const [pointer, changed] of [
      ['/permissionsBoundary/Statement/Effect', { permissionsBoundary: bad }],
      ['/identityPolicies/1/Statement/Effect', { identityPolicies: ['reader', bad] }],
      ['/sessionPolicies/0/Statement/Effect', { sessionPolicies: [bad] }],
      ['/authorizerPolicy/Statement/Effect', { authorizerPolicy: bad }],
    ] as const) {
      const { status, body } = await served.post('/v1/decisions', call(changed));
      expect([status, body.errors.map((error: { pointer: string }) => error.pointer)]).toEqual([422, [pointer]]);
    }
  });

  it('of the authorizer come with its result: 400', async () => {
    const both = { authorizerResult: 'Allow', authorizerPolicy: identity.allow };
    expect((await served.post('/v1/decisions', call(both))).status).toBe(400);
  });

  it.each([
    { authorizerResult: 'allow' },
    { authorizerResult: null },
    { authorizerPolicy: 'reader' },
    { identityPolicies: 'reader' },
    { identityPolicies: {} },
    { identityPolicies: [null] },
    { permissionsBoundary: ['reader'] },
    { permissionsBoundary: null },
    { sessionPolicies: [5] },
    { scope: 'endpoint' },
    { authorizationType: 'NONE' },
  ])('%j is 400', async (changed) => {
    expect((await served.post('/v1/decisions', call(changed))).status).toBe(400);
  });
});
