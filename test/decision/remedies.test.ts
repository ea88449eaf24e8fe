import { describe, expect, it } from 'vitest';
import type { Remedy } from '../../src/decision/remedies.js';
import { type Asked, keepsItsWord } from './keeps-its-word.js';
import { largest } from './largest.js';
import { explained } from './simulate.js';

const API = 'arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5';
const PETS = `${API}/prod/GET/pets`;
const ALICE = 'arn:aws:iam::123412341234:user/alice';
const BOB = 'arn:aws:iam::999988887777:user/bob';
const allow = (more: object = {}) => ({
  Effect: 'Allow',
  Principal: '*',
  Action: 'execute-api:Invoke',
  Resource: `${API}/*`,
  ...more,
});
const deny = (more: object = {}) => allow({ Effect: 'Deny', ...more });
const identity = ({ Principal: _, ...statement }: ReturnType<typeof allow>) => ({
  Version: '2012-10-17',
  Statement: [statement],
});
const document = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });

async function remediesOf(body: object, principal = ALICE, more: object = {}) {
  const asked = { ...body, request: { principal, resource: PETS, ...more } } as Asked;
  const { decision, remedies } = await explained(asked);
  expect(decision).toBe('Deny');
  await keepsItsWord(asked, remedies);
  return remedies;
}

const summaries = (remedies: readonly Remedy[]) =>
  remedies.map(({ summary, widens }) => `${widens ? 'widens: ' : ''}${summary}`);

describe('a silent layer', () => {
  it('gets a statement for exactly this caller, action and ARN, or an entry more', async () => {
    const remedies = await remediesOf({
      scope: 'endpoint',
      endpointPolicy: document(allow({ Resource: `${API}/Prod/*` })),
    });
    expect(summaries(remedies)).toEqual([
      'add to the endpoint policy of the request a statement that allows this caller exactly this action on this ARN',
      'widens: add this ARN to the Resource of `/Statement/0` in the endpoint policy of the request',
    ]);
    expect(remedies.map(({ changes }) => changes)).toEqual([
      [
        {
          target: 'policy',
          layer: 'endpoint',
          name: null,
          version: null,
          patch: [
            {
              op: 'add',
              path: '/Statement/-',
              value: { Effect: 'Allow', Principal: { AWS: ALICE }, Action: 'execute-api:Invoke', Resource: PETS },
            },
          ],
        },
      ],
      [
        {
          target: 'policy',
          layer: 'endpoint',
          name: null,
          version: null,
          patch: [{ op: 'replace', path: '/Statement/0/Resource', value: [`${API}/Prod/*`, PETS] }],
        },
      ],
    ]);
  });

  it('does not widen where a statement speaks of nobody and nothing else', async () => {
    const Principal = { AWS: [ALICE] };
    const endpointPolicy = document(allow({ Principal, Resource: [`${API}/prod/GET/dogs`] }));
    const [, second] = await remediesOf({ scope: 'endpoint', endpointPolicy });
    expect(second).toMatchObject({
      widens: false,
      changes: [{ patch: [{ op: 'add', path: '/Statement/0/Resource/-', value: PETS }] }],
    });
  });

  it.each([
    [
      'arn:aws:sts::123412341234:assumed-role/app/s1',
      { AWS: 'arn:aws:sts::123412341234:assumed-role/app/s1' },
      undefined,
      false,
    ],
    ['arn:aws:iam::123412341234:role/app', { AWS: 'arn:aws:iam::123412341234:role/app' }, undefined, true],
    [
      'arn:aws:iam::123412341234:root',
      { AWS: 'arn:aws:iam::123412341234:root' },
      { ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::123412341234:root' } },
      false,
    ],
    ['lambda.amazonaws.com', { Service: 'lambda.amazonaws.com' }, undefined, false],
    ['anonymous', '*', { Null: { 'aws:PrincipalIsAWSService': 'true' } }, false],
  ])('names %s alone, or says that it cannot', async (principal, Principal, Condition, widens) => {
    const endpointPolicy = document(allow({ Resource: `${API}/test/*` }));
    const [first] = await remediesOf({ scope: 'endpoint', endpointPolicy }, principal);
    const value = {
      Effect: 'Allow',
      Principal,
      Action: 'execute-api:Invoke',
      Resource: PETS,
      ...(Condition && { Condition }),
    };
    expect(first).toMatchObject({ widens, changes: [{ patch: [{ value }] }] });
  });

  it('escapes what would be a wildcard, and says where it cannot', async () => {
    const resource = `${API}/prod/GET/a*b\${c`;
    const policy = (Version?: string) => ({ Version, Statement: [allow({ Resource: `${API}/test/*` })] });
    const [exact] = await remediesOf({ scope: 'endpoint', endpointPolicy: policy('2012-10-17') }, ALICE, { resource });
    expect(exact).toMatchObject({
      widens: false,
      changes: [{ patch: [{ value: { Resource: `${API}/prod/GET/a\${*}b\${$}{c` } }] }],
    });
    const [loose] = await remediesOf({ scope: 'endpoint', endpointPolicy: policy('2008-10-17') }, ALICE, { resource });
    expect(loose).toMatchObject({ widens: true, changes: [{ patch: [{ value: { Resource: resource } }] }] });
  });

  it('may be one of two that say it: the caller’s own side, or the API’s', async () => {
    const body = {
      authorizationType: 'AWS_IAM',
      resourcePolicy: document(allow({ Resource: `${API}/test/*` })),
      identityPolicies: [],
    };
    expect(summaries(await remediesOf(body))).toEqual([
      'give the caller an identity policy that allows exactly this action on this ARN',
      'add to the resource policy of the request a statement that allows this caller exactly this action on this ARN',
      'widens: add this ARN to the Resource of `/Statement/0` in the resource policy of the request',
    ]);
  });

  it('takes another value of the request where that is all it asks for', async () => {
    const Condition = {
      IpAddress: { 'aws:VpcSourceIp': '10.1.0.0/16' },
      StringEquals: { 'aws:PrincipalTag/team': ['blue', 'red'] },
    };
    const remedies = await remediesOf({ scope: 'endpoint', endpointPolicy: document(allow({ Condition })) }, ALICE, {
      context: { 'aws:VpcSourceIp': '10.2.0.1' },
    });
    expect(remedies[0]).toEqual({
      summary: 'send the call with `10.1.0.0` as `aws:VpcSourceIp` and with `blue` as `aws:PrincipalTag/team`',
      widens: false,
      changes: [
        {
          target: 'request',
          patch: [
            { op: 'replace', path: '/context/aws:VpcSourceIp', value: '10.1.0.0' },
            { op: 'add', path: '/context/aws:PrincipalTag~1team', value: 'blue' },
          ],
        },
      ],
    });
  });

  it('takes whoever it names', async () => {
    const endpointPolicy = document(allow({ Principal: { AWS: 'arn:aws:iam::123412341234:user/MyUser' } }));
    const remedies = await remediesOf({ scope: 'endpoint', endpointPolicy }, 'anonymous');
    expect(summaries(remedies)).toContain('sign the call as `arn:aws:iam::123412341234:user/MyUser`');
  });
});

describe('a Deny', () => {
  it('lets through exactly this caller, action and ARN where it can be cut so', async () => {
    const Condition = { StringNotEquals: { 'aws:SourceVpc': 'vpc-1' } };
    const endpointPolicy = document(allow(), deny({ Sid: 'Guard', Action: 'execute-api:*', Resource: '*', Condition }));
    const remedies = await remediesOf({ scope: 'endpoint', endpointPolicy });
    expect(summaries(remedies)).toEqual([
      'send the call with `vpc-1` as `aws:SourceVpc`',
      'let `/Statement/1` (`Guard`) of the endpoint policy of the request deny all that it denied but this caller exactly this action on this ARN',
      'widens: except this caller from `/Statement/1` (`Guard`) of the endpoint policy of the request',
      'widens: except this ARN from `/Statement/1` (`Guard`) of the endpoint policy of the request',
    ]);
    const it = { ArnEquals: { 'aws:PrincipalArn': ALICE } };
    expect(remedies[1]!.changes[0]!.patch).toEqual([
      { op: 'add', path: '/Statement/1/Condition/ArnNotEquals', value: { 'aws:PrincipalArn': ALICE } },
      {
        op: 'add',
        path: '/Statement/-',
        value: {
          Effect: 'Deny',
          Principal: '*',
          NotAction: 'execute-api:Invoke',
          Resource: '*',
          Condition: { ...Condition, ...it },
        },
      },
      {
        op: 'add',
        path: '/Statement/-',
        value: {
          Effect: 'Deny',
          Principal: '*',
          Action: 'execute-api:Invoke',
          NotResource: PETS,
          Condition: { ...Condition, ...it },
        },
      },
    ]);
  });

  it('goes where it spoke of that alone', async () => {
    const exactly = { Principal: { AWS: ALICE }, Resource: PETS };
    const endpointPolicy = document(
      allow(),
      deny(exactly),
      deny({ ...exactly, Resource: [PETS, `${API}/prod/GET/dogs`] }),
    );
    const [first] = await remediesOf({ scope: 'endpoint', endpointPolicy });
    expect(first).toMatchObject({
      widens: false,
      changes: [
        {
          patch: [
            { op: 'remove', path: '/Statement/2/Resource/0' },
            { op: 'remove', path: '/Statement/1' },
          ],
        },
      ],
    });
  });

  it('takes the value of the request into its list, as several endpoints must stand in one', async () => {
    const Condition = { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } };
    const body = { resourcePolicy: document(allow(), deny({ Condition })) };
    const remedies = await remediesOf(body, 'anonymous', { context: { 'aws:SourceVpce': 'vpce-2' } });
    expect(summaries(remedies)).toContain(
      'widens: add `vpce-2` to the `StringNotEquals` of `aws:SourceVpce` of `/Statement/1` of the resource policy of the request',
    );
  });

  it('with NotPrincipal lists the levels that are missing', async () => {
    const endpointPolicy = document(allow(), deny({ Principal: undefined, NotPrincipal: { AWS: ALICE } }));
    const remedies = await remediesOf({
      scope: 'endpoint',
      endpointPolicy: JSON.parse(JSON.stringify(endpointPolicy)),
    });
    expect(remedies.find(({ summary }) => summary.includes('NotPrincipal'))).toMatchObject({
      widens: true,
      changes: [
        { patch: [{ path: '/Statement/1/NotPrincipal/AWS', value: [ALICE, 'arn:aws:iam::123412341234:root'] }] },
      ],
    });
  });

  it('is removed only where nothing else helps', async () => {
    const body = {
      authorizationType: 'CUSTOM',
      authorizerResult: 'Allow',
      resourcePolicy: document(allow(), deny({ Resource: `${API}/prod/*` })),
    };
    expect(summaries(await remediesOf(body, 'anonymous'))).toEqual([
      'widens: remove `/Statement/1` of the resource policy of the request',
    ]);
  });

  it('that is alone in its policy leaves what the call needs', async () => {
    const body = { endpointPolicy: { Statement: deny() }, resourcePolicy: document(allow()) };
    const remedies = await remediesOf(body, ALICE);
    expect(remedies.length).toBeGreaterThan(0);
  });
});

describe('several layers that deny', () => {
  const body = {
    authorizationType: 'AWS_IAM',
    endpointPolicy: document(allow(), deny({ Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } } })),
    resourcePolicy: document(allow({ Principal: { AWS: 'arn:aws:iam::999988887777:user/carol' } })),
    identityPolicies: [identity(allow({ Resource: `${API}/test/*` })), identity(deny({ Resource: PETS }))],
    permissionsBoundary: identity(allow({ Resource: `${API}/test/*` })),
  };

  it('are covered by one remedy', async () => {
    const [first] = await remediesOf(body, BOB);
    expect(summaries([first!])).toEqual([
      [
        'send the call with `o-1` as `aws:PrincipalOrgID`',
        'let `/Statement/0` of the identity policy 1 of the request deny all that it denied but this caller exactly this action on this ARN',
        'add to the identity policy 0 of the request a statement that allows this caller exactly this action on this ARN',
        'add to the permissions boundary of the request a statement that allows this caller exactly this action on this ARN',
        'add to the resource policy of the request a statement that allows this caller exactly this action on this ARN',
      ].join('; and '),
    ]);
    expect(first!.changes.map(({ target, layer, index }) => [target, layer, index])).toEqual([
      ['request', undefined, undefined],
      ['policy', 'identity', 1],
      ['policy', 'identity', 0],
      ['policy', 'boundary', undefined],
      ['policy', 'resource', undefined],
    ]);
  });

  it('need no step that a later one makes needless', async () => {
    const needless = {
      authorizationType: 'AWS_IAM',
      endpointPolicy: document(allow({ Principal: { AWS: 'arn:aws:iam::123412341234:user/MyUser' } })),
      resourcePolicy: document(allow({ Principal: { AWS: 'arn:aws:iam::123412341234:user/MyUser' } })),
    };
    for (const { changes } of await remediesOf(needless)) {
      const calls = changes.some(({ target }) => target === 'request');
      expect(calls && changes.length > 1 && changes.some(({ layer }) => layer === 'endpoint')).toBe(false);
    }
  });
});

describe('a call that nobody has vouched for', () => {
  it('is signed, or needs a method that takes it', async () => {
    const remedies = await remediesOf({ authorizationType: 'AWS_IAM', resourcePolicy: document(allow()) }, 'anonymous');
    expect(summaries(remedies)).toEqual([
      'sign the call with credentials of the account 123412341234, such as those of `arn:aws:iam::123412341234:user/caller`',
      'widens: set the authorization type of the method to NONE: AWS_IAM cannot work with an anonymous caller',
    ]);
    expect(remedies[1]!.changes).toEqual([
      { target: 'api', name: null, patch: [{ op: 'replace', path: '/authorizationType', value: 'NONE' }] },
    ]);
  });

  it.each([
    ['CUSTOM', 'Unauthorized', 'have the Lambda authorizer answer `Silent`'],
    ['COGNITO_USER_POOLS', 'Unauthenticated', 'send the call with a token that the user pool authenticates'],
  ])('of a %s method that answered %s', async (authorizationType, authorizerResult, summary) => {
    const remedies = await remediesOf(
      { authorizationType, authorizerResult, resourcePolicy: document(allow()) },
      'anonymous',
    );
    expect(summaries(remedies)).toContain(`widens: ${summary}`);
  });

  it('gets an authorization type that tells the API who signed', async () => {
    const remedies = await remediesOf({ resourcePolicy: document(allow({ Principal: { AWS: ALICE } })) });
    expect(summaries(remedies)).toContain(
      'widens: set the authorization type of the method to AWS_IAM: only AWS_IAM tells the API who signed, NONE does not',
    );
  });
});

it('an API without a resource policy gets one', async () => {
  const [only, ...more] = await remediesOf({}, 'anonymous');
  expect(more).toEqual([]);
  expect(only).toMatchObject({
    widens: true,
    changes: [{ target: 'api', name: null, patch: [{ op: 'add', path: '/resourcePolicy' }] }],
  });
});

describe('the largest legal policies', () => {
  /** Milliseconds of CPU, the least of some: other work on the machine only adds. */
  async function cost(body: object): Promise<number> {
    let least = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 8; round++) {
      const before = process.cpuUsage();
      await explained(body);
      const { user, system } = process.cpuUsage(before);
      least = Math.min(least, (user + system) / 1000);
    }
    return least;
  }

  it.each(Object.entries(largest))('cost at most 50 ms: %s', { timeout: 60_000 }, async (_, body) => {
    // Generous: a busy machine counts, too. `npm run bench -- --only explaining` measures.
    expect(await cost(body)).toBeLessThan(100);
  });

  it('say when they take no more', async () => {
    const Resource = Array.from({ length: 100 }, (_, at) => `${API}/test/GET/${at}${'x'.repeat(130)}`);
    const full = document(allow({ Resource: Resource.slice(0, 39) }));
    const body = {
      authorizationType: 'NONE',
      resourcePolicy: full,
      request: { principal: 'anonymous', resource: `${PETS}/${'y'.repeat(900)}` },
    };
    const { remedies, summary } = await explained(body);
    expect(remedies).toEqual([]);
    expect(summary.at(-1)).toBe(
      'no small change was found that would allow the call: the resource policy of the request would grow beyond the quota',
    );
  });
});
