import { describe, expect, it } from 'vitest';
import { type Circumstances, unfixable } from '../../src/decision/context.js';
import { ACCOUNT, arnOf, contextOf, iam, keysOf, PETS, principalOf } from './build.js';
import { type Caller, callers, circumstances } from './callers.js';

const value = (key: string, caller: Caller, known: Partial<Circumstances> = {}, given = {}) =>
  contextOf(given, circumstances(caller, known)).get(key.toLowerCase())?.given;

describe('keys that follow from the caller', () => {
  const keys = [
    'aws:PrincipalArn',
    'aws:PrincipalAccount',
    'aws:PrincipalType',
    'aws:userid',
    'aws:username',
    'aws:PrincipalIsAWSService',
    'aws:PrincipalServiceName',
  ];
  const absent = undefined;
  it.each<[Caller, (string | undefined)[]]>([
    ['root', [callers.root, ACCOUNT, 'Account', ACCOUNT, absent, 'false', absent]],
    ['alice', [callers.alice, ACCOUNT, 'User', absent, 'alice', 'false', absent]],
    ['role', [callers.role, ACCOUNT, 'AssumedRole', absent, absent, 'false', absent]],
    ['session', [iam('role/app'), ACCOUNT, 'AssumedRole', absent, absent, 'false', absent]],
    ['kate', [callers.kate, ACCOUNT, 'FederatedUser', `${ACCOUNT}:kate`, absent, 'false', absent]],
    ['lambda', [absent, absent, absent, absent, absent, 'true', 'lambda.amazonaws.com']],
    ['anonymous', [absent, absent, absent, absent, absent, absent, absent]],
  ])('%s', (caller, expected) => {
    expect(keys.map((key) => value(key, caller))).toEqual(expected);
  });

  it('keep the partition', () => {
    const principal = principalOf(`arn:aws-cn:sts::${ACCOUNT}:assumed-role/app/s1`);
    expect(contextOf({}, { principal }).get('aws:principalarn')?.given).toBe(`arn:aws-cn:iam::${ACCOUNT}:role/app`);
  });
});

describe('keys that follow from endpoint, ARN and clock', () => {
  it.each([
    ['aws:SourceVpce', 'vpce-1a2b3c4d'],
    ['aws:SourceVpc', 'vpc-1a2b3c4d'],
    ['aws:ResourceAccount', ACCOUNT],
    ['aws:RequestedRegion', 'us-east-1'],
    ['aws:ViaAWSService', 'false'],
    ['aws:SecureTransport', 'true'],
    ['aws:CurrentTime', '2026-06-01T12:00:00.250Z'],
    ['aws:EpochTime', String(Math.floor(Date.parse('2026-06-01T12:00:00Z') / 1000))],
  ])('%s is %s, for an unsigned call too', (key, expected) => {
    expect(value(key, 'anonymous')).toBe(expected);
    expect(value(key, 'alice')).toBe(expected);
  });

  it.each([
    ...[
      'aws:SourceIp',
      'aws:VpcSourceIp',
      'aws:SourceVpcArn',
      'aws:VpceAccount',
      'aws:VpceOrgID',
      'aws:VpceOrgPaths',
      'aws:ResourceOrgID',
    ],
    ...[
      'aws:MultiFactorAuthPresent',
      'aws:TokenIssueTime',
      'aws:UserAgent',
      'aws:Referer',
      'execute-api:viaDomainArn',
      'aws:SourceArn',
    ],
  ])('%s is absent until somebody says it', (key) => {
    expect(value(key, 'alice')).toBeUndefined();
  });

  it('without an endpoint, nothing follows of one', () => {
    expect(value('aws:SourceVpce', 'alice', { endpoint: null })).toBeUndefined();
    expect(value('aws:SourceVpc', 'alice', { endpoint: null })).toBeUndefined();
  });
});

describe('keys that records state', () => {
  const known = (endpoint: Record<string, unknown>, api: Record<string, unknown>) => ({
    endpointKeys: keysOf(endpoint),
    apiKeys: keysOf(api),
  });

  it("the API's win for what is about the resource, else the endpoint's", () => {
    const both = known(
      {
        'aws:ResourceOrgID': 'o-endpoint',
        'aws:ResourceTag/x': 'endpoint',
        'aws:VpceOrgID': 'o-endpoint',
        'acme:x': 'endpoint',
        'acme:e': '1',
      },
      {
        'aws:ResourceOrgID': 'o-api',
        'aws:ResourceTag/x': 'api',
        'aws:VpceOrgID': 'o-api',
        'acme:x': 'api',
        'acme:a': '2',
      },
    );
    const keys = ['aws:ResourceOrgID', 'aws:ResourceTag/x', 'aws:VpceOrgID', 'acme:x', 'acme:e', 'acme:a'];
    expect(keys.map((key) => value(key, 'alice', both))).toEqual(['o-api', 'api', 'o-endpoint', 'endpoint', '1', '2']);
  });

  it.each([
    ...[
      'aws:SourceVpce',
      'aws:sourcevpc',
      'aws:ResourceAccount',
      'aws:CurrentTime',
      'aws:EpochTime',
      'aws:SecureTransport',
      'aws:ViaAWSService',
    ],
    ...[
      'aws:RequestedRegion',
      'aws:PrincipalArn',
      'aws:PrincipalTag/team',
      'aws:PrincipalOrgID',
      'aws:userid',
      'aws:username',
    ],
    ...[
      'aws:MultiFactorAuthPresent',
      'aws:TokenIssueTime',
      'aws:SourceIdentity',
      'ec2:SourceInstanceARN',
      'aws:Ec2InstanceSourceVpc',
    ],
  ])('may not fix %s', (key) => {
    expect(unfixable(key)).toMatch(/\w/);
  });

  it.each([
    'aws:ResourceOrgID',
    'aws:ResourceOrgPaths',
    'aws:VpceOrgID',
    'aws:VpceAccount',
    'aws:SourceVpcArn',
    'aws:VpcSourceIp',
    'execute-api:viaDomainArn',
    'acme:x',
  ])('may fix %s', (key) => {
    expect(unfixable(key)).toBeUndefined();
  });
});

describe('as a method sees the call that does not authenticate with IAM', () => {
  const principalKeys = [
    ...[
      'aws:PrincipalArn',
      'aws:PrincipalAccount',
      'aws:PrincipalType',
      'aws:PrincipalTag/team',
      'aws:PrincipalOrgID',
      'aws:userid',
      'aws:username',
    ],
    ...[
      'aws:PrincipalOrgPaths',
      'aws:PrincipalIsAWSService',
      'aws:PrincipalServiceName',
      'aws:PrincipalServiceNamesList',
      'aws:PrincipalNew',
    ],
    ...[
      'aws:TokenIssueTime',
      'aws:MultiFactorAuthPresent',
      'aws:MultiFactorAuthAge',
      'aws:SourceIdentity',
      'aws:FederatedProvider',
    ],
    ...[
      'aws:AssumedRoot',
      'aws:ChatbotSourceArn',
      'aws:SignInSessionArn',
      'aws:Ec2InstanceSourceVpc',
      'aws:Ec2InstanceSourcePrivateIPv4',
    ],
    ...['ec2:SourceInstanceARN', 'ec2:RoleDelivery', 'lambda:SourceFunctionArn', 'ssm:SourceInstanceARN'],
  ];
  const others = [
    'aws:VpcSourceIp',
    'aws:SourceVpce',
    'aws:CurrentTime',
    'aws:UserAgent',
    'aws:SourceArn',
    'aws:ResourceOrgID',
    'acme:x',
    'aws:SourceAccount',
  ];
  const typed: Record<string, unknown> = {
    'aws:VpcSourceIp': '10.0.0.1',
    'aws:CurrentTime': '2024',
    'aws:SourceArn': PETS,
    'aws:MultiFactorAuthPresent': true,
    'aws:PrincipalIsAWSService': false,
    'aws:MultiFactorAuthAge': 5,
    'aws:TokenIssueTime': '2024',
    'aws:Ec2InstanceSourcePrivateIPv4': '10.0.0.1',
  };
  const arns = ['aws:PrincipalArn', 'aws:ChatbotSourceArn', 'aws:SignInSessionArn'];
  const given = Object.fromEntries(
    [...principalKeys, ...others].map((key) => [key, typed[key] ?? (arns.includes(key) ? PETS : 'x')]),
  );
  const { anonymous } = contextOf(given, { principal: principalOf(callers.alice), resource: arnOf(PETS) });

  it.each(principalKeys)('%s is absent, even if it was supplied', (key) => {
    expect(anonymous.get(key.toLowerCase())).toBeUndefined();
  });
  it.each(others)('%s is there', (key) => {
    expect(anonymous.get(key.toLowerCase())).toBeDefined();
  });
});
