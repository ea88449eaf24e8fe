import { describe, expect, it } from 'vitest';
import { generate } from '../oracle/generate.js';
import { allCases } from './conformance-cases.js';
import { explained, plain } from './simulate.js';

const outcomeOf = (statements: readonly { matched: boolean; effect: string }[]) => {
  const applies = (effect: string) => statements.some((each) => each.matched && each.effect === effect);
  return applies('Deny') ? 'explicitDeny' : applies('Allow') ? 'allow' : 'implicitDeny';
};

async function holdsTogether(body: object) {
  const { trace, notReached, summary, remedies, revision: _, decisionId: __, ...decision } = await explained(body);
  expect(decision).toEqual(await plain(body));
  expect(trace.map(({ statements: _, ...policy }) => policy)).toEqual(decision.policies);
  for (const { outcome, statements } of [...trace, ...notReached]) expect(outcomeOf(statements)).toBe(outcome);
  if (decision.decision === 'Allow') expect(remedies).toEqual([]);
  for (const sentence of summary) expect(sentence).toMatch(/^[^A-Z].*[^.]$/s);
  return decision;
}

describe('an explanation gives the same decision', () => {
  it.each(allCases)('$id: $title', async ({ body, expected }) => {
    expect(await holdsTogether(body)).toMatchObject(expected);
  });

  it('whatever is asked', async () => {
    for (let seed = 5000; seed < 5200; seed++) await holdsTogether(generate(seed));
  });
});

const API = 'arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5';
const ALICE = 'arn:aws:iam::123412341234:user/alice';
const BOB = 'arn:aws:iam::999988887777:user/bob';
const allow = (more: object = {}) => ({
  Effect: 'Allow',
  Principal: '*',
  Action: 'execute-api:Invoke',
  Resource: `${API}/*`,
  ...more,
});
const identity = ({ Principal: _, ...statement }: { Principal: unknown }) => ({
  Version: '2012-10-17',
  Statement: [statement],
});
const document = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const OUR_VPC = allow({
  Sid: 'OnlyOurVpc',
  Effect: 'Deny',
  Condition: { StringNotEquals: { 'aws:SourceVpc': 'vpc-1a2b3c4d' } },
});

async function sentences(body: object, resource = `${API}/prod/GET/pets`) {
  const { request, ...rest } = body as { request: object };
  return (await explained({ ...rest, request: { resource, ...request } })).summary;
}

const MASKED = 'arn:aws:execute-api:us-east-1:********1234:a1b2c3d4e5/prod/GET/pets';
const ANONYMOUS =
  'the caller is anonymous: `principal` says so, as of a call without a valid SigV4 signature (a bearer token is none)';
const FULL = "the endpoint has AWS's default policy, full access: it allows the call";

/** The texts that AWS answers with, and what a person gets to read instead. */
describe('what a person reads who got a 403', () => {
  it('User: anonymous … because no resource-based policy allows (an AWS principal, and a method that is not AWS_IAM)', async () => {
    const resourcePolicy = document(allow({ Principal: { AWS: ALICE } }));
    expect(await sentences({ resourcePolicy, request: { principal: ALICE } })).toEqual([
      `the caller is seen as \`${ALICE}\`, an IAM user, by the endpoint policy alone`,
      "the API sees an anonymous caller: the method's authorization type is NONE, and only AWS_IAM tells an API who signed",
      FULL,
      'the resource policy of the request does not allow the call: its one Allow statement does not apply',
      'nearest is `/Statement/0`, but for its Principal: the caller is anonymous, and only `*` names an anonymous caller',
      `the call is denied: User: anonymous is not authorized to perform: execute-api:Invoke on resource: ${MASKED} because no resource-based policy allows the execute-api:Invoke action`,
    ]);
  });

  it('User: anonymous … because no resource-based policy allows (the stage in another case)', async () => {
    const resourcePolicy = document(allow({ Resource: `${API}/Prod/GET/*` }), allow({ Resource: `${API}/test/*` }));
    expect(await sentences({ resourcePolicy, request: { principal: 'anonymous' } })).toEqual([
      ANONYMOUS,
      FULL,
      'the resource policy of the request does not allow the call: none of its 2 Allow statements applies',
      `nearest is \`/Statement/0\`, but for its Resource: no entry covers the ARN: \`${API}/Prod/GET/*\` has \`Prod\` where the ARN has \`prod\`, at character 55: letter case counts`,
      `the call is denied: User: anonymous is not authorized to perform: execute-api:Invoke on resource: ${MASKED} because no resource-based policy allows the execute-api:Invoke action`,
    ]);
  });

  it('User: anonymous … with an explicit deny in a resource-based policy (a key that is absent)', async () => {
    expect(
      await sentences({ resourcePolicy: document(allow(), OUR_VPC), request: { principal: 'anonymous' } }),
    ).toEqual([
      ANONYMOUS,
      FULL,
      'the resource policy of the request denies the call explicitly, by `/Statement/1` (`OnlyOurVpc`)',
      '`/Statement/1` (`OnlyOurVpc`) applies because `aws:SourceVpc` is absent from the request, and a negated operator is true of an absent key',
      'a Deny reads `aws:SourceVpc`, which the request lacks: `/Statement/1` (`OnlyOurVpc`) of the resource policy of the request',
      `the call is denied: User: anonymous is not authorized to perform: execute-api:Invoke on resource: ${MASKED} with an explicit deny in a resource-based policy`,
    ]);
  });

  it('User: <caller arn> … because no identity-based policy allows (another account)', async () => {
    const body = {
      authorizationType: 'AWS_IAM',
      resourcePolicy: document(allow({ Principal: { AWS: '999988887777' } })),
      identityPolicies: [identity(allow({ Resource: `${API}/test/*` }))],
      request: { principal: BOB },
    };
    expect(await sentences(body)).toEqual([
      `the caller is seen as \`${BOB}\`, an IAM user, of the account 999988887777; the API belongs to 123412341234, so both accounts have to allow the call`,
      FULL,
      'the resource policy of the request allows the call, by `/Statement/0`',
      'the identity policy 0 of the request does not allow the call: its one Allow statement does not apply',
      `nearest is \`/Statement/0\`, but for its Resource: no entry covers the ARN: \`${API}/test/*\` has \`test\` where the ARN has \`prod\`, at character 55`,
      `the call is denied: User: ${BOB} is not authorized to perform: execute-api:Invoke on resource: ${MASKED} because no identity-based policy allows the execute-api:Invoke action`,
    ]);
  });

  it('User: <caller arn> … because no identity-based policy allows (an account is named, which only delegates)', async () => {
    const body = {
      authorizationType: 'AWS_IAM',
      resourcePolicy: document(allow({ Principal: { AWS: '123412341234' } })),
      request: { principal: ALICE },
    };
    expect(await sentences(body)).toEqual([
      `the caller is seen as \`${ALICE}\`, an IAM user`,
      FULL,
      'the resource policy of the request allows the call, by `/Statement/0`',
      "it names the account 123412341234 only, which leaves the decision to the caller's identity policies",
      "the caller's identity policies were not given (`identityPolicies`): that is judged as having none",
      `the call is denied: User: ${ALICE} is not authorized to perform: execute-api:Invoke on resource: ${MASKED} because no identity-based policy allows the execute-api:Invoke action`,
    ]);
  });

  it('User is not authorized to access this resource (a policy of the Lambda authorizer, made for another method)', async () => {
    const body = {
      authorizationType: 'CUSTOM',
      resourcePolicy: document(allow({ Resource: `${API}/test/*` })),
      authorizerPolicy: identity(allow({ Resource: `${API}/prod/GET/orders` })),
      request: { principal: 'anonymous' },
    };
    expect(await sentences(body)).toEqual([
      ANONYMOUS,
      FULL,
      'the resource policy of the request does not allow the call: its one Allow statement does not apply',
      `nearest is \`/Statement/0\`, but for its Resource: no entry covers the ARN: \`${API}/test/*\` has \`test\` where the ARN has \`prod\`, at character 55`,
      'the policy of the Lambda authorizer of the request does not allow the call: its one Allow statement does not apply',
      `nearest is \`/Statement/0\`, but for its Resource: no entry covers the ARN: \`${API}/prod/GET/orders\` has \`orders\` where the ARN has \`pets\`, at character 64`,
      'the call is denied: User is not authorized to access this resource because no identity-based policy allows the execute-api:Invoke action',
    ]);
  });

  it('… because no VPC endpoint policy allows (and the layers behind it)', async () => {
    const body = {
      authorizationType: 'AWS_IAM',
      endpointPolicy: document(allow({ Sid: 'OneUser', Principal: { AWS: 'arn:aws:iam::123412341234:user/MyUser' } })),
      resourcePolicy: document(allow(), OUR_VPC),
      identityPolicies: [identity(allow())],
      request: { principal: ALICE, context: { 'aws:SourceVpc': 'vpc-2' } },
    };
    expect(await sentences(body)).toEqual([
      `the caller is seen as \`${ALICE}\`, an IAM user`,
      'the endpoint policy of the request does not allow the call: its one Allow statement does not apply',
      `nearest is \`/Statement/0\` (\`OneUser\`), but for its Principal: the caller \`${ALICE}\` is not named: \`arn:aws:iam::123412341234:user/MyUser\` has \`MyUser\` where the caller has \`alice\`, at character 32`,
      'the call did not get to the resource policy of the request, which denies the call explicitly, by `/Statement/1` (`OnlyOurVpc`)',
      '`/Statement/1` (`OnlyOurVpc`) applies because `aws:SourceVpc` holds `vpc-2`, which is not `vpc-1a2b3c4d`, so the negated operator matches',
      'the call did not get to the identity policy 0 of the request, which would allow it',
      `the call is denied: User: ${ALICE} is not authorized to perform: execute-api:Invoke on resource: ${MASKED} because no VPC endpoint policy allows the execute-api:Invoke action`,
    ]);
  });

  it('Missing Authentication Token (an unsigned call of an AWS_IAM method)', async () => {
    const body = {
      authorizationType: 'AWS_IAM',
      resourcePolicy: document(allow()),
      request: { principal: 'anonymous' },
    };
    expect(await sentences(body)).toEqual([
      ANONYMOUS,
      FULL,
      "the method's authorization type is AWS_IAM, which answers an unsigned call with 403 `Missing Authentication Token` before any other policy is asked",
      'the call is denied: Missing Authentication Token',
    ]);
  });
});

describe('a summary', () => {
  it('names each key that a Deny reads and the request lacks, also in variables, also where the Deny does not apply', async () => {
    const body = {
      authorizationType: 'NONE',
      endpointPolicy: document(
        allow(),
        allow({ Effect: 'Deny', Resource: `${API}/*/\${aws:PrincipalTag/team}/*` }),
        allow({ Effect: 'Deny', Condition: { StringEquals: { 'aws:Referer': '${aws:UserAgent}' } } }),
      ),
      resourcePolicy: document(
        allow(),
        allow({ Effect: 'Deny', Condition: { StringEquals: { 'AWS:username': 'x', 'aws:referer': 'y' } } }),
      ),
      request: { principal: ALICE },
    };
    const { decision, summary } = await explained({
      ...body,
      request: { ...body.request, resource: `${API}/prod/GET/pets` },
    });
    expect(decision).toBe('Allow');
    expect(summary.filter((sentence) => sentence.startsWith('a Deny reads'))).toEqual([
      'a Deny reads `aws:principaltag/team`, which the request lacks: `/Statement/1` of the endpoint policy of the request',
      'a Deny reads `aws:Referer`, which the request lacks: `/Statement/2` of the endpoint policy of the request, `/Statement/1` of the resource policy of the request',
      'a Deny reads `aws:UserAgent`, which the request lacks: `/Statement/2` of the endpoint policy of the request',
      'a Deny reads `AWS:username`, which no anonymous call has: `/Statement/1` of the resource policy of the request',
    ]);
  });

  it.each([
    [
      'CUSTOM',
      undefined,
      'the Lambda authorizer has not vouched for the caller: `authorizerResult` is absent, so the method answers 401',
    ],
    [
      'CUSTOM',
      'Unauthorized',
      'the Lambda authorizer has not vouched for the caller: `authorizerResult` is `Unauthorized`, so the method answers 401',
    ],
    [
      'COGNITO_USER_POOLS',
      'Unauthenticated',
      'the user pool has not authenticated the caller: `authorizerResult` is `Unauthenticated`, so the method answers 401',
    ],
  ])('tells what the authorizer of a %s method answered: %s', async (authorizationType, authorizerResult, sentence) => {
    const body = {
      authorizationType,
      authorizerResult,
      resourcePolicy: document(allow()),
      request: { principal: 'anonymous' },
    };
    expect(await sentences(body)).toContain(sentence);
  });

  it('says that a private API needs a resource policy', async () => {
    expect(await sentences({ request: { principal: 'anonymous' } })).toContain(
      'the API has no resource policy: a private API without one denies every call',
    );
  });
});
