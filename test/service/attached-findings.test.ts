import { describe, expect, it } from 'vitest';
import { openServices, PUT } from './transfer-setup.js';

const ROLE = 'arn:aws:iam::123412341234:role/orders';
const method = (authorizationType: 'NONE' | 'AWS_IAM', path: string) => ({
  httpMethod: 'GET',
  path,
  authorizationType,
});

/** A store with one policy of each kind, to be attached. */
async function services() {
  const opened = await openServices();
  const Statement = { Effect: 'Allow', Principal: { AWS: ROLE }, Action: 'execute-api:Invoke' };
  const condition = { Condition: { StringEquals: { 'aws:SourceVpc': 'vpc-1a2b3c4d' } } };
  const documents = {
    resource: { Statement: { ...Statement, ...condition, Resource: 'execute-api:/*' } },
    endpoint: {
      Statement: {
        ...Statement,
        ...condition,
        Resource: 'arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/*',
      },
    },
  };
  for (const kind of ['resource', 'endpoint'] as const) {
    await opened.policies.put(kind, 'orders', { document: documents[kind] }, PUT);
  }
  const codes = async (kind: 'resource' | 'endpoint', attached: boolean) =>
    (await opened.policies.get(kind, 'orders', { attached })).value.findings.map(({ code }) => code);
  const api = (more: Record<string, unknown>) =>
    opened.apis.put('a1b2c3d4e5', { accountId: '123412341234', region: 'us-east-1', policy: 'orders', ...more }, PUT);
  const endpoint = (vpcId: string) => opened.endpoints.put('vpce-1a2b3c4d', { vpcId, policy: 'orders' }, PUT);
  return { ...opened, codes, api, endpoint };
}

describe('a policy read with the findings of what it is attached to', () => {
  it('has the others only as long as it is attached to nothing', async () => {
    const { codes } = await services();
    expect(await codes('resource', true)).toEqual(await codes('resource', false));
    expect(await codes('endpoint', true)).toEqual(await codes('endpoint', false));
  });

  it('is judged by the methods of its APIs, or by the type of an API without any', async () => {
    const { codes, api } = await services();
    await api({});
    expect(await codes('resource', false)).toEqual([]);
    expect(await codes('resource', true)).toEqual(['principal-needs-iam', 'allows-no-anonymous-call']);
    await api({ methods: [method('NONE', '/'), method('AWS_IAM', '/orders')] });
    expect(await codes('resource', true)).toEqual([]);
    await api({ methods: [method('NONE', '/')], authorizationType: 'AWS_IAM' });
    expect(await codes('resource', true)).toEqual(['principal-needs-iam', 'allows-no-anonymous-call']);
    await api({ methods: [] });
    expect(await codes('resource', true)).toEqual([]);
  });

  it('on an endpoint is judged by the endpoint, and by the APIs that it names', async () => {
    const { codes, api, endpoint } = await services();
    await endpoint('vpc-1a2b3c4d');
    expect(await codes('endpoint', true)).toEqual([]);
    await api({});
    expect(await codes('endpoint', true)).toEqual(['needs-signed-calls']);
    await api({ authorizationType: 'AWS_IAM' });
    await endpoint('vpc-5e6f7a8b');
    expect(await codes('endpoint', true)).toEqual(['tests-another-endpoint']);
    expect(await codes('endpoint', false)).toEqual([]);
  });

  it('is from the state that its revision names', async () => {
    const { policies, api } = await services();
    const reading = policies.get('resource', 'orders', { attached: true });
    await api({});
    const { revision, value } = await reading;
    expect(value.findings.length > 0).toBe(value.attachedTo.length > 0);
    expect(revision).toBe(value.attachedTo.length > 0 ? 3 : 2);
    await expect(policies.get('resource', 'absent', { attached: true })).rejects.toMatchObject({ code: 'not-found' });
  });
});
