import fc from 'fast-check';
import { ACCOUNT, API, type Question } from './ask.js';

/** Policies and questions of one small world, so that they often have to do with each other. */

export interface StatementJson {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly [element: string]: unknown;
}

export interface PolicyJson {
  readonly Version?: string;
  readonly Statement: StatementJson | readonly StatementJson[];
}

const iam = `arn:aws:iam::${ACCOUNT}`;
const sts = `arn:aws:sts::${ACCOUNT}`;
const callers = [
  `${iam}:user/alice`,
  `${iam}:user/team/bob`,
  `${iam}:role/app`,
  `${sts}:assumed-role/app/s1`,
  `${sts}:assumed-role/other/s1`,
  `${sts}:federated-user/kate`,
  `${iam}:root`,
  'arn:aws:iam::999988887777:user/alice',
  'lambda.amazonaws.com',
  'anonymous',
];
const named = [ACCOUNT, '999988887777', 'AIDACKCEVSQ6C2EXAMPLE', ...callers.slice(0, 8)];
const actions = ['execute-api:Invoke', 'execute-api:ManageConnections', 'EXECUTE-API:invoke', 's3:GetObject'];
const paths = [
  'prod/GET/',
  'prod/GET/pets',
  'prod/POST/pets',
  'prod/GET/pets/7',
  'test/GET/pets',
  'prod/GET/alice/a:b',
];
const arns = [
  ...paths.map((path) => `${API}/${path}`),
  `arn:aws:execute-api:eu-west-1:${ACCOUNT}:z9y8x7w6v5/prod/GET/pets`,
];

/** An ARN with some of it behind a wildcard, or the stage and path alone. */
const resourcePattern = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...arns) },
  { weight: 4, arbitrary: fc.constantFrom(...paths).map((path) => `${API}/${path.replace(/(GET|POST).*$/, '*')}`) },
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      '*',
      `${API}/*`,
      `${API}/*/GET/pets*`,
      `${API}/????/GET/*`,
      'arn:aws:execute-api:*:*:*',
      `arn:aws:execute-api:us-east-?:${ACCOUNT}:*/pets`,
      'execute-api:/*',
      'execute-api:/prod/*',
      'execute-api:/prod/GET/pets',
      `${API}/prod/GET/\${aws:username}/*`,
      `${API}/prod/GET/\${aws:PrincipalTag/team, 'pets'}`,
      'execute-api:/*/${aws:username}/*',
    ),
  },
);

const oneOrMany = <T>(value: fc.Arbitrary<T>, maxLength = 3): fc.Arbitrary<T | T[]> =>
  fc.oneof(value, fc.array(value, { minLength: 1, maxLength }));

const principal = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<unknown>('*', { AWS: '*' }, { Service: 'lambda.amazonaws.com' }) },
  { weight: 2, arbitrary: oneOrMany(fc.constantFrom(...named), 10).map((AWS) => ({ AWS })) },
);

const texts = ['blue', 'BLUE', 'b*', '?lue', '${aws:username}', 'alice', ''];
const test = <T>(operators: readonly string[], keys: readonly string[], values: readonly T[]) =>
  fc.tuple(
    fc.constantFrom(...operators),
    fc.dictionary(fc.constantFrom(...keys), oneOrMany(fc.constantFrom(...values)), { minKeys: 1, maxKeys: 2 }),
  );

const condition = fc
  .array(
    fc.oneof(
      test(
        ['StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLikeIfExists', 'StringEqualsIgnoreCase'],
        ['aws:username', 'aws:PrincipalTag/team', 'acme:x'],
        texts,
      ),
      test(['ForAnyValue:StringEquals', 'ForAllValues:StringNotEquals', 'ForAnyValue:StringLike'], ['acme:set'], texts),
      test(['IpAddress', 'NotIpAddress', 'IpAddressIfExists'], ['aws:VpcSourceIp'], ['10.0.0.0/8', '10.1.2.3', '::/0']),
      test(['NumericLessThan', 'NumericEquals', 'NumericNotEquals'], ['acme:n'], [5, '5.0', '-1', 10]),
      test(['Bool', 'BoolIfExists', 'Null'], ['aws:SecureTransport', 'acme:x'], ['true', false]),
      test(['DateLessThan', 'DateGreaterThanEquals'], ['aws:CurrentTime'], ['2024-06-01', 1717200000, '2030']),
    ),
    { maxLength: 2 },
  )
  .map((tests) => Object.fromEntries(tests));

const either = <T>(element: string, value: fc.Arbitrary<T>): fc.Arbitrary<Readonly<Record<string, T>>> =>
  fc.oneof(
    { weight: 5, arbitrary: value.map((given) => ({ [element]: given })) },
    value.map((given) => ({ [`Not${element}`]: given })),
  );

export const statement: fc.Arbitrary<StatementJson> = fc
  .tuple(
    fc.constantFrom('Allow', 'Allow', 'Deny' as const),
    principal,
    fc.boolean(),
    either('Action', oneOrMany(fc.constantFrom('*', 'execute-api:*', 'execute-api:Inv*', ...actions))),
    either('Resource', oneOrMany(resourcePattern)),
    fc.option(condition, { freq: 2, nil: undefined }),
    fc.option(fc.string({ unit: fc.constantFrom('a', 'b', '1'), maxLength: 3 }), { nil: undefined }),
  )
  .map(([Effect, who, not, action, resource, Condition, Sid]) => ({
    ...(Sid === undefined ? {} : { Sid }),
    Effect,
    [not && Effect === 'Deny' ? 'NotPrincipal' : 'Principal']: who,
    ...action,
    ...resource,
    ...(Condition === undefined ? {} : { Condition }),
  }));

/** Some are longer than what is gone through statement by statement. */
export const statements: fc.Arbitrary<StatementJson[]> = fc.oneof(
  { weight: 3, arbitrary: fc.array(statement, { minLength: 1, maxLength: 4 }) },
  { weight: 1, arbitrary: fc.array(statement, { minLength: 5, maxLength: 24 }) },
);

export const version = fc.constantFrom('2012-10-17', '2012-10-17', '2008-10-17', undefined);

export const policyOf = (Version: string | undefined, Statement: PolicyJson['Statement']): PolicyJson =>
  Version === undefined ? { Statement } : { Version, Statement };

export const policy: fc.Arbitrary<PolicyJson> = fc.tuple(version, statements).map(([v, list]) => policyOf(v, list));

/** A resource policy, which knows every form of Resource; and what it is asked. */
export const question: fc.Arbitrary<Question> = fc.record({
  principal: fc.constantFrom(...callers),
  action: fc.constantFrom('execute-api:Invoke', 'execute-api:Invoke', ...actions),
  resource: fc.constantFrom(...arns),
  hasBoundary: fc.boolean(),
  context: fc.record(
    {
      'aws:username': fc.constantFrom('alice', 'blue', ''),
      'aws:PrincipalTag/team': fc.constantFrom('blue', 'BLUE', 'b*', ''),
      'acme:x': fc.constantFrom('blue', 'alice', true),
      'acme:set': fc.constantFrom([], ['blue'], ['alice', 'blue'], 'blue', ['x']),
      'aws:VpcSourceIp': fc.constantFrom('10.1.2.3', '11.0.0.1', 'fd12::1'),
      'acme:n': fc.constantFrom(5, '5.00', '-1', 'five'),
      'aws:SecureTransport': fc.boolean(),
      'aws:CurrentTime': fc.constantFrom('2024-01-01T00:00:00Z', '2026-06-01T00:00:00Z'),
    },
    { requiredKeys: [] },
  ),
});
