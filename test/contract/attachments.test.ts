import { beforeEach, describe, expect, it } from 'vitest';
import {
  allowAll,
  api,
  denyAll,
  endpoint,
  faults,
  faultsOf,
  type Postern,
  postern,
  problemOf,
  stored,
} from './postern.js';

let served: Postern;

beforeEach(async () => {
  served = await postern();
  await stored(served, 'policies/endpoint/e', { document: allowAll });
  await stored(served, 'policies/resource/r', { document: allowAll });
});

describe('a record names only a policy that exists', () => {
  it('409 with the pointer, and nothing is written', async () => {
    const refused = [
      await served.put('/v1/endpoints/x', endpoint({ policy: 'none' })),
      await served.put('/v1/apis/x', api({ policy: 'none' })),
    ];
    for (const answer of refused) expect(faultsOf(answer)).toEqual(faults(409, '/policy'));
    expect((await served.http.get('/v1/endpoints/x')).status).toBe(404);
    expect((await served.http.get('/v1/apis/x')).status).toBe(404);
  });

  it('of the right kind', async () => {
    expect((await served.put('/v1/endpoints/x', endpoint({ policy: 'r' }))).status).toBe(409);
    expect((await served.put('/v1/apis/x', api({ policy: 'e' }))).status).toBe(409);
    expect((await served.put('/v1/endpoints/x', endpoint({ policy: 'e' }))).status).toBe(201);
    expect((await served.put('/v1/apis/x', api({ policy: 'r' }))).status).toBe(201);
  });

  it('the wrong letter case is another name', async () => {
    expect((await served.put('/v1/endpoints/x', endpoint({ policy: 'E' }))).status).toBe(409);
  });

  it.each(['__proto__', 'constructor', 'toString', 'e@1'])('%s is none', async (policy) => {
    expect([400, 409]).toContain((await served.put('/v1/endpoints/x', endpoint({ policy }))).status);
  });

  it('the body comes first', async () => {
    expect((await served.put('/v1/endpoints/x', endpoint({ policy: 'none', unknown: 1 }))).status).toBe(400);
  });
});

describe('a policy that is attached', () => {
  it('cannot be deleted, and the answer names where', async () => {
    await stored(served, 'apis/one', api({ policy: 'r' }));
    await stored(served, 'apis/two', api({ policy: 'r' }));
    const answer = await served.http.delete('/v1/policies/resource/r');
    expect(problemOf(answer)).toMatchObject({ status: 409, type: 'application/problem+json' });
    expect(JSON.stringify(answer.body)).toContain('one');
    expect(JSON.stringify(answer.body)).toContain('two');
    expect((await served.http.get('/v1/policies/resource/r')).status).toBe(200);
  });

  it('can be once the record is deleted or names another', async () => {
    await stored(served, 'endpoints/x', endpoint({ policy: 'e' }));
    await stored(served, 'apis/x', api({ policy: 'r' }));
    await stored(served, 'endpoints/x', endpoint({ policy: null }));
    await served.http.delete('/v1/apis/x');
    expect((await served.http.delete('/v1/policies/endpoint/e')).status).toBe(204);
    expect((await served.http.delete('/v1/policies/resource/r')).status).toBe(204);
  });

  it('can be replaced, and acts at once', async () => {
    await stored(served, 'endpoints/vpce-1', endpoint({ policy: 'e' }));
    await stored(served, 'apis/a1', api({ policy: 'r' }));
    const ask = async () => {
      const resource = 'arn:aws:execute-api:us-east-1:123412341234:a1/prod/GET/';
      const { body } = await served.post('/v1/decisions', { principal: 'anonymous', resource, endpoint: 'vpce-1' });
      return `${body.reason} ${body.layer} ${body.policies.map(({ version }: { version: number }) => version)}`;
    };
    expect(await ask()).toBe('ALLOWED null 1,1');
    await stored(served, 'policies/endpoint/e', { document: denyAll });
    expect(await ask()).toMatch(/^EXPLICIT_DENY endpoint 2/);
    await stored(served, 'endpoints/vpce-1', endpoint());
    expect(await ask()).toBe('ALLOWED null ,1');
    await served.http.delete('/v1/endpoints/vpce-1');
    expect(await ask()).toBe('UNKNOWN_ENDPOINT null ');
  });

  it('lists in attachedTo only records that name it', async () => {
    await stored(served, 'apis/one', api({ policy: 'r' }));
    await stored(served, 'apis/two', api({ policy: null }));
    const attachedTo = async () => (await served.http.get('/v1/policies/resource/r')).body.attachedTo;
    expect(await attachedTo()).toEqual(['one']);
    await stored(served, 'apis/two', api({ policy: 'r' }));
    expect((await attachedTo()).sort()).toEqual(['one', 'two']);
    await served.http.delete('/v1/apis/one');
    expect(await attachedTo()).toEqual(['two']);
  });
});
