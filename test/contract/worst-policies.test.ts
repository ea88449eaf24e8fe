import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api, arn, call, endpoint, policy, statement, stored } from './postern.js';
import { goesOn, type Timed, timed } from './timed.js';

let server: Timed;

beforeAll(async () => {
  server = await timed();
});

afterAll(() => goesOn(server));

describe('the worst legal policies are stored and judged within 10 ms', { timeout: 20_000 }, () => {
  const LONG = arn(`p/GET/${'a'.repeat(1600 - arn('p/GET/').length)}`, 'hostile');
  const ANY_API = 'arn:aws:execute-api:*:*:*';
  /** As many of a unit as the policy's limit takes. */
  const many = (unit: string, size: number) => unit.repeat(Math.floor(size / unit.length));
  const distinct = (count: number, one: (n: number) => string) => Array.from({ length: count }, (_, n) => one(n));
  const like = (values: string[]) => ({ StringLike: { 'x:long': values } });
  const worst: [string, 'endpoint' | 'resource', object, object][] = [
    ['4,000 a*', 'resource', policy(statement({ Resource: ANY_API + many('a*', 8000) })), {}],
    ['9,000 a* at the endpoint', 'endpoint', policy(statement({ Resource: ANY_API + many('a*', 20_000) })), {}],
    ['4,000 a*, then b', 'resource', policy(statement({ Resource: `${ANY_API}${many('a*', 7900)}b` })), {}],
    ['one *a…ab', 'resource', policy(statement({ Resource: `${ANY_API}${'a'.repeat(750)}b` })), {}],
    [
      '24 times *a…ab at the endpoint',
      'endpoint',
      policy(statement({ Resource: distinct(24, (n) => `${ANY_API}${'a'.repeat(760 - n)}b`) })),
      {},
    ],
    [
      '9 times *a…ab*a…ab',
      'resource',
      policy(statement({ Resource: distinct(9, (n) => `${ANY_API}${'a'.repeat(400)}*${'a'.repeat(400 - n)}b`) })),
      {},
    ],
    [
      '60 times *a…ab at the endpoint',
      'endpoint',
      policy(statement({ Resource: distinct(60, (n) => `${ANY_API}${'a'.repeat(290 - n)}b`) })),
      {},
    ],
    [
      '300 statements of *a…ab',
      'endpoint',
      policy(
        ...distinct(120, (n) => `${ANY_API}${'a'.repeat(70)}${n}b`).map((Resource) =>
          statement({ Resource, Action: '*' }),
        ),
      ),
      {},
    ],
    ['a question mark each', 'resource', policy(statement({ Resource: `${ANY_API}${many('?*', 7900)}b` })), {}],
    ['400 short *…b', 'resource', policy(statement({ Resource: distinct(200, (n) => `${ANY_API}a*${n}b`) })), {}],
    [
      'StringLike of many stars against 4,096 characters',
      'resource',
      policy(statement({ Condition: like([`${many('*a', 7900)}b`]) })),
      { 'x:long': 'a'.repeat(4096) },
    ],
    [
      'StringLike list of *a…ab against 4,096 characters',
      'endpoint',
      policy(statement({ Condition: like(distinct(40, (n) => `*${'a'.repeat(480 - n)}b`)) })),
      { 'x:long': 'a'.repeat(4096) },
    ],
    [
      'StringLike of 2,000 short values',
      'endpoint',
      policy(statement({ Condition: like(distinct(1900, (n) => `*${n}b`)) })),
      { 'x:long': 'a'.repeat(4096) },
    ],
    [
      'a set operator over 100 long values',
      'endpoint',
      policy(
        statement({
          Condition: { 'ForAnyValue:StringLike': { 'x:long': distinct(40, (n) => `*${'a'.repeat(480 - n)}b`) } },
        }),
      ),
      { 'x:long': distinct(100, (n) => 'a'.repeat(4096 - n)) },
    ],
    // `?` after a run: what looks for runs of ordinary characters only is quadratic here.
    [
      'StringLike list of *a…a?b against 4,096 characters',
      'endpoint',
      policy(statement({ Condition: like(distinct(40, (n) => `*${'a'.repeat(470 - n)}?b`)) })),
      { 'x:long': 'a'.repeat(4096) },
    ],
    [
      'StringLike list of *a…a?b* against 4,096 characters',
      'endpoint',
      policy(statement({ Condition: like(distinct(40, (n) => `*${'a'.repeat(470 - n)}?b*`)) })),
      { 'x:long': 'a'.repeat(4096) },
    ],
    [
      'one StringLike of *a…a?b* against 4,096 characters',
      'resource',
      policy(statement({ Condition: like([`*${'a'.repeat(2000)}?b*`]) })),
      { 'x:long': 'a'.repeat(4096) },
    ],
    [
      'a Resource list of *a…a?b*',
      'endpoint',
      policy(statement({ Resource: distinct(24, (n) => `${ANY_API}${'a'.repeat(760 - n)}?b*`) })),
      {},
    ],
    // As much as may be looked for in sets, in values in which all of it is found but the last character.
    [
      'a set operator over 50 long values, *a…a?b*',
      'endpoint',
      policy(
        statement({
          Condition: { 'ForAnyValue:StringLike': { 'x:long': distinct(4, (n) => `*${'a'.repeat(120 - n)}?b*`) } },
        }),
      ),
      { 'x:long': distinct(50, (n) => 'a'.repeat(4096 - n)) },
    ],
    [
      'a variable of 4,096 characters many times',
      'resource',
      policy(statement({ Condition: { StringLike: { 'x:long': distinct(200, (n) => `*\${x:other}*${n}b`) } } })),
      { 'x:long': 'a'.repeat(4096), 'x:other': 'a'.repeat(4096) },
    ],
    [
      'one Resource of 400 variables',
      'resource',
      policy(statement({ Resource: `${ANY_API}${many('${x:other}*', 7800)}b` })),
      { 'x:other': 'a'.repeat(4096) },
    ],
  ];

  it.each(worst)('%s', async (_, kind, document, context) => {
    await stored(server.served, `policies/${kind}/worst`, { document });
    await stored(server.served, 'endpoints/vpce-worst', endpoint({ policy: kind === 'endpoint' ? 'worst' : null }));
    await stored(server.served, 'apis/hostile', api({ policy: kind === 'resource' ? 'worst' : 'open' }));
    const body = JSON.stringify(call({ endpoint: 'vpce-worst', resource: LONG, context }));
    const answer = await server.quickest('POST', '/v1/decisions', body, 10);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    expect(answer.time).toBeLessThan(10);
  });
});

it('a policy whose patterns would take longer with a set is refused', async () => {
  const patterns = Array.from({ length: 40 }, (_, n) => `*${'a'.repeat(470 - n)}?b`);
  const document = policy(statement({ Condition: { 'ForAnyValue:StringLike': { 'x:long': patterns } } }));
  const answer = await server.served.http.put('/v1/policies/endpoint/refused').send({ document });
  expect(answer.status).toBe(422);
  expect(answer.body.errors).toMatchObject([{ code: 'too-complex' }]);
});
