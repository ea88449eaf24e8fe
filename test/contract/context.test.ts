import { beforeAll, describe, expect, it } from 'vitest';
import {
  arn,
  call,
  faults,
  faultsOf,
  type Postern,
  policy,
  postern,
  ready,
  statement,
  USER,
  verdict,
} from './postern.js';

let served: Postern;

beforeAll(async () => {
  served = await ready();
});

const ask = (context: unknown) => served.post('/v1/decisions', call({ context }));
const status = async (context: object) => (await ask(context)).status;
const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`x:k${n}`, 'v']));

describe('a context', () => {
  it('has at most 100 keys', async () => {
    expect(await status(keys(100))).toBe(200);
    expect(faultsOf(await ask(keys(101)))).toEqual(faults(400, '/context'));
  });

  it('has keys of at most 256 characters', async () => {
    expect(await status({ [`x:${'k'.repeat(254)}`]: 'v' })).toBe(200);
    expect(await status({ [`x:${'😀'.repeat(254)}`]: 'v' })).toBe(200);
    for (const long of [`x:${'k'.repeat(255)}`, `x:${'😀'.repeat(255)}`]) {
      expect(faultsOf(await ask({ [long]: 'v' }))).toEqual(faults(400, `/context/${long}`));
    }
  });

  it.each(['x', ':x', 'x:', '', ' x:y', 'toString', '__proto__'])('refuses the key "%s"', async (key) => {
    const body = JSON.stringify(call({ context: {} })).replace(
      '"context":{}',
      `"context":{${JSON.stringify(key)}:"v"}`,
    );
    expect((await served.http.post('/v1/decisions').type('json').send(body)).status).toBe(400);
  });

  it('has texts of at most 4096 characters', async () => {
    expect(await status({ 'x:y': 'v'.repeat(4096) })).toBe(200);
    expect(faultsOf(await ask({ 'x:y': 'v'.repeat(4097) }))).toEqual(faults(400, '/context/x:y'));
    const list = await ask({ 'x:y': ['v', 'v'.repeat(4097)] });
    expect(list.status).toBe(400);
    expect(faultsOf(list).pointers![0]).toMatch(/^\/context\/x:y/);
  });

  it('has lists of at most 100', async () => {
    expect(await status({ 'aws:TagKeys': Array.from({ length: 100 }, (_, n) => `${n}`) })).toBe(200);
    const list = Array.from({ length: 101 }, (_, n) => `${n}`);
    expect(faultsOf(await ask({ 'aws:TagKeys': list }))).toEqual(faults(400, '/context/aws:TagKeys'));
  });

  it('takes texts, numbers, Booleans, lists and the empty ones', async () => {
    const context = { 'x:a': '', 'x:b': 0, 'x:c': -1.5, 'x:d': false, 'x:e': [], 'x:f': ['a', 'b'] };
    expect(await status(context)).toBe(200);
  });

  it.each([null, {}, [null], [{}], [['a']]])('refuses the value %j', async (value) => {
    const answer = await ask({ 'x:y': value });
    expect(answer.status).toBe(400);
    expect(faultsOf(answer).pointers![0]).toMatch(/^\/context\/x:y/);
  });

  it.each([null, [], 'x', 1])('is no %j', async (context) => {
    expect(faultsOf(await ask(context))).toEqual(faults(400, '/context'));
  });

  it('refuses two keys that differ only in case', async () => {
    expect(await status({ 'x:Y': 'a', 'X:y': 'a' })).toBe(400);
    expect(await status({ 'aws:PrincipalTag/Team': 'a', 'aws:PrincipalTag/team': 'a' })).toBe(400);
  });

  it('refuses a list for a key that AWS documents as single-valued', async () => {
    for (const key of [
      'aws:VpcSourceIp',
      'aws:PrincipalTag/team',
      'aws:PrincipalOrgID',
      'aws:UserAgent',
      'AWS:USERAGENT',
    ]) {
      expect(await status({ [key]: ['10.0.0.1'] }), key).toBe(400);
    }
  });

  it('refuses a value that cannot be of the type of its key', async () => {
    for (const [key, value] of [
      ['aws:VpcSourceIp', '10.0.0.256'],
      ['aws:VpcSourceIp', ''],
      ['aws:SourceIp', 'localhost'],
      ['aws:vpcsourceip', true],
      ['aws:TokenIssueTime', 'yesterday'],
      ['aws:MultiFactorAuthPresent', 'maybe'],
      ['aws:MultiFactorAuthAge', 'old'],
      ['aws:PrincipalOrgPaths', [5, null]],
    ] as const) {
      const answer = await ask({ [key]: value });
      expect(answer.status, key).toBe(400);
      expect(faultsOf(answer).pointers![0], key).toMatch(new RegExp(`^/context/${key}`));
    }
  });

  it('takes those that can', async () => {
    for (const [key, value] of [
      ['aws:VpcSourceIp', '2001:db8::1'],
      ['aws:TokenIssueTime', '2026-01-01T00:00:00Z'],
      ['aws:TokenIssueTime', 1767225600],
      ['aws:MultiFactorAuthPresent', 'true'],
      ['aws:MultiFactorAuthAge', '3600'],
      ['aws:MultiFactorAuthAge', 3600],
    ] as const) {
      expect(await status({ [key]: value }), key).toBe(200);
    }
  });
});

describe('a scalar for a multi-valued key', () => {
  it('is a set of one', async () => {
    const any = await postern();
    const document = policy(statement({ Condition: { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['a', 'b'] } } }));
    const simulate = async (value: unknown) =>
      verdict(
        await any.post('/v1/simulations', {
          scope: 'endpoint',
          endpointPolicy: document,
          request: { principal: USER, resource: arn(), context: { 'aws:TagKeys': value } },
        }),
      );
    expect(await simulate('a')).toBe('Allow ALLOWED null');
    expect(await simulate(['z', 'b'])).toBe('Allow ALLOWED null');
    expect(await simulate('z')).toBe('Deny IMPLICIT_DENY endpoint');
  });
});
