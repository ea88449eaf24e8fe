import { beforeAll, describe, expect, it } from 'vitest';
import {
  api,
  call,
  endpoint,
  faults,
  faultsOf,
  type Postern,
  policy,
  ready,
  SESSION,
  statement,
  stored,
  USER,
  verdict,
} from './postern.js';

let served: Postern;
const FEDERATED = 'arn:aws:sts::123412341234:federated-user/bob';
const ROOT = 'arn:aws:iam::123412341234:root';
const ROLE = 'arn:aws:iam::123412341234:role/team/Reader';
const SERVICE = 'delivery.logs.amazonaws.com';

beforeAll(async () => {
  served = await ready();
});

const ask = (principal: string, context: object) => served.post('/v1/decisions', call({ principal, context }));
const at = (key: string) => `/context/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;

describe('what Postern derives may be repeated with the same value', () => {
  it.each([
    [USER, 'aws:PrincipalArn', USER],
    [USER, 'aws:PrincipalAccount', '123412341234'],
    [USER, 'aws:PrincipalType', 'User'],
    [USER, 'aws:username', 'MyUser'],
    ['arn:aws:iam::123412341234:user/a/b/MyUser', 'aws:username', 'MyUser'],
    [USER, 'aws:PrincipalIsAWSService', false],
    [USER, 'aws:SourceVpce', 'vpce-1a2b3c4d'],
    [USER, 'aws:SourceVpc', 'vpc-1a2b3c4d'],
    [USER, 'AWS:sourcevpc', 'vpc-1a2b3c4d'],
    [USER, 'aws:ResourceAccount', '123412341234'],
    [USER, 'aws:RequestedRegion', 'us-east-1'],
    [USER, 'aws:ViaAWSService', false],
    [SESSION, 'aws:PrincipalArn', 'arn:aws:iam::123412341234:role/Reader'],
    [SESSION, 'aws:PrincipalArn', 'arn:aws:iam::123412341234:role/some/path/Reader'],
    [SESSION, 'aws:PrincipalType', 'AssumedRole'],
    [ROOT, 'aws:PrincipalArn', ROOT],
    [ROOT, 'aws:PrincipalType', 'Account'],
    [ROOT, 'aws:userid', '123412341234'],
    [FEDERATED, 'aws:PrincipalArn', FEDERATED],
    [FEDERATED, 'aws:PrincipalType', 'FederatedUser'],
    [FEDERATED, 'aws:userid', '123412341234:bob'],
    [ROLE, 'aws:PrincipalArn', ROLE],
    [SERVICE, 'aws:PrincipalServiceName', SERVICE],
    [SERVICE, 'aws:PrincipalIsAWSService', true],
    ['anonymous', 'aws:SourceVpce', 'vpce-1a2b3c4d'],
  ])('%s %s %s', async (principal, key, value) => {
    const answer = await ask(principal, { [key]: value });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  });
});

describe('another value is a 400', () => {
  it.each([
    [USER, 'aws:PrincipalArn', 'arn:aws:iam::123412341234:user/Other'],
    [USER, 'aws:PrincipalArn', USER.toLowerCase()],
    [USER, 'aws:PrincipalAccount', '999999999999'],
    [USER, 'AWS:PRINCIPALACCOUNT', '999999999999'],
    [USER, 'aws:PrincipalType', 'AssumedRole'],
    [USER, 'aws:username', 'myuser'],
    [USER, 'aws:PrincipalIsAWSService', true],
    [USER, 'aws:SourceVpce', 'vpce-5a6b7c8d'],
    [USER, 'aws:SourceVpc', 'vpc-5a6b7c8d'],
    [USER, 'aws:ResourceAccount', '999999999999'],
    [USER, 'aws:RequestedRegion', 'eu-west-1'],
    [USER, 'aws:ViaAWSService', true],
    [SESSION, 'aws:PrincipalArn', SESSION],
    [SESSION, 'aws:PrincipalArn', 'arn:aws:iam::123412341234:role/Writer'],
    [SESSION, 'aws:PrincipalArn', 'arn:aws:iam::999999999999:role/Reader'],
    [SESSION, 'aws:PrincipalArn', 'arn:aws-cn:iam::123412341234:role/Reader'],
    [SESSION, 'aws:PrincipalArn', 'arn:aws:iam::123412341234:user/Reader'],
    [SESSION, 'aws:PrincipalArn', 'arn:aws:iam::123412341234:role/Reader/x'],
    [SESSION, 'aws:PrincipalType', 'User'],
    [ROLE, 'aws:PrincipalArn', 'arn:aws:iam::123412341234:role/Reader'],
    [ROOT, 'aws:userid', 'AIDAEXAMPLE'],
    [FEDERATED, 'aws:userid', '123412341234:eve'],
    [SERVICE, 'aws:PrincipalServiceName', 'other.amazonaws.com'],
    [SERVICE, 'aws:PrincipalIsAWSService', false],
  ])('%s %s %s', async (principal, key, value) => {
    expect(faultsOf(await ask(principal, { [key]: value }))).toEqual(faults(400, at(key)));
  });
});

describe('a key that derives to absent is a 400', () => {
  it.each([
    [SESSION, 'aws:username', 'ann'],
    [ROOT, 'aws:username', 'root'],
    [FEDERATED, 'aws:username', 'bob'],
    [SERVICE, 'aws:username', 'x'],
    [SERVICE, 'aws:PrincipalArn', 'arn:aws:iam::123412341234:role/x'],
    [SERVICE, 'aws:PrincipalType', 'Service'],
    [USER, 'aws:PrincipalServiceName', SERVICE],
  ])('%s %s', async (principal, key, value) => {
    expect(faultsOf(await ask(principal, { [key]: value }))).toEqual(faults(400, at(key)));
  });

  it.each([
    ['aws:PrincipalArn', USER],
    ['aws:PrincipalAccount', 'anonymous'],
    ['aws:PrincipalType', 'Anonymous'],
    ['aws:userid', 'anonymous'],
    ['aws:username', 'x'],
    ['aws:PrincipalOrgID', 'o-1'],
    ['aws:PrincipalOrgPaths', ['o-1/']],
    ['aws:PrincipalTag/team', 'blue'],
    ['AWS:principaltag/Team', 'blue'],
    ['aws:TokenIssueTime', '2026-01-01T00:00:00Z'],
    ['aws:MultiFactorAuthPresent', true],
    ['aws:MultiFactorAuthAge', 5],
    ['aws:SourceIdentity', 'x'],
    ['aws:FederatedProvider', 'x'],
    ['aws:Ec2InstanceSourceVpc', 'vpc-1'],
    ['ec2:RoleDelivery', '1.0'],
    ['lambda:SourceFunctionArn', 'arn:aws:lambda:us-east-1:123412341234:function:f'],
  ])('anonymous with %s', async (key, value) => {
    expect(faultsOf(await ask('anonymous', { [key]: value }))).toEqual(faults(400, at(key)));
  });
});

describe('the clock and the transport', () => {
  it.each([
    ['aws:CurrentTime', '2026-01-01T00:00:00Z'],
    ['aws:EpochTime', 1767225600],
    ['aws:SecureTransport', true],
    ['AWS:SECURETRANSPORT', false],
  ])('%s may not be given', async (key, value) => {
    expect(faultsOf(await ask(USER, { [key]: value }))).toEqual(faults(400, at(key)));
  });
});

describe('what the caller must supply may be given', () => {
  it.each([
    [SESSION, 'aws:userid', 'AROAEXAMPLE:ann'],
    [USER, 'aws:userid', 'AIDAEXAMPLE'],
    [USER, 'aws:PrincipalTag/team', 'blue'],
    [USER, 'aws:VpcSourceIp', '10.0.3.7'],
    [USER, 'aws:SourceIp', '10.0.3.7'],
    [SERVICE, 'aws:PrincipalServiceNamesList', [SERVICE]],
    [USER, 'aws:ResourceOrgID', 'o-1'],
    [USER, 'aws:VpceAccount', '123412341234'],
    ['anonymous', 'aws:UserAgent', 'curl'],
    ['anonymous', 'custom:key', 'value'],
  ])('%s %s', async (principal, key, value) => {
    expect((await ask(principal, { [key]: value })).status).toBe(200);
  });
});

describe("a record's keys", () => {
  beforeAll(async () => {
    await stored(served, 'policies/resource/org', {
      document: policy(statement({ Condition: { StringEquals: { 'aws:ResourceOrgID': 'o-api', 'x:y': 'endpoint' } } })),
    });
    await stored(
      served,
      'endpoints/vpce-c',
      endpoint({ context: { 'aws:ResourceOrgID': 'o-vpce', 'x:y': 'endpoint', 'x:z': '1' } }),
    );
    await stored(served, 'apis/c1', api({ policy: 'org', context: { 'AWS:resourceorgid': 'o-api', 'X:Y': 'api' } }));
  });
  const put = (context: object) =>
    served.post(
      '/v1/decisions',
      call({ endpoint: 'vpce-c', resource: 'arn:aws:execute-api:us-east-1:123412341234:c1/p/GET/', context }),
    );

  it('where they differ the API wins for aws:Resource*, else the endpoint', async () => {
    expect(verdict(await put({}))).toBe('Allow ALLOWED null');
  });

  it('may be repeated with the same value only', async () => {
    expect(verdict(await put({ 'aws:ResourceOrgID': 'o-api', 'x:Y': 'endpoint', 'x:z': '1' }))).toBe(
      'Allow ALLOWED null',
    );
    expect(faultsOf(await put({ 'aws:ResourceOrgID': 'o-vpce' }))).toEqual(faults(400, '/context/aws:ResourceOrgID'));
    expect(faultsOf(await put({ 'x:y': 'api' }))).toEqual(faults(400, '/context/x:y'));
    expect(faultsOf(await put({ 'X:Z': '2' }))).toEqual(faults(400, '/context/X:Z'));
  });
});
