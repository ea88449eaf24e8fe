import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { readAwsPolicy } from '../../src/service/aws-policy.js';
import { AWS, awsOutput, DRY, decided, exported, LIMITS, openServices, PUT, type Services } from './transfer-setup.js';

let services: Services;
beforeEach(async () => {
  services = await openServices();
});

const BLUE = 'vpce-0a0a0a0a0a0a0a0a1';
const OTHER_VPC = 'vpce-0b0b0b0b0b0b0b0b2';
const DEFAULT = 'vpce-0e0e0e0e0e0e0e0e5';
const ARN = 'arn:aws:execute-api:us-east-1:123412341234';

const call = (endpoint: string, resource: string, more = {}) => ({
  principal: 'anonymous',
  endpoint,
  resource: `${ARN}:${resource}`,
  ...more,
});

describe('what the AWS CLI prints', () => {
  it('is imported unchanged: endpoints of execute-api, APIs, methods', async () => {
    const answer = await services.transfer.importAws(awsOutput(), AWS);
    expect(answer).toMatchObject({ dryRun: false, revision: 1, unchanged: 0 });
    expect(answer.changes.map(({ op, type, kind, id }) => `${op} ${kind ?? ''} ${type} ${id}`)).toEqual([
      `create endpoint policy ${BLUE}`,
      `create endpoint policy ${OTHER_VPC}`,
      'create resource policy a1b2c3d4e5',
      'create resource policy aaaaa11111',
      'create resource policy bbbbb22222',
      'create resource policy ccccc33333',
      `create  endpoint ${BLUE}`,
      `create  endpoint ${OTHER_VPC}`,
      `create  endpoint ${DEFAULT}`,
      'create  api a1b2c3d4e5',
      'create  api aaaaa11111',
      'create  api bbbbb22222',
      'create  api ccccc33333',
      'create  api ddddd44444',
    ]);
    expect(answer.issues.map(({ pointer, code, severity }) => ({ pointer, code, severity }))).toEqual([
      { pointer: '/restApis/items/0', code: 'no-methods', severity: 'warning' },
      { pointer: '/vpcEndpoints/VpcEndpoints/4/PolicyDocument', code: 'default-policy', severity: 'info' },
      { pointer: '/restApis/items/0', code: 'no-resource-policy', severity: 'info' },
    ]);
  });

  it('becomes the records that a person would write', async () => {
    await services.transfer.importAws(awsOutput(), AWS);
    const { value: endpoint } = await services.endpoints.get(BLUE);
    expect(endpoint).toMatchObject({
      vpcId: 'vpc-0a1b2c3d4e5f60001',
      region: 'us-east-1',
      policy: BLUE,
      description: 'the endpoint of team blue',
    });
    expect((await services.endpoints.get(DEFAULT)).value.policy).toBeNull();
    const { value: api } = await services.apis.get('a1b2c3d4e5');
    expect(api).toMatchObject({
      accountId: '123412341234',
      region: 'us-east-1',
      endpointType: 'PRIVATE',
      policy: 'a1b2c3d4e5',
      description: 'orders of all shops',
      methods: [
        { httpMethod: 'GET', path: '/orders', authorizationType: 'NONE' },
        { httpMethod: 'OPTIONS', path: '/orders', authorizationType: 'NONE' },
        { httpMethod: 'POST', path: '/orders', authorizationType: 'CUSTOM' },
        { httpMethod: 'DELETE', path: '/orders/{orderId}', authorizationType: 'AWS_IAM' },
        { httpMethod: 'GET', path: '/orders/{orderId}', authorizationType: 'NONE' },
      ],
    });
    expect((await services.apis.get('ccccc33333')).value.endpointType).toBe('REGIONAL');
    expect((await services.apis.get('ddddd44444')).value).toMatchObject({ policy: null, methods: [] });
  });

  it('loses its escapes: backslashes, quotes within texts, and slashes', async () => {
    await services.transfer.importAws(awsOutput(), AWS);
    const { value } = await services.policies.get('resource', 'a1b2c3d4e5');
    expect(value.document).toMatchObject({
      Version: '2012-10-17',
      Statement: [
        { Resource: `${ARN}:a1b2c3d4e5/*` },
        { Sid: 'OnlyOurVpc' },
        { Sid: 'Not "admin"', Condition: { NotIpAddress: { 'aws:VpcSourceIp': '10.0.0.0/8' } } },
      ],
    });
    // Printed plainly and printed escaped, the same document is the same.
    const digest = async (name: string) => (await services.policies.get('resource', name)).value.digest;
    expect(await digest('aaaaa11111')).toBe(await digest('bbbbb22222'));
  });

  it('is the same policy, whichever way AWS has printed it', () => {
    const escaped = (text: string) => JSON.stringify(text).slice(1, -1);
    const indents = fc.constantFrom(undefined, 2, '\t');
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), indents, (Sid, indent) => {
        const document = { Statement: { Sid, Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' } };
        const plain = JSON.stringify(document, null, indent);
        const forms = [plain, escaped(plain), escaped(plain).replaceAll('/', '\\/'), plain.replaceAll('/', '\\/')];
        for (const form of forms) {
          expect(readAwsPolicy('resource', form, LIMITS)).toMatchObject({ document: JSON.stringify(document) });
        }
      }),
    );
  });

  it('decides as AWS does', async () => {
    await services.transfer.importAws(awsOutput(), AWS);
    const reason = async (body: ReturnType<typeof call>) => (await decided(services, body)).reason;
    expect(await reason(call(BLUE, 'a1b2c3d4e5/prod/GET/orders/17'))).toBe('ALLOWED');
    expect(await reason(call(OTHER_VPC, 'a1b2c3d4e5/prod/GET/orders/17'))).toBe('EXPLICIT_DENY');
    expect(await reason(call(BLUE, 'bbbbb22222/prod/GET/'))).toBe('IMPLICIT_DENY');
    expect(await reason(call(DEFAULT, 'bbbbb22222/prod/GET/', { authorizerResult: 'Authenticated' }))).toBe('ALLOWED');
    expect(await reason(call(DEFAULT, 'bbbbb22222/prod/GET/'))).toBe('NOT_AUTHENTICATED');
    expect(await reason(call(BLUE, 'a1b2c3d4e5/prod/PUT/orders'))).toBe('UNKNOWN_METHOD');
    expect(await reason(call(DEFAULT, 'ccccc33333/prod/GET/'))).toBe('API_NOT_PRIVATE');
    expect(await reason(call(BLUE, 'ddddd44444/prod/GET/'))).toBe('UNKNOWN_METHOD');
    expect(await reason(call('vpce-0f0f0f0f0f0f0f0f6', 'aaaaa11111/prod/GET/x'))).toBe('UNKNOWN_ENDPOINT');
  });

  it('changes nothing the second time, in whatever order AWS prints it', async () => {
    const { revision } = await services.transfer.importAws(awsOutput(), AWS);
    const before = await exported(services);
    const again = awsOutput();
    again.vpcEndpoints.VpcEndpoints.reverse();
    again.restApis.items.reverse();
    for (const { items } of Object.values(again.resources)) items.reverse();
    expect(await services.transfer.importAws(again, AWS)).toMatchObject({ revision, changes: [], unchanged: 14 });
    expect(await exported(services)).toBe(before);
  });

  it('is only looked at in a dry run, which tells what the real one does', async () => {
    const dry = await services.transfer.importAws(awsOutput(), { ...AWS, ...DRY });
    expect(dry).toMatchObject({ dryRun: true, revision: 0 });
    expect(services.directory.endpoints.size + services.directory.apis.size).toBe(0);
    const { changes, unchanged, issues } = await services.transfer.importAws(awsOutput(), AWS);
    expect({ changes, unchanged, issues }).toEqual({
      changes: dry.changes,
      unchanged: dry.unchanged,
      issues: dry.issues,
    });
  });

  it('shares identical documents with dedupe, by the bytewise first name', async () => {
    const options = { ...AWS, dedupe: true };
    const { changes } = await services.transfer.importAws(awsOutput(), options);
    expect(changes.filter(({ type }) => type === 'policy').map(({ id }) => id)).toEqual([
      BLUE,
      'a1b2c3d4e5',
      'aaaaa11111',
      'ccccc33333',
    ]);
    expect(services.directory.attachedTo('endpoint', BLUE)).toEqual([BLUE, OTHER_VPC]);
    expect(services.directory.attachedTo('resource', 'aaaaa11111')).toEqual(['aaaaa11111', 'bbbbb22222']);
    expect((await services.transfer.importAws(awsOutput(), options)).changes).toEqual([]);
  });

  it('may come in parts: methods alone, for an API that is stored', async () => {
    const { accountId, region, resources, ...rest } = awsOutput();
    await services.transfer.importAws({ accountId, region, ...rest }, AWS);
    expect((await services.apis.get('aaaaa11111')).value.methods).toEqual([]);
    const answer = await services.transfer.importAws({ accountId, region, resources }, AWS);
    expect(answer.changes.map(({ id, members }) => [id, members])).toEqual(
      Object.keys(resources).map((id) => [id, ['methods']]),
    );
    expect((await services.transfer.importAws(awsOutput(), AWS)).changes).toEqual([]);
  });

  it('belongs to the partition of its Region', async () => {
    const output = awsOutput();
    for (const endpoint of output.vpcEndpoints.VpcEndpoints) {
      endpoint.ServiceName = String(endpoint.ServiceName).replace('us-east-1', 'cn-north-1');
    }
    await services.transfer.importAws({ ...output, region: 'cn-north-1' }, AWS);
    expect((await services.apis.get('a1b2c3d4e5')).value.partition).toBe('aws-cn');
    expect((await services.endpoints.get(BLUE)).value.region).toBe('cn-north-1');
  });
});

describe('what is stored already', () => {
  it('keeps what AWS knows nothing of', async () => {
    const context = { 'aws:ResourceOrgID': 'o-1234567890' };
    await services.endpoints.put(BLUE, { vpcId: 'vpc-1', policy: null, context, description: 'ours' }, PUT);
    const api = { accountId: '123412341234', region: 'us-east-1', policy: null, context } as const;
    await services.apis.put('a1b2c3d4e5', { ...api, description: 'ours' }, PUT);
    await services.apis.put('aaaaa11111', { ...api, description: 'ours' }, PUT);
    const document = { Statement: { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' } };
    await services.policies.put('endpoint', BLUE, { document, description: 'of blue' }, PUT);
    const { changes } = await services.transfer.importAws(awsOutput(), AWS);
    expect(changes.filter(({ op }) => op === 'replace')).toEqual([
      { op: 'replace', type: 'policy', kind: 'endpoint', id: BLUE, members: ['document'] },
      { op: 'replace', type: 'endpoint', id: BLUE, members: ['vpcId', 'region', 'policy'] },
      { op: 'replace', type: 'api', id: 'a1b2c3d4e5', members: ['policy', 'methods', 'description'] },
      { op: 'replace', type: 'api', id: 'aaaaa11111', members: ['policy', 'methods'] },
    ]);
    expect((await services.endpoints.get(BLUE)).value).toMatchObject({ context, description: 'ours' });
    expect((await services.apis.get('a1b2c3d4e5')).value).toMatchObject({
      context,
      description: 'orders of all shops',
    });
    expect((await services.apis.get('aaaaa11111')).value).toMatchObject({ context, description: 'ours' });
    expect((await services.policies.get('endpoint', BLUE)).value.description).toBe('of blue');
  });

  it('keeps its methods where the output says nothing of them', async () => {
    await services.transfer.importAws(awsOutput(), AWS);
    const { resources: _, ...rest } = awsOutput();
    expect((await services.transfer.importAws(rest, AWS)).changes).toEqual([]);
  });

  it('has no methods, and denies, where nobody ever said how it authenticates', async () => {
    const api = { accountId: '123412341234', region: 'us-east-1', policy: null, authorizationType: 'AWS_IAM' } as const;
    await services.apis.put('ddddd44444', api, PUT);
    const { issues } = await services.transfer.importAws(awsOutput(), AWS);
    expect(issues).toContainEqual(expect.objectContaining({ code: 'no-methods', pointer: '/restApis/items/0' }));
    expect((await services.apis.get('ddddd44444')).value.methods).toEqual([]);
  });

  it('is not deleted, and a policy that others share is not changed in silence', async () => {
    await services.transfer.importAws(awsOutput(), { ...AWS, dedupe: true });
    const { accountId, region, vpcEndpoints } = awsOutput();
    const blue = vpcEndpoints.VpcEndpoints[2]!;
    blue.PolicyDocument = String(blue.PolicyDocument).replace('aaaaa11111', 'bbbbb22222');
    const part = { accountId, region, vpcEndpoints: { VpcEndpoints: [blue] } };
    const { changes, issues } = await services.transfer.importAws(part, AWS);
    expect(changes).toHaveLength(1);
    expect(issues).toEqual([
      {
        pointer: '/vpcEndpoints/VpcEndpoints/0',
        code: 'shared-policy',
        severity: 'warning',
        detail: expect.stringContaining(OTHER_VPC),
      },
    ]);
  });
});
