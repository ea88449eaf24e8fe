import { beforeAll, describe, expect, it } from 'vitest';
import { arn, call, faults, faultsOf, type Postern, ready, verdict } from './postern.js';

let served: Postern;

beforeAll(async () => {
  served = await ready();
});

const ask = (changed: object) => served.post('/v1/decisions', call(changed));

describe('a principal', () => {
  it.each([
    'anonymous',
    'arn:aws:iam::123412341234:user/MyUser',
    'arn:aws:iam::123412341234:user/a/b/MyUser',
    'arn:aws:iam::123412341234:role/Reader',
    'arn:aws:iam::123412341234:role/service-role/Reader',
    'arn:aws:sts::123412341234:assumed-role/Reader/ann@example.com',
    'arn:aws:sts::123412341234:federated-user/bob',
    'arn:aws:iam::123412341234:root',
    'arn:aws-cn:iam::123412341234:user/MyUser',
    'arn:aws-us-gov:iam::123412341234:user/MyUser',
    'apigateway.amazonaws.com',
    'delivery.logs.amazonaws.com',
  ])('may be %s', async (principal) => {
    expect((await ask({ principal })).status).toBe(200);
  });

  it.each([
    '',
    '*',
    'Anonymous',
    'nobody',
    '123412341234',
    'AIDAEXAMPLE',
    'arn:aws:iam::123412341234:user/',
    'arn:aws:iam::123412341234:user/*',
    'arn:aws:iam::1234:user/MyUser',
    'arn:aws:iam::123412341234:group/Team',
    'arn:aws:iam:us-east-1:123412341234:user/MyUser',
    'arn:aws:sts::123412341234:assumed-role/Reader',
    'arn:aws:sts::123412341234:assumed-role/Reader/ann/x',
    'arn:aws:sts::123412341234:user/MyUser',
    'arn:aws:iam::123412341234:assumed-role/Reader/ann',
    'arn:aws:iam::123412341234:root/x',
    'arn:aws:iam::123412341234:user/MyUser ',
    ' arn:aws:iam::123412341234:user/MyUser',
    'arn:aws:s3:::bucket',
    'amazonaws.com',
    'example.com',
  ])('may not be "%s"', async (principal) => {
    expect(faultsOf(await ask({ principal }))).toEqual(faults(400, '/principal'));
  });

  it.each([null, 1, {}, []])('may not be %j', async (principal) => {
    expect(faultsOf(await ask({ principal }))).toEqual(faults(400, '/principal'));
  });
});

describe('an action', () => {
  it('is execute-api:Invoke when it is absent', async () => {
    expect(verdict(await ask({}))).toBe('Allow ALLOWED null');
    expect(verdict(await ask({ action: 'execute-api:Invoke' }))).toBe('Allow ALLOWED null');
    expect(verdict(await ask({ action: 'EXECUTE-API:INVOKE' }))).toBe('Allow ALLOWED null');
    expect(verdict(await ask({ action: 'execute-api:InvalidateCache' }))).toBe('Deny IMPLICIT_DENY resource');
  });

  it.each([
    '',
    '*',
    'Invoke',
    'execute-api:*',
    'execute-api:Inv?ke',
    'execute-api:',
    ':Invoke',
    '*:Invoke',
    'a:b:c',
    'a b:c',
  ])('may not be "%s"', async (action) => {
    expect(faultsOf(await ask({ action }))).toEqual(faults(400, '/action'));
  });
});

describe('a resource', () => {
  it.each([
    '*',
    '',
    'prod/GET/pets',
    'execute-api:/prod/GET/pets',
    'arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5',
    'arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod',
    'arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/GET',
    'arn:aws:execute-api:us-east-1:1234:a1b2c3d4e5/prod/GET/pets',
    'arn:aws:execute-api:us-east-1:*:a1b2c3d4e5/prod/GET/pets',
    'arn:aws:execute-api::123412341234:a1b2c3d4e5/prod/GET/pets',
    'arn:aws:s3:us-east-1:123412341234:a1b2c3d4e5/prod/GET/pets',
    'arn:aws:execute-api:us-east-1:123412341234:/prod/GET/pets',
    'arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5//GET/pets',
    'ARN:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/GET/pets',
    arn('prod/get/pets'),
    arn('prod/Get/pets'),
    arn('prod/ANY/pets'),
    arn('prod/*/pets'),
    arn('prod//pets'),
  ])('may not be "%s"', async (resource) => {
    expect(faultsOf(await ask({ resource }))).toEqual(faults(400, '/resource'));
  });

  it.each([
    'prod/GET/',
    'prod/GET/a/*/b',
    'prod/GET/a?b',
    'prod/GET/${aws:username}',
    'prod/GET/a:b',
    'prod/GET/%2e%2e/é',
    'prod/HEAD/x',
  ])('may have the tail "%s"', async (tail) => {
    expect(verdict(await ask({ resource: arn(tail) }))).toBe('Allow ALLOWED null');
  });

  it('has at most 1,600 bytes', async () => {
    const sized = (bytes: number) => arn(`prod/GET/${'x'.repeat(bytes - arn('prod/GET/').length)}`);
    expect(verdict(await ask({ resource: sized(1600) }))).toBe('Allow ALLOWED null');
    expect(faultsOf(await ask({ resource: sized(1601) }))).toEqual(faults(400, '/resource'));
    const umlaut = sized(1600).replace(/x$/, 'é');
    expect(faultsOf(await ask({ resource: umlaut }))).toEqual(faults(400, '/resource'));
  });

  it('wildcards and variables in it are ordinary characters', async () => {
    const answer = await ask({ resource: arn('prod/GET/*') });
    expect(answer.body.policies).toEqual([
      expect.objectContaining({ layer: 'endpoint' }),
      expect.objectContaining({ layer: 'resource', outcome: 'allow' }),
    ]);
  });
});

describe('what must be there', () => {
  it.each(['principal', 'resource', 'endpoint'])('%s', async (name) => {
    const body: Record<string, unknown> = call();
    delete body[name];
    const answer = await served.post('/v1/decisions', body);
    expect([answer.status, answer.type]).toEqual([400, 'application/problem+json']);
    expect(JSON.stringify(answer.body.errors)).toContain(name);
  });

  it.each(['', 'vpce_1', 'x'.repeat(65), '*', 5, null])('an endpoint may not be %j', async (endpoint) => {
    expect(faultsOf(await ask({ endpoint }))).toEqual(faults(400, '/endpoint'));
  });
});
