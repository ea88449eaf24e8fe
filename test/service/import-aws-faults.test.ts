import { beforeEach, describe, expect, it } from 'vitest';
import type { ServiceError } from '../../src/service/errors.js';
import { AWS, awsOutput, exported, openServices, type Services } from './transfer-setup.js';

let services: Services;
beforeEach(async () => {
  services = await openServices();
});

const DEFAULT = 'vpce-0e0e0e0e0e0e0e0e5';
const BLUE = 'vpce-0a0a0a0a0a0a0a0a1';
const OTHER_VPC = 'vpce-0b0b0b0b0b0b0b0b2';

describe('a bad entry of what the AWS CLI prints', () => {
  type Output = ReturnType<typeof awsOutput>;
  const endpoint = (output: Output, index: number) => output.vpcEndpoints.VpcEndpoints[index]!;
  const api = (output: Output, index: number) => output.restApis.items[index]!;
  const resource = (output: Output) => output.resources.a1b2c3d4e5!.items[2]! as { resourceMethods: object };

  const CASES: readonly [what: string, code: string, pointer: string, bend: (output: Output) => void][] = [
    [
      'a policy that is not JSON',
      'malformed-json',
      '/vpcEndpoints/VpcEndpoints/2/PolicyDocument',
      (output) => {
        endpoint(output, 2).PolicyDocument = '{"Statement": [';
      },
    ],
    [
      'a member that occurs twice in a policy',
      'duplicate-member',
      '/vpcEndpoints/VpcEndpoints/2/PolicyDocument/Statement/0/Effect',
      (output) => {
        const text = String(endpoint(output, 2).PolicyDocument);
        endpoint(output, 2).PolicyDocument = text.replace('"Effect":', '"Effect":"Deny","Effect":');
      },
    ],
    [
      'a member that occurs twice in an escaped policy',
      'duplicate-member',
      '/restApis/items/1/policy/Version',
      (output) => {
        api(output, 1).policy = String(api(output, 1).policy).replace('{', '{\\"Version\\":\\"2008-10-17\\",');
      },
    ],
    [
      'a policy that AWS would not take',
      'invalid-effect',
      '/restApis/items/1/policy/Statement/0/Effect',
      (output) => {
        api(output, 1).policy = String(api(output, 1).policy).replace('Allow', 'allow');
      },
    ],
    [
      'a policy that is unescaped by half',
      'malformed-json',
      '/restApis/items/1/policy',
      (output) => {
        api(output, 1).policy = String(api(output, 1).policy).replace('\\"Version\\"', '\\"Version"');
      },
    ],
    [
      'a policy that is no string',
      'wrong-type',
      '/restApis/items/1/policy',
      (output) => {
        api(output, 1).policy = {};
      },
    ],
    [
      'no VPC',
      'missing-member',
      '/vpcEndpoints/VpcEndpoints/2',
      (output) => {
        delete endpoint(output, 2).VpcId;
      },
    ],
    [
      'an id that is none',
      'malformed',
      '/vpcEndpoints/VpcEndpoints/2/VpcEndpointId',
      (output) => {
        endpoint(output, 2).VpcEndpointId = 'vpce 1';
      },
    ],
    [
      'no object',
      'wrong-type',
      '/vpcEndpoints/VpcEndpoints/2',
      (output) => {
        (output.vpcEndpoints.VpcEndpoints as unknown[])[2] = null;
      },
    ],
    [
      'a type that is none',
      'malformed',
      '/restApis/items/1/endpointConfiguration',
      (output) => {
        api(output, 1).endpointConfiguration = { types: ['PUBLIC'] };
      },
    ],
    [
      'the same API again',
      'duplicate-entry',
      '/restApis/items/5',
      (output) => {
        output.restApis.items.push({ ...api(output, 1), endpointConfiguration: { types: ['EDGE'] } });
      },
    ],
    [
      'methods without their authorization',
      'missing-member',
      '/resources/a1b2c3d4e5/items/2/resourceMethods/GET',
      (output) => {
        resource(output).resourceMethods = { GET: {} };
      },
    ],
    [
      'an authorization that is none',
      'not-allowed-value',
      '/resources/a1b2c3d4e5/items/2/resourceMethods/GET/authorizationType',
      (output) => {
        resource(output).resourceMethods = { GET: { authorizationType: 'JWT' } };
      },
    ],
    [
      'two paths of one shape',
      'duplicate-method',
      '/resources/a1b2c3d4e5/items/3/resourceMethods/GET',
      (output) => {
        const resourceMethods = { GET: { authorizationType: 'NONE' } };
        output.resources.a1b2c3d4e5!.items.push({ path: '/orders/{id}', resourceMethods });
      },
    ],
    [
      'a path that is none',
      'malformed-path',
      '/resources/a1b2c3d4e5/items/2/path',
      (output) => {
        output.resources.a1b2c3d4e5!.items[2]!.path = 'orders';
      },
    ],
    [
      'a part of the resources only',
      'incomplete-output',
      '/resources/a1b2c3d4e5',
      (output) => {
        Object.assign(output.resources.a1b2c3d4e5!, { NextToken: 'eyJwb3NpdGlvbiI6' });
      },
    ],
    [
      'methods of an API that nobody knows',
      'unknown-api',
      '/resources/eeeee55555',
      (output) => {
        output.resources.eeeee55555 = output.resources.aaaaa11111!;
      },
    ],
  ];

  it.each(CASES)('with %s is reported (%s), and stops nothing else', async (_, code, pointer, bend) => {
    const output = awsOutput();
    bend(output);
    const { changes, issues } = await services.transfer.importAws(output, AWS);
    const errors = issues.filter(({ severity }) => severity === 'error');
    // Nothing else is said of what is left out.
    const others = issues.filter(({ severity }) => severity !== 'error').map(({ pointer }) => pointer);
    expect(others.filter((other) => other.startsWith(pointer.split('/').slice(0, 4).join('/')))).toEqual([]);
    expect(errors).toEqual([{ pointer, code, severity: 'error', detail: expect.any(String) }]);
    const stored = new Set(changes.filter(({ type }) => type !== 'policy').map(({ id }) => id));
    const all = [BLUE, OTHER_VPC, DEFAULT, 'a1b2c3d4e5', 'aaaaa11111', 'bbbbb22222', 'ccccc33333', 'ddddd44444'];
    const spoiled = pointer.startsWith('/vpc') ? BLUE : 'a1b2c3d4e5';
    const isLeftOut = code !== 'duplicate-entry' && code !== 'unknown-api';
    expect([...stored]).toEqual(all.filter((id) => !(isLeftOut && id === spoiled)));
  });

  it('leaves what is stored as it was, also with some of its methods bad', async () => {
    await services.transfer.importAws(awsOutput(), AWS);
    const before = await exported(services);
    const output = awsOutput();
    resource(output).resourceMethods = { GET: { authorizationType: 'JWT' } };
    api(output, 1).policy = api(output, 2).policy;
    expect((await services.transfer.importAws(output, AWS)).changes).toEqual([]);
    expect(await exported(services)).toBe(before);
  });

  it.each(CASES)('with %s stops everything if strict', async (_, code, pointer, bend) => {
    const output = awsOutput();
    bend(output);
    for (const dryRun of [true, false]) {
      const error = await services.transfer.importAws(output, { ...AWS, dryRun, strict: true }).catch((e) => e);
      const inDocument = /\/(PolicyDocument|policy)/.test(pointer);
      expect((error as ServiceError).code).toBe(inDocument ? 'invalid-policy' : 'malformed-request');
      expect((error as ServiceError).errors).toEqual([{ pointer, code, detail: expect.any(String) }]);
    }
    expect(services.directory.revision).toBe(0);
  });

  it('is not what has gone from AWS, or never was ours', async () => {
    const output = awsOutput();
    endpoint(output, 2).State = 'deleted';
    endpoint(output, 0).State = 'Rejected';
    const { changes, issues } = await services.transfer.importAws(output, { ...AWS, strict: true });
    expect(changes.filter(({ type }) => type === 'endpoint').map(({ id }) => id)).toEqual([DEFAULT]);
    expect(issues.filter(({ code }) => code === 'endpoint-gone').map(({ pointer }) => pointer)).toEqual([
      '/vpcEndpoints/VpcEndpoints/0/State',
      '/vpcEndpoints/VpcEndpoints/2/State',
    ]);
  });

  it('is not an endpoint of another Region, of which only a warning is given', async () => {
    const { issues, changes } = await services.transfer.importAws({ ...awsOutput(), region: 'eu-west-1' }, AWS);
    expect(issues.filter(({ code }) => code === 'other-region').map(({ pointer }) => pointer)).toEqual([
      '/vpcEndpoints/VpcEndpoints/0/ServiceName',
      '/vpcEndpoints/VpcEndpoints/2/ServiceName',
      '/vpcEndpoints/VpcEndpoints/4/ServiceName',
    ]);
    expect(changes).toHaveLength(14);
  });

  it('may have many faults: finding them takes no longer than reading them', async () => {
    const output = awsOutput();
    const items = Array.from({ length: 200_000 }, () => ({ path: 'x', resourceMethods: { GET: {} } }));
    output.resources.a1b2c3d4e5 = { items };
    const { issues } = await services.transfer.importAws(output, AWS);
    expect(issues.filter(({ severity }) => severity === 'error')).toHaveLength(1000);
  });

  it('may be many: the answer stays bounded', async () => {
    const { accountId, region } = awsOutput();
    const VpcEndpoints = Array.from({ length: 3000 }, () => ({}));
    const { issues } = await services.transfer.importAws({ accountId, region, vpcEndpoints: { VpcEndpoints } }, AWS);
    expect(issues).toHaveLength(1001);
    expect(issues.at(-1)).toMatchObject({ pointer: '', code: 'more-issues', severity: 'info' });
  });
});
