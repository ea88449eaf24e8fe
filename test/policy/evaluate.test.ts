import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { API, ask, matches, PETS } from './ask.js';

/** Properties are slow on a machine that others use. */
vi.setConfig({ testTimeout: 60_000 });

describe('actions', () => {
  it.each([
    ['*', 'execute-api:Invoke', true],
    ['*:*', 's3:GetObject', true],
    ['execute-api:Invoke', 'execute-api:Invoke', true],
    ['execute-api:Invoke', 'EXECUTE-API:INVOKE', true],
    ['Execute-API:invoke', 'execute-api:Invoke', true],
    ['execute-api:*', 'execute-api:ManageConnections', true],
    ['execute-api:*', 's3:GetObject', false],
    ['execute-api:Inv*', 'execute-api:InvalidateCache', true],
    ['execute-api:INV*', 'execute-api:Invoke', true],
    ['execute-api:Invok?', 'execute-api:Invoke', true],
    ['execute-api:Invoke?', 'execute-api:Invoke', false],
    ['execute-api:*s', 'execute-api:Invoke', false],
    ['s3:*', 'execute-api:Invoke', false],
    ['execute-api:Invok', 'execute-api:Invoke', false],
  ])('%s for %s: %s', (pattern, action, expected) => {
    expect(matches({ Action: pattern }, { action })).toBe(expected);
    expect(matches({ Action: ['iam:CreateUser', pattern] }, { action })).toBe(expected);
    expect(matches({ Action: undefined, NotAction: [pattern] }, { action })).toBe(!expected);
    expect(matches({ Action: undefined, NotAction: [pattern, 'iam:CreateUser'] }, { action })).toBe(!expected);
  });
});

describe('a statement applies only if all of its parts match', () => {
  const statement = {
    Principal: { AWS: '123412341234' },
    Action: 'execute-api:Invoke',
    Resource: `${API}/prod/*`,
    Condition: { StringEquals: { 'acme:x': 'y' } },
  };
  const question = {
    principal: 'arn:aws:iam::123412341234:user/alice',
    action: 'execute-api:Invoke',
    resource: PETS,
    context: { 'acme:x': 'y' },
  };
  it.each([
    ['all match', {}, true],
    ['another principal', { principal: 'arn:aws:iam::999988887777:user/alice' }, false],
    ['another action', { action: 'execute-api:ManageConnections' }, false],
    ['another resource', { resource: `${API}/test/GET/pets` }, false],
    ['another context', { context: { 'acme:x': 'z' } }, false],
  ])('%s', (_, change, expected) => {
    expect(matches(statement, { ...question, ...change })).toBe(expected);
    expect(matches({ ...statement, Effect: 'Deny' }, { ...question, ...change })).toBe(expected);
  });
});

describe('what determines an outcome', () => {
  const allow = (Sid: string, Action = '*') => ({ Sid, Effect: 'Allow', Principal: '*', Action, Resource: '*' });
  const deny = (Sid: string) => ({ ...allow(Sid), Effect: 'Deny' });
  const determining = (Statement: unknown) => {
    const { outcome, determining } = ask('endpoint', { Statement }, {});
    return [outcome, ...determining.map(({ pointer, sid }) => `${pointer} ${sid}`)];
  };

  it('the first matching Allow, all matching Denies, or nothing', () => {
    expect(determining([allow('a', 's3:*'), allow('b'), allow('c')])).toEqual(['allow', '/Statement/1 b']);
    expect(determining([allow('a'), deny('b'), allow('c'), deny('d')])).toEqual([
      'explicitDeny',
      '/Statement/1 b',
      '/Statement/3 d',
    ]);
    expect(determining([allow('a', 's3:*')])).toEqual(['implicitDeny']);
    expect(determining(allow('a'))).toEqual(['allow', '/Statement a']);
  });

  it('in a long policy too, each statement once', () => {
    const filler = Array.from({ length: 30 }, (_, at) => ({
      ...allow(`f${at}`),
      Resource: `${API}/none${at}/GET/pets`,
    }));
    const twice = { ...deny('d'), Resource: [`${API}/prod/GET/*`, PETS, `${API}/prod/*`, '*'] };
    const [later, first] = [
      { ...allow('later'), Resource: '*' },
      { ...allow('first'), Resource: PETS },
    ];
    expect(determining([...filler, twice, deny('e')])).toEqual(['explicitDeny', '/Statement/30 d', '/Statement/31 e']);
    expect(determining([...filler, first, later])).toEqual(['allow', '/Statement/30 first']);
    expect(determining([later, ...filler, first])).toEqual(['allow', '/Statement/0 later']);
  });
});

/** More statements than are gone through one by one; patterns whose literal parts stand in unusual places. */
describe('a long policy', () => {
  const part = fc.constantFrom(
    'a',
    'b',
    'ab',
    '*',
    'a*',
    '*b',
    '?',
    'a?',
    '??',
    '',
    '${acme:x}',
    'a${acme:x}',
    "${acme:none, 'b/a'}",
  );
  const path = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'));
  const resource = fc.oneof(
    { weight: 4, arbitrary: path.map((tail) => `${API}/${tail}`) },
    { weight: 2, arbitrary: path.filter((tail) => tail !== '').map((tail) => `execute-api:/${tail}`) },
    { weight: 1, arbitrary: path.map((tail) => `arn:aws:execute-api:us-*:*:a1b2c3d4e5/${tail}`) },
    {
      weight: 1,
      arbitrary: path.filter((tail) => !tail.includes('$')).map((tail) => `arn:aws:execute-api:*/${tail}*`),
    },
  );
  const statement = fc
    .tuple(fc.constantFrom('Allow', 'Deny'), fc.boolean(), fc.array(resource, { minLength: 1, maxLength: 3 }))
    .map(([Effect, not, list]) => ({ Effect, Principal: '*', Action: '*', [not ? 'NotResource' : 'Resource']: list }));
  const asked = fc.record({
    resource: fc
      .array(fc.constantFrom('a', 'b', 'ab', 'ba', '', 'aa', 'c'), { minLength: 1, maxLength: 6 })
      .map((parts) => `${API}/${parts.join('/')}`),
    context: fc.record({ 'acme:x': fc.constantFrom('a', 'b/a', '', '*') }, { requiredKeys: [] }),
  });

  it('says what its statements say one by one', () => {
    const drawn = fc.tuple(fc.array(statement, { minLength: 9, maxLength: 16 }), asked);
    const Version = '2012-10-17';
    let met = 0;
    fc.assert(
      fc.property(drawn, ([statements, question]) => {
        const single = statements.map((one) => ask('resource', { Version, Statement: one }, question).outcome);
        const places = (outcome: string) =>
          single.flatMap((each, at) => (each === outcome ? [`/Statement/${at}`] : []));
        const [denies, allows] = [places('explicitDeny'), places('allow')];
        if (denies.length + allows.length > 0) met++;
        const all = ask('resource', { Version, Statement: statements }, question);
        expect(all.determining.map(({ pointer }) => pointer)).toEqual(denies.length > 0 ? denies : allows.slice(0, 1));
      }),
      { numRuns: 500 },
    );
    expect(met).toBeGreaterThan(100);
  });
});
