import { describe, expect, it } from 'vitest';
import type { Remedy } from '../../src/decision/remedies.js';
import { patched } from '../decision/apply.js';
import { open, type Records, remediesOf, served, summaries } from './carried-out.js';
import { allowAll, api, arn, call, endpoint, identity, policy, SESSION, silent, statement, USER } from './postern.js';

describe('a call that does not get as far as a policy', () => {
  it('through an endpoint that is not stored', async () => {
    const answer = await remediesOf(open, call({ endpoint: 'vpce-1a2b3c4e' }));
    expect(answer.reason).toBe('UNKNOWN_ENDPOINT');
    expect(answer.summary).toEqual([
      `the caller is seen as \`${USER}\`, an IAM user`,
      'no endpoint `vpce-1a2b3c4e` is stored, so neither its VPC nor its policy is known',
      'no policy was asked',
      'the call is denied: Forbidden: the endpoint `vpce-1a2b3c4e` is not known',
    ]);
    expect(summaries(answer)).toEqual(['send the call through the endpoint `vpce-1a2b3c4d`']);
  });

  it.each([
    ['an id that is not stored', arn('prod/GET/pets', 'a1b2c3d4e6')],
    ['another region', arn().replace('us-east-1', 'us-east-2')],
    ['another account', arn().replace('123412341234', '123412341235')],
    ['another partition', arn().replace('arn:aws:', 'arn:aws-cn:')],
  ])('of an API by %s', async (_, resource) => {
    const answer = await remediesOf(open, call({ resource }));
    expect(answer.reason).toBe('UNKNOWN_API');
    expect(summaries(answer)[0]).toBe(`call \`${arn()}\``);
  });

  it('from another region', async () => {
    const answer = await remediesOf(
      { ...open, 'endpoints/vpce-west': endpoint({ region: 'us-west-2' }) },
      call({ endpoint: 'vpce-west' }),
    );
    expect(answer.summary).toContain(
      'the ARN names another API than the one stored: the endpoint is in `us-west-2` and leads to APIs of that region only',
    );
    expect(summaries(answer)).toEqual([
      'send the call through the endpoint `vpce-1a2b3c4d`',
      'widens: correct the region of the endpoint `vpce-west` to `us-east-1`',
    ]);
  });

  it('of an API that is not private', async () => {
    const answer = await remediesOf(
      { ...open, 'apis/a1b2c3d4e5': api({ policy: 'open', endpointType: 'REGIONAL' }) },
      call(),
    );
    expect(answer.summary[1]).toBe(
      'the API `a1b2c3d4e5` is REGIONAL, and only private APIs are reached through a VPC endpoint',
    );
    expect(summaries(answer)).toEqual([
      'widens: make the API `a1b2c3d4e5` private: only a private API is reached through an endpoint',
    ]);
  });

  const methods = [
    { stage: 'prod', httpMethod: 'GET', path: '/pets', authorizationType: 'NONE' },
    { stage: 'prod', httpMethod: 'GET', path: '/orders/{id}', authorizationType: 'AWS_IAM' },
    { httpMethod: 'ANY', path: '/{proxy+}', authorizationType: 'NONE' },
  ];
  const withMethods = { ...open, 'apis/a1b2c3d4e5': api({ policy: 'open', methods }) };

  it('of a method that the API does not have: Missing Authentication Token', async () => {
    const answer = await remediesOf(withMethods, call({ resource: arn('prod/POST/pets') }));
    expect(answer.summary).toEqual([
      `the caller is seen as \`${USER}\`, an IAM user`,
      'the API `a1b2c3d4e5` has no method POST for this path in stage `prod`: AWS answers `Missing Authentication Token`, as to an unsigned call of an AWS_IAM method',
      'no policy was asked',
      'the call is denied: Missing Authentication Token: the API `a1b2c3d4e5` has no method POST for this stage and path',
    ]);
    expect(summaries(answer)).toEqual([
      'widens: add to the API `a1b2c3d4e5` a method POST `/pets` with authorization type NONE',
      'widens: add to the API `a1b2c3d4e5` a method POST `/pets` with authorization type AWS_IAM',
    ]);
  });

  it('of a path with an empty segment', async () => {
    expect(summaries(await remediesOf(withMethods, call({ resource: arn('prod/GET//pets') })))).toEqual([
      'call `a1b2c3d4e5/prod/GET/pets`, which the API has a method for',
    ]);
  });
});

describe('what is stored', () => {
  const deny = statement({
    Effect: 'Deny',
    Sid: 'OnlyOurVpc',
    Condition: { StringNotEquals: { 'aws:SourceVpc': 'vpc-1a2b3c4d' } },
  });
  const guarded: Records = {
    ...open,
    'policies/resource/guarded': { document: policy(statement(), deny) },
    'endpoints/vpce-9': endpoint({ vpcId: 'vpc-9' }),
    'apis/a1b2c3d4e5': api({ policy: 'guarded' }),
    'apis/f6g7h8i9j0': api({ policy: 'guarded' }),
  };

  it('names another endpoint, of the VPC that is asked for; a shared policy tells what else it guards', async () => {
    const answer = await remediesOf(guarded, call({ endpoint: 'vpce-9' }));
    expect(answer.summary).toEqual([
      `the caller is seen as \`${USER}\`, an IAM user, by the endpoint policy alone`,
      "the API sees an anonymous caller: the method's authorization type is NONE, and only AWS_IAM tells an API who signed",
      "the endpoint has AWS's default policy, full access: it allows the call",
      'the resource policy `guarded` (version 1) denies the call explicitly, by `/Statement/1` (`OnlyOurVpc`)',
      '`/Statement/1` (`OnlyOurVpc`) applies because `aws:SourceVpc` holds `vpc-9`, which is not `vpc-1a2b3c4d`, so the negated operator matches',
      expect.stringMatching(
        /^the call is denied: User: anonymous is not authorized .* with an explicit deny in a resource-based policy$/,
      ),
    ]);
    expect(summaries(answer).slice(0, 2)).toEqual([
      'send the call through the endpoint `vpce-1a2b3c4d`',
      'widens: add `vpc-9` to the `StringNotEquals` of `aws:SourceVpc` of `/Statement/1` (`OnlyOurVpc`) of the resource policy `guarded` (version 1) (the policy is attached to `f6g7h8i9j0`, too)',
    ]);
    expect(answer.remedies[1]!.changes).toEqual([
      {
        target: 'policy',
        layer: 'resource',
        name: 'guarded',
        version: 1,
        patch: [
          {
            op: 'replace',
            path: '/Statement/1/Condition/StringNotEquals/aws:SourceVpc',
            value: ['vpc-1a2b3c4d', 'vpc-9'],
          },
        ],
      },
    ]);
  });

  it('lacks a resource policy: one is written, and attached', async () => {
    const bare = { ...open, 'policies/resource/a1b2c3d4e5-access': { document: allowAll }, 'apis/a1b2c3d4e5': api() };
    const answer = await remediesOf(bare, call());
    expect(answer.reason).toBe('NO_RESOURCE_POLICY');
    expect(answer.remedies).toMatchObject([
      {
        widens: true,
        changes: [
          {
            target: 'policy',
            layer: 'resource',
            name: 'a1b2c3d4e5-access-2',
            version: null,
            patch: [{ op: 'add', path: '' }],
          },
          {
            target: 'api',
            name: 'a1b2c3d4e5',
            patch: [{ op: 'replace', path: '/policy', value: 'a1b2c3d4e5-access-2' }],
          },
        ],
      },
    ]);
  });

  it('may be a key of a record', async () => {
    const condition = { StringNotEquals: { 'aws:ResourceOrgID': 'o-1' } };
    const records = {
      ...open,
      'policies/endpoint/org': { document: policy(statement(), statement({ Effect: 'Deny', Condition: condition })) },
      'endpoints/vpce-1a2b3c4d': endpoint({ policy: 'org' }),
      'apis/a1b2c3d4e5': api({ policy: 'open', context: { 'aws:ResourceOrgID': 'o-2' } }),
    };
    const { remedies } = await remediesOf(records, call());
    expect(remedies).toContainEqual({
      summary: 'let the record state the call with `o-1` as `aws:ResourceOrgID`',
      widens: true,
      changes: [
        {
          target: 'api',
          name: 'a1b2c3d4e5',
          patch: [{ op: 'replace', path: '/context/aws:ResourceOrgID', value: 'o-1' }],
        },
      ],
    });
  });

  it('may be a method’s type, in the place where the call finds it', async () => {
    const methods = [
      { httpMethod: 'GET', path: '/{proxy+}', authorizationType: 'NONE' },
      { httpMethod: 'GET', path: '/pets', authorizationType: 'AWS_IAM' },
    ];
    const records = { ...open, 'apis/a1b2c3d4e5': api({ policy: 'open', methods }) };
    const { remedies } = await remediesOf(records, call({ principal: 'anonymous' }));
    expect(remedies.at(-1)!.changes).toEqual([
      {
        target: 'api',
        name: 'a1b2c3d4e5',
        patch: [{ op: 'replace', path: '/methods/1/authorizationType', value: 'NONE' }],
      },
    ]);
  });

  const closed = policy(statement({ Resource: 'arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/test/*' }));
  const byIam: Records = {
    ...open,
    'policies/resource/closed': { document: closed },
    'policies/identity/denying': { document: identity.deny },
    'policies/identity/allowing': { document: identity.allow },
    'apis/a1b2c3d4e5': api({ policy: 'closed', authorizationType: 'AWS_IAM' }),
  };

  it('may be an older version of an identity policy: then the call names the newest', async () => {
    const made = { ...byIam, 'policies/identity/denying': { document: identity.deny } };
    const { remedies } = await remediesOf(made, call({ identityPolicies: ['allowing', 'denying@1'] }));
    expect(remedies.length).toBeGreaterThan(0);
    expect(remedies[0]!.changes).toMatchObject([
      { target: 'policy', layer: 'identity', name: 'denying', version: 1, index: 1 },
      { target: 'request', patch: [{ op: 'replace', path: '/identityPolicies/1', value: 'denying' }] },
    ]);
  });

  it('may be one policy in two layers', async () => {
    const { remedies } = await remediesOf(
      byIam,
      call({ principal: SESSION, identityPolicies: ['denying'], permissionsBoundary: 'denying' }),
    );
    expect(remedies.length).toBeGreaterThan(0);
  });

  it('may have to be told of the caller', async () => {
    const settings = { POSTERN_REQUIRE_IDENTITY_POLICIES: 'true' };
    const answer = await remediesOf(byIam, call(), settings);
    expect(answer.reason).toBe('IDENTITY_POLICIES_MISSING');
    expect(answer.summary).toContain(
      "the caller's identity policies were not given (`identityPolicies`): this service is set to require them",
    );
    expect(answer.remedies[0]).toMatchObject({
      widens: false,
      changes: [{ target: 'request', patch: [{ path: '/identityPolicies' }] }],
    });
  });
});

describe('an authorizer that nobody has spoken for, and a resource policy that is silent', () => {
  const records = {
    'policies/resource/silent': { document: silent },
    'endpoints/vpce-1a2b3c4d': endpoint(),
    'apis/a1b2c3d4e5': api({ policy: 'silent', authorizationType: 'CUSTOM' }),
  };

  it.each([{}, { authorizerResult: 'Unauthorized' }, { authorizerPolicy: identity.deny }])(
    'answers once in each remedy, and no two remedies come to the same: %j',
    async (changed) => {
      const postern = await served(records);
      const asked = call(changed);
      const { remedies } = (await postern.post('/v1/decisions/explain', asked)).body as { remedies: Remedy[] };
      const ends = [];
      for (const { summary, changes } of remedies) {
        expect((summary.match(/Lambda authorizer answer/g) ?? []).length, summary).toBeLessThan(2);
        const paths = changes.flatMap(({ target, patch }) => patch.map(({ path }) => `${target} ${path}`));
        expect(new Set(paths).size, JSON.stringify(paths)).toBe(paths.length);
        const request = changes.reduce<object>(
          (body, { target, patch }) => (target === 'request' ? (patched(body, patch) as object) : body),
          asked,
        );
        ends.push(JSON.stringify([request, changes.filter(({ target }) => target !== 'request')]));
      }
      expect(remedies[0]?.summary).toBe('have the Lambda authorizer answer `Allow`');
      expect(new Set(ends).size).toBe(ends.length);
    },
  );
});
