/** The condition keys that a request carries (IAM: AWS global condition context keys; API Gateway: AWS condition keys). */
import { splitArn } from './glob.js';
import { accountOf, type Caller } from './principals.js';
import type { Context, Scalar } from './types.js';

/** The keys that principal, resource and clock imply, in so far as the given context does not set them itself. */
export function completed(given: Context, caller: Caller, resource: string): Context {
  const names = new Set(Object.keys(given).map((name) => name.toLowerCase()));
  const derived = Object.entries({ ...aboutCaller(caller), ...aboutRequest(resource) });
  return { ...Object.fromEntries(derived.filter(([name]) => !names.has(name.toLowerCase()))), ...given };
}

function aboutRequest(resource: string): Record<string, Scalar> {
  const parts = splitArn(resource)!;
  const now = Date.now();
  return {
    'aws:ResourceAccount': parts[4]!,
    'aws:RequestedRegion': parts[3]!,
    'aws:CurrentTime': new Date(now).toISOString(),
    'aws:EpochTime': String(Math.floor(now / 1000)),
    'aws:SecureTransport': 'true',
    'aws:ViaAWSService': 'false',
  };
}

/** The table of principal key values (IAM: Variables and tags). Unsigned calls have none of them (reading U8). */
function aboutCaller(caller: Caller): Record<string, Scalar> {
  if (caller.type === 'anonymous') return {};
  if (caller.type === 'service') {
    return { 'aws:PrincipalIsAWSService': 'true', 'aws:PrincipalServiceName': caller.name };
  }
  const signed = { 'aws:PrincipalIsAWSService': 'false', 'aws:PrincipalAccount': accountOf(caller)! };
  switch (caller.type) {
    case 'root':
      return {
        ...signed,
        'aws:PrincipalArn': caller.arn,
        'aws:PrincipalType': 'Account',
        'aws:userid': caller.account,
      };
    case 'user':
      return {
        ...signed,
        'aws:PrincipalArn': caller.arn,
        'aws:PrincipalType': 'User',
        'aws:username': caller.name,
      };
    case 'federated':
      return {
        ...signed,
        'aws:PrincipalArn': caller.arn,
        'aws:PrincipalType': 'FederatedUser',
        'aws:userid': `${caller.account}:${caller.name}`,
      };
    case 'role':
      return { ...signed, 'aws:PrincipalArn': caller.arn, 'aws:PrincipalType': 'AssumedRole' };
    case 'session':
      return {
        ...signed,
        'aws:PrincipalArn': `arn:${caller.partition}:iam::${caller.account}:role/${caller.role}`,
        'aws:PrincipalType': 'AssumedRole',
      };
  }
}

const principalKeys = [
  'aws:userid',
  'aws:username',
  'aws:tokenissuetime',
  'aws:sourceidentity',
  'aws:federatedprovider',
  'aws:assumedroot',
  'aws:chatbotsourcearn',
  'aws:signinsessionarn',
];
const principalPrefixes = ['aws:principal', 'aws:multifactorauth', 'aws:ec2instance', 'ec2:', 'lambda:', 'ssm:'];

/** What is left for a policy that is judged for the anonymous caller: every key about the principal is gone. */
export function withoutPrincipal(context: Context): Context {
  return Object.fromEntries(
    Object.entries(context).filter(([name]) => {
      const key = name.toLowerCase();
      return !principalKeys.includes(key) && !principalPrefixes.some((prefix) => key.startsWith(prefix));
    }),
  );
}
