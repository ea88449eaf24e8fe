/** The condition keys that are drawn, each with its type and with values of that type. */
import type { ContextValue, Scalar } from '../types.js';
import { dateText } from './dates.js';
import type { Random } from './random.js';

export type ValueType = 'string' | 'number' | 'date' | 'bool' | 'ip' | 'arn' | 'binary';

export interface Key {
  name: string;
  type: ValueType;
  values: readonly string[];
  /** AWS documents it as multi-valued: only with a set operator or Null. */
  many?: true;
  /** Made up: a request may bring an array. */
  array?: true;
  /** A tag or made up: a request may bring a value that is not of the type. */
  free?: true;
  /** Known without the context: given there rarely. */
  derived?: true;
}

const words = [
  'blue',
  'Blue',
  'red',
  'team-7',
  'équipe',
  'a*b',
  'x?z',
  '${aws:username}',
  '日本語',
  'a b',
  '',
  'axb',
  '😀',
];
const names = ['alice', 'Alice', 'bob', 'app', 's1', 'MyUser'];
const orgs = ['o-abcd1234', 'o-zzzz9999'];
const vpcs = ['vpc-1a2b3c4d', 'vpc-87654321', 'vpc-12345678'];
const vpces = ['vpce-1a2b3c4d', 'vpce-11111111', 'vpce-22222222'];
const accounts = ['123412341234', '999988887777', '111122223333'];
const services = ['apigateway.amazonaws.com', 'lambda.amazonaws.com', 'events.amazonaws.com'];
const agents = ['curl/8.0', 'Mozilla/5.0 (X11; Linux)', 'wget', 'Curl/8.0', 'a*b', 'line\nbreak'];
const paths = [
  'o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/',
  'o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/ou-ab12-22222222/',
  'o-zzzz9999/r-zz99/',
];
const numbers = ['0', '-0', '5', '5.0', '10', '10.5', '900', '3600', '3600.000000000000000000001', '-7', '007'];
const big = ['123456789012345678901234567890', '123456789012345678901234567891', '0.1', '0.10000000000000000001'];
const bools = ['true', 'false'];
const ips = [
  '10.0.3.7',
  '10.0.4.0',
  '203.0.113.9',
  '192.168.255.255',
  '2001:db8::1',
  '2001:0DB8:0000:0000:0000:0000:0000:0001',
  '2001:db8:1234:5678:ffff::1',
  '::ffff:10.0.3.7',
  '::1',
];
const ipv4s = ips.filter((ip) => !ip.includes(':'));
const arns = [
  'arn:aws:sns:us-west-2:777788889999:topic-id',
  'arn:aws:lambda:us-east-1:123412341234:function:pets:prod',
  'arn:aws:iam::123412341234:role/app',
  'arn:aws:iam::123412341234:user/div/alice',
  'arn:aws:s3:::bucket/a/b',
];
const domains = [
  'arn:aws:execute-api:us-west-2:111122223333:/domainnames/private.test.com+f4g5h6',
  'arn:aws:execute-api:us-east-1:123412341234:/domainnames/api.test.com+a1b2c3',
];
const digests = ['aGVsbG8=', 'AAEC', '/+7/', 'd29ybGQ=', 'YQ=='];

const strings: Key[] = [
  { name: 'aws:PrincipalOrgID', type: 'string', values: orgs },
  { name: 'aws:PrincipalTag/team', type: 'string', values: words, free: true },
  { name: 'aws:PrincipalTag/Cost-Center', type: 'string', values: words, free: true },
  { name: 'aws:RequestTag/env', type: 'string', values: words, free: true },
  { name: 'aws:ResourceTag/owner', type: 'string', values: names, free: true },
  { name: 'aws:SourceVpc', type: 'string', values: vpcs },
  { name: 'aws:SourceVpce', type: 'string', values: vpces },
  { name: 'aws:Ec2InstanceSourceVpc', type: 'string', values: vpcs },
  { name: 'aws:ResourceOrgID', type: 'string', values: orgs },
  { name: 'aws:UserAgent', type: 'string', values: agents },
  { name: 'aws:referer', type: 'string', values: ['https://example.com/a', '*', 'https://example.com/b?c=d'] },
  { name: 'aws:SourceIdentity', type: 'string', values: names },
  { name: 'aws:FederatedProvider', type: 'string', values: ['accounts.google.com', 'graph.facebook.com'] },
  { name: 'aws:SourceAccount', type: 'string', values: accounts },
  { name: 'aws:SourceOrgID', type: 'string', values: orgs },
  { name: 'aws:CalledViaFirst', type: 'string', values: services },
  { name: 'aws:CalledViaLast', type: 'string', values: services },
  { name: 'acme:zone', type: 'string', values: words, free: true, array: true },
  { name: 'acme:groups', type: 'string', values: words, free: true, array: true },
  { name: 'aws:PrincipalOrgPaths', type: 'string', values: paths, many: true },
  { name: 'aws:ResourceOrgPaths', type: 'string', values: paths, many: true },
  { name: 'aws:SourceOrgPaths', type: 'string', values: paths, many: true },
  { name: 'aws:PrincipalServiceNamesList', type: 'string', values: services, many: true },
  { name: 'aws:CalledVia', type: 'string', values: services, many: true },
  { name: 'aws:TagKeys', type: 'string', values: ['environment', 'cost-center', 'dept', 'Dept'], many: true },
];

const derived: Key[] = [
  { name: 'aws:userid', type: 'string', values: ['AIDAEXAMPLEID', 'AROAEXAMPLEID:s1'], derived: true },
  { name: 'aws:username', type: 'string', values: names, derived: true },
  { name: 'aws:PrincipalAccount', type: 'string', values: accounts, derived: true },
  { name: 'aws:PrincipalType', type: 'string', values: ['User', 'AssumedRole', 'Account'], derived: true },
  { name: 'aws:PrincipalServiceName', type: 'string', values: services, derived: true },
  { name: 'aws:ResourceAccount', type: 'string', values: accounts, derived: true },
  { name: 'aws:RequestedRegion', type: 'string', values: ['us-east-1', 'eu-west-1'], derived: true },
  { name: 'aws:PrincipalArn', type: 'arn', values: arns.slice(2, 4), derived: true },
  { name: 'aws:PrincipalIsAWSService', type: 'bool', values: bools, derived: true },
  { name: 'aws:SecureTransport', type: 'bool', values: bools, derived: true },
  { name: 'aws:ViaAWSService', type: 'bool', values: bools, derived: true },
  { name: 'aws:CurrentTime', type: 'date', values: [] },
  { name: 'aws:EpochTime', type: 'date', values: [] },
];

const typed: Key[] = [
  { name: 'aws:MultiFactorAuthAge', type: 'number', values: numbers.slice(2) },
  { name: 'aws:PrincipalTag/grade', type: 'number', values: numbers, free: true },
  { name: 'acme:level', type: 'number', values: [...numbers, ...big], free: true, array: true },
  { name: 'aws:TokenIssueTime', type: 'date', values: [] },
  { name: 'aws:PrincipalTag/expires', type: 'date', values: [], free: true },
  { name: 'acme:since', type: 'date', values: [], free: true, array: true },
  { name: 'aws:MultiFactorAuthPresent', type: 'bool', values: bools },
  { name: 'acme:trusted', type: 'bool', values: bools, free: true, array: true },
  { name: 'aws:VpcSourceIp', type: 'ip', values: ips },
  { name: 'aws:SourceIp', type: 'ip', values: ips },
  { name: 'aws:Ec2InstanceSourcePrivateIPv4', type: 'ip', values: ipv4s },
  { name: 'acme:address', type: 'ip', values: ips, free: true, array: true },
  { name: 'aws:SourceArn', type: 'arn', values: arns },
  { name: 'execute-api:viaDomainArn', type: 'arn', values: domains },
  { name: 'lambda:SourceFunctionArn', type: 'arn', values: arns.slice(1, 2) },
  { name: 'aws:PrincipalTag/owner', type: 'arn', values: arns, free: true },
  { name: 'acme:targets', type: 'arn', values: [...arns, ...domains], free: true, array: true },
  { name: 'acme:digest', type: 'binary', values: digests, free: true, array: true },
  { name: 'aws:PrincipalTag/key', type: 'binary', values: digests, free: true },
];

export const keys: readonly Key[] = [...strings, ...derived, ...typed];

/** A text that no operator but those on strings can read. */
const garbage = ['n/a', 'soon', '0x10', 'not an arn', '10.0.0', 'yes'];

/** One value of the key as a policy or a request would spell it. */
export function drawText(key: Key, random: Random, epoch: number): string {
  if (key.name === 'aws:EpochTime') return String(epoch);
  if (key.type !== 'date') return random.pick(key.values);
  const fraction = random.pick(['', '', '', '', '', '.5', '.123456789']);
  return dateText(random, epoch + random.pick([0, 0, 1, -1, 3600, 86_400]), fraction, !key.free);
}

/** What a request brings for the key. */
export function drawContextValue(key: Key, random: Random, epoch: number): ContextValue {
  const draw = () => {
    if (key.free && key.type !== 'string' && random.chance(0.12)) return random.pick(garbage);
    return asJson(drawText(key, random, epoch), key, random);
  };
  if (key.many) return random.chance(0.12) ? draw() : random.times(random.weighted(sizes), draw);
  if (key.array && random.chance(0.45)) return random.times(random.weighted(sizes), draw);
  return draw();
}

const sizes = [
  [12, 0],
  [38, 1],
  [38, 2],
  [12, 3],
] as const;

/** Numbers and Booleans need no quotes where JSON can spell them. */
export function asJson(text: string, key: { type: ValueType }, random: Random): Scalar {
  if (random.chance(0.6)) return text;
  if (key.type === 'bool' && (text === 'true' || text === 'false')) return text === 'true';
  if ((key.type === 'number' || key.type === 'date') && /^(0|-?[1-9]\d{0,9}(\.\d{0,3}[1-9])?)$/.test(text)) {
    return Number(text);
  }
  return text;
}
