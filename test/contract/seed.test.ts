import { beforeAll, describe, expect, it } from 'vitest';
import {
  ACCOUNT,
  api,
  arn,
  call,
  endpoint,
  identity,
  type Postern,
  policy,
  postern,
  statement,
  stored,
  USER,
} from './postern.js';

// API Gateway Developer Guide, "Use VPC endpoint policies for private APIs", examples 1 to 3.
const examples = {
  'two-apis': {
    Statement: [
      {
        Principal: '*',
        Action: ['execute-api:Invoke'],
        Effect: 'Allow',
        Resource: [
          `arn:aws:execute-api:us-east-1:${ACCOUNT}:a1b2c3d4e5/*`,
          `arn:aws:execute-api:us-east-1:${ACCOUNT}:aaaaa11111/*`,
        ],
      },
    ],
  },
  'get-of-one-stage': {
    Statement: [
      {
        Principal: '*',
        Action: ['execute-api:Invoke'],
        Effect: 'Allow',
        Resource: [`arn:aws:execute-api:us-east-1:${ACCOUNT}:a1b2c3d4e5/stageName/GET/*`],
      },
    ],
  },
  'one-user': {
    Statement: [
      {
        Action: ['execute-api:Invoke'],
        Effect: 'Allow',
        Resource: [`arn:aws:execute-api:us-east-1:${ACCOUNT}:a1b2c3d4e5/*`],
        Principal: { AWS: [USER] },
      },
    ],
  },
};
const apis = ['a1b2c3d4e5', 'aaaaa11111', 'bbbbb22222'];
let served: Postern;

beforeAll(async () => {
  served = await postern();
  await stored(served, 'policies/resource/every-tail', { document: policy(statement({ Resource: 'execute-api:/*' })) });
  for (const id of apis) await stored(served, `apis/${id}`, api({ policy: 'every-tail' }));
  for (const [name, document] of Object.entries(examples)) {
    await stored(served, `policies/endpoint/${name}`, { document });
    await stored(served, `endpoints/vpce-${name}`, endpoint({ policy: name }));
  }
});

const ask = async (changed: object) => {
  const { status, body } = await served.post('/v1/decisions', call(changed));
  expect(status, JSON.stringify(body)).toBe(200);
  return `${body.reason} ${body.layer}`;
};

describe('the documented endpoint policies over one short-form resource policy', () => {
  it.each([
    ['two-apis', 'a1b2c3d4e5', 'prod/GET/pets', 'ALLOWED null'],
    ['two-apis', 'a1b2c3d4e5', 'stageName/POST/', 'ALLOWED null'],
    ['two-apis', 'aaaaa11111', 'prod/DELETE/a/b/c', 'ALLOWED null'],
    ['two-apis', 'bbbbb22222', 'prod/GET/pets', 'IMPLICIT_DENY endpoint'],
    ['get-of-one-stage', 'a1b2c3d4e5', 'stageName/GET/', 'ALLOWED null'],
    ['get-of-one-stage', 'a1b2c3d4e5', 'stageName/GET/pets/1', 'ALLOWED null'],
    ['get-of-one-stage', 'a1b2c3d4e5', 'stageName/POST/pets', 'IMPLICIT_DENY endpoint'],
    ['get-of-one-stage', 'a1b2c3d4e5', 'stagename/GET/pets', 'IMPLICIT_DENY endpoint'],
    ['get-of-one-stage', 'a1b2c3d4e5', 'prod/GET/pets', 'IMPLICIT_DENY endpoint'],
    ['get-of-one-stage', 'aaaaa11111', 'stageName/GET/pets', 'IMPLICIT_DENY endpoint'],
    ['one-user', 'a1b2c3d4e5', 'prod/GET/pets', 'ALLOWED null'],
    ['one-user', 'aaaaa11111', 'prod/GET/pets', 'IMPLICIT_DENY endpoint'],
  ])('%s: %s/%s is %s', async (name, id, tail, expected) => {
    expect(await ask({ endpoint: `vpce-${name}`, resource: arn(tail, id) })).toBe(expected);
  });

  it.each([
    ['anonymous', 'IMPLICIT_DENY endpoint'],
    [`arn:aws:iam::${ACCOUNT}:user/Other`, 'IMPLICIT_DENY endpoint'],
    [`arn:aws:iam::${ACCOUNT}:user/myuser`, 'IMPLICIT_DENY endpoint'],
    [`arn:aws:iam::${ACCOUNT}:user/team/MyUser`, 'IMPLICIT_DENY endpoint'],
    ['arn:aws:iam::999999999999:user/MyUser', 'IMPLICIT_DENY endpoint'],
    [`arn:aws:iam::${ACCOUNT}:root`, 'IMPLICIT_DENY endpoint'],
    [`arn:aws:sts::${ACCOUNT}:assumed-role/MyUser/MyUser`, 'IMPLICIT_DENY endpoint'],
    [USER, 'ALLOWED null'],
  ])('one-user for %s is %s', async (principal, expected) => {
    expect(await ask({ endpoint: 'vpce-one-user', principal })).toBe(expected);
  });

  it('another action is denied by both layers, the endpoint first', async () => {
    expect(await ask({ endpoint: 'vpce-two-apis', action: 'execute-api:InvalidateCache' })).toBe(
      'IMPLICIT_DENY endpoint',
    );
  });

  it('the short form says where it matched, on each API', async () => {
    for (const id of apis) {
      await stored(served, 'endpoints/vpce-open', endpoint());
      const { body } = await served.post(
        '/v1/decisions',
        call({ endpoint: 'vpce-open', resource: arn('p/PUT/x', id) }),
      );
      expect(body.determining.at(-1)).toMatchObject({ name: 'every-tail', version: 1, pointer: '/Statement/0' });
    }
    const { body } = await served.http.get('/v1/policies/resource/every-tail');
    expect([...body.attachedTo].sort()).toEqual(apis);
  });

  it('a short form of one tail stays on its tail', async () => {
    await stored(served, 'policies/resource/pets', {
      document: policy(statement({ Resource: ['execute-api:/prod/GET/pets', 'execute-api:/test/*'] })),
    });
    await stored(served, 'apis/tails', api({ policy: 'pets' }));
    const at = (tail: string) => ask({ endpoint: 'vpce-open', resource: arn(tail, 'tails') });
    expect(await at('prod/GET/pets')).toBe('ALLOWED null');
    expect(await at('prod/GET/pets/1')).toBe('IMPLICIT_DENY resource');
    expect(await at('prod/POST/pets')).toBe('IMPLICIT_DENY resource');
    expect(await at('test/POST/anything')).toBe('ALLOWED null');
    expect(await at('prod/GET/x/execute-api:/test/a')).toBe('IMPLICIT_DENY resource');
  });
});

describe('the documented resource policies', () => {
  const onlyFrom = (key: string, values: string[]) =>
    policy(
      statement({ Resource: 'execute-api:/*' }),
      statement({ Effect: 'Deny', Resource: 'execute-api:/*', Condition: { StringNotEquals: { [key]: values } } }),
    );

  it('only one endpoint', async () => {
    await stored(served, 'policies/resource/only', { document: onlyFrom('aws:SourceVpce', ['vpce-open']) });
    await stored(served, 'apis/only', api({ policy: 'only' }));
    await stored(served, 'endpoints/vpce-second', endpoint());
    const resource = arn('prod/GET/pets', 'only');
    expect(await ask({ endpoint: 'vpce-open', resource })).toBe('ALLOWED null');
    expect(await ask({ endpoint: 'vpce-second', resource })).toBe('EXPLICIT_DENY resource');
  });

  it('deny source ranges', async () => {
    await stored(served, 'policies/resource/ranges', {
      document: policy(
        statement({ Resource: 'execute-api:/*' }),
        statement({
          Effect: 'Deny',
          Resource: 'execute-api:/*',
          Condition: { IpAddress: { 'aws:VpcSourceIp': ['192.0.2.0/24', '198.51.100.0/24'] } },
        }),
      ),
    });
    await stored(served, 'apis/ranges', api({ policy: 'ranges' }));
    const from = (context: object) => ask({ endpoint: 'vpce-open', resource: arn('prod/GET/x', 'ranges'), context });
    expect(await from({ 'aws:VpcSourceIp': '192.0.2.255' })).toBe('EXPLICIT_DENY resource');
    expect(await from({ 'aws:VpcSourceIp': '192.0.3.0' })).toBe('ALLOWED null');
    expect(await from({})).toBe('ALLOWED null');
  });

  it("another account's roles", async () => {
    const roles = ['arn:aws:iam::111122223333:role/one', 'arn:aws:iam::111122223333:role/path/two'];
    await stored(served, 'policies/resource/roles', {
      document: policy(statement({ Principal: { AWS: roles }, Resource: 'execute-api:/stage/GET/pets' })),
    });
    await stored(served, 'apis/roles', api({ policy: 'roles', authorizationType: 'AWS_IAM' }));
    const by = (principal: string, changed: object = {}) =>
      ask({
        endpoint: 'vpce-open',
        principal,
        resource: arn('stage/GET/pets', 'roles'),
        identityPolicies: [identity.allow],
        ...changed,
      });
    expect(await by('arn:aws:sts::111122223333:assumed-role/one/x')).toBe('ALLOWED null');
    expect(await by('arn:aws:sts::111122223333:assumed-role/two/x')).toBe('ALLOWED null');
    expect(await by('arn:aws:sts::111122223333:assumed-role/three/x')).toBe('IMPLICIT_DENY resource');
    expect(await by('arn:aws:sts::111122223333:assumed-role/one/x', { resource: arn('stage/GET/x', 'roles') })).toBe(
      'IMPLICIT_DENY resource',
    );
    expect(await by('arn:aws:sts::111122223333:assumed-role/one/x', { identityPolicies: [] })).toBe(
      'IMPLICIT_DENY identity',
    );
    expect(await by('anonymous')).toBe('NOT_AUTHENTICATED authorizer');
  });
});
