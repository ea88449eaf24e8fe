import { describe, expect, it } from 'vitest';
import { MethodTable } from '../../src/decision/methods.js';
import { type ApiFacts, authorizationOf, refusal, refuseTarget } from '../../src/decision/target.js';
import { ACCOUNT, API, arnOf, PETS } from './build.js';

const api: ApiFacts = {
  arn: `${API}/`,
  id: 'a1b2c3d4e5',
  account: ACCOUNT,
  region: 'us-east-1',
  partition: 'aws',
  endpointType: 'PRIVATE',
  authorizationType: 'AWS_IAM',
  methods: null,
};
const anywhere = { region: null };

describe('why a call does not get as far as a policy, in this order', () => {
  const gone = { ...api, endpointType: 'REGIONAL' } as const;
  it.each([
    ['all is well', PETS, anywhere, api, null],
    ['the endpoint is in the Region of the API', PETS, { region: 'us-east-1' }, api, null],
    ['the endpoint is not stored', PETS, undefined, undefined, 'UNKNOWN_ENDPOINT'],
    ['the API is not stored', PETS, anywhere, undefined, 'UNKNOWN_API'],
    ['the endpoint is in another Region', PETS, { region: 'eu-west-1' }, gone, 'UNKNOWN_API'],
    ['the ARN has another account', PETS.replace(ACCOUNT, '999988887777'), anywhere, gone, 'UNKNOWN_API'],
    ['the ARN has another Region', PETS.replace('us-east-1', 'us-east-2'), anywhere, gone, 'UNKNOWN_API'],
    ['the ARN has another partition', PETS.replace('arn:aws:', 'arn:aws-cn:'), anywhere, gone, 'UNKNOWN_API'],
    ['the ARN has another API', PETS.replace('a1b2c3d4e5', 'a1b2c3d4e5x'), anywhere, gone, 'UNKNOWN_API'],
    ['the ARN is a domain', `${API.replace('a1b2c3d4e5', '')}/domainnames/x+y`, anywhere, gone, 'UNKNOWN_API'],
    ['the API is regional', PETS, anywhere, gone, 'API_NOT_PRIVATE'],
    ['the API is at the edge', PETS, anywhere, { ...api, endpointType: 'EDGE' } as const, 'API_NOT_PRIVATE'],
    ['a simulation without records', PETS, null, null, null],
    ['a simulation with an endpoint elsewhere', PETS, { region: 'eu-west-1' }, null, 'UNKNOWN_API'],
  ])('%s', (_, resource, endpoint, facts, expected) => {
    expect(refuseTarget(arnOf(resource), endpoint, facts)).toBe(expected);
  });

  it.each(['UNKNOWN_ENDPOINT', 'UNKNOWN_API', 'API_NOT_PRIVATE', 'UNKNOWN_METHOD'] as const)(
    '%s is a Deny without a layer',
    (reason) => {
      const decision = refusal(reason, arnOf(PETS), 'vpce-1');
      expect(decision).toMatchObject({
        decision: 'Deny',
        reason,
        layer: null,
        determining: [],
        policies: [],
        assumed: [],
      });
      expect(decision.message).toMatch(/^(Forbidden|Missing Authentication Token)/);
    },
  );
});

describe('how the method authorizes', () => {
  const table = (path: string, stage = '*') =>
    ({ ...api, methods: new MethodTable([{ stage, httpMethod: 'GET', path, authorizationType: 'CUSTOM' }]) }) as const;
  const type = (tail: string, facts: ApiFacts) => authorizationOf(arnOf(`${API}/${tail}`), facts);

  it('is said by the API only where it has no methods', () => {
    expect(type('prod/GET/pets', api)).toBe('AWS_IAM');
    expect(type('prod/GET/', api)).toBe('AWS_IAM');
    expect(type('prod/GET/pets', { ...api, methods: new MethodTable([]) })).toBeUndefined();
  });

  it('is looked up by stage, verb and the path below', () => {
    expect(type('prod/GET/pets/7', table('/pets/{id}'))).toBe('CUSTOM');
    expect(type('prod/GET/', table('/'))).toBe('CUSTOM');
    expect(type('prod/POST/pets/7', table('/pets/{id}'))).toBeUndefined();
    expect(type('prod/GET/pets', table('/pets/{id}'))).toBeUndefined();
    expect(type('test/GET/pets/7', table('/pets/{id}', 'prod'))).toBeUndefined();
    expect(type('prod/GET/a:b/c', table('/a:b/c'))).toBe('CUSTOM');
  });
});
