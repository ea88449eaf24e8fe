import { beforeAll, describe, expect, it } from 'vitest';
import { arn, faults, faultsOf, identity, type Postern, policy, postern, ready, statement, stored } from './postern.js';

/** A valid document whose `JSON.stringify` has so many characters. */
function sized(kind: string, characters: number): object {
  const base = kind === 'identity' ? identity.allow.Statement[0]! : statement();
  const withSid = (length: number) => policy({ ...base, Sid: 'x'.repeat(length) });
  return withSid(characters - JSON.stringify(withSid(0)).length);
}

const limits = [
  ['endpoint', 20_480, 'POSTERN_MAX_ENDPOINT_POLICY'],
  ['resource', 8_192, 'POSTERN_MAX_RESOURCE_POLICY'],
  ['identity', 10_240, 'POSTERN_MAX_IDENTITY_POLICY'],
] as const;
let served: Postern;

beforeAll(async () => {
  served = await ready();
});

describe.each(limits)('an %s policy of %i characters', (kind, most, setting) => {
  it('is stored, one more is 422', async () => {
    expect((await served.put(`/v1/policies/${kind}/fits`, { document: sized(kind, most) })).status).toBe(201);
    const refused = await served.put(`/v1/policies/${kind}/long`, { document: sized(kind, most + 1) });
    expect(faultsOf(refused)).toEqual(faults(422, '/document'));
    expect((await served.http.get(`/v1/policies/${kind}/long`)).status).toBe(404);
  });

  it('counts characters of what is kept, not bytes of what is sent', async () => {
    const text = `{"document":${JSON.stringify(sized(kind, most), null, 8).replaceAll('x', '\\u0078')}}`;
    const answer = await served.http.put(`/v1/policies/${kind}/spaced`).type('json').send(text);
    expect(answer.status).toBe(201);
    const umlauts = JSON.stringify({ document: sized(kind, most) }).replaceAll('xx', 'üü');
    expect((await served.http.put(`/v1/policies/${kind}/umlauts`).type('json').send(umlauts)).status).toBe(201);
  });

  it('is one of the errors that validate reports', async () => {
    const { status, body } = await served.post(`/v1/policies/${kind}/validate`, { document: sized(kind, most + 1) });
    expect([status, body.valid, body.errors.map(({ pointer }: { pointer: string }) => pointer)]).toEqual([
      200,
      false,
      [''],
    ]);
  });

  it(`is what ${setting} says`, async () => {
    const small = await postern({ [setting]: '200' });
    expect((await small.put(`/v1/policies/${kind}/fits`, { document: sized(kind, 200) })).status).toBe(201);
    expect((await small.put(`/v1/policies/${kind}/long`, { document: sized(kind, 201) })).status).toBe(422);
  });
});

describe('documents that come with a request', () => {
  const request = { principal: 'anonymous', resource: arn() };

  it('have the limit of their kind in a simulation', async () => {
    for (const [field, kind, most] of [
      ['endpointPolicy', 'endpoint', 20_480],
      ['resourcePolicy', 'resource', 8_192],
      ['permissionsBoundary', 'identity', 10_240],
    ] as const) {
      const ask = (characters: number) =>
        served.post('/v1/simulations', { [field]: sized(kind, characters), authorizationType: 'AWS_IAM', request });
      expect((await ask(most)).status, field).toBe(200);
      expect(faultsOf(await ask(most + 1)), field).toEqual(faults(422, `/${field}`));
    }
  });
});

describe('a description', () => {
  it('has at most 1000 characters', async () => {
    const put = (length: number) =>
      served.put('/v1/policies/endpoint/d', { document: policy(statement()), description: 'ü'.repeat(length) });
    expect((await put(1000)).status).toBe(201);
    expect(faultsOf(await put(1001))).toEqual(faults(400, '/description'));
  });
});

describe('other settings', () => {
  it('POSTERN_MAX_BODY', async () => {
    const small = await postern({ POSTERN_MAX_BODY: '2000' });
    const put = (length: number) => small.put('/v1/policies/endpoint/d', { document: sized('endpoint', length) });
    expect((await put(1900)).status).toBe(201);
    expect((await put(2000)).status).toBe(413);
  });

  it('POSTERN_MAX_BATCH', async () => {
    const small = await postern({ POSTERN_MAX_BATCH: '2' });
    expect((await small.post('/v1/decisions/batch', { requests: [{}, {}] })).status).toBe(200);
    expect((await small.post('/v1/decisions/batch', { requests: [{}, {}, {}] })).status).toBe(400);
  });

  it('POSTERN_REQUIRE_IDENTITY_POLICIES', async () => {
    const strict = await ready({ authorizationType: 'AWS_IAM' }, { POSTERN_REQUIRE_IDENTITY_POLICIES: 'true' });
    const ask = async (changed: object) => {
      const { body } = await strict.post('/v1/decisions', {
        principal: 'arn:aws:iam::123412341234:user/MyUser',
        resource: arn(),
        endpoint: 'vpce-1a2b3c4d',
        ...changed,
      });
      return `${body.decision} ${body.reason} ${body.layer}`;
    };
    expect(await ask({})).toBe('Deny IDENTITY_POLICIES_MISSING identity');
    expect(await ask({ identityPolicies: [] })).toBe('Allow ALLOWED null');
    await stored(strict, 'apis/a1b2c3d4e5', { accountId: '123412341234', region: 'us-east-1', policy: 'open' });
    expect(await ask({})).toBe('Allow ALLOWED null');
  });
});
