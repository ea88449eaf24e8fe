import { describe, expect, it } from 'vitest';
import { API, matches, type Question } from './ask.js';

const alice = {
  'aws:username': 'alice',
  'aws:PrincipalTag/team': 'blue',
  'aws:PrincipalTag/empty': '',
  'aws:PrincipalTag/star': 'a*',
};

/** Whether a Resource entry that ends in `tail` matches a path. */
const resource = (tail: string, path: string, context: Question['context'] = alice, version?: string | null): boolean =>
  matches({ Resource: `${API}/prod/GET/${tail}` }, { resource: `${API}/prod/GET/${path}`, context }, version);

/** Whether a value of a condition on the user agent holds. */
const condition = (
  operator: string,
  value: unknown,
  agent: string,
  context: Question['context'] = alice,
  version?: string | null,
): boolean =>
  matches(
    { Condition: { [operator]: { 'aws:UserAgent': value } } },
    { context: { ...context, 'aws:UserAgent': agent } },
    version,
  );

describe('a variable stands for what the request holds', () => {
  it.each([
    ['${aws:username}', 'alice', true],
    ['${aws:username}', 'bob', false],
    ['${AWS:USERNAME}', 'alice', true],
    ['${aws:PrincipalTag/TEAM}/${aws:username}', 'blue/alice', true],
    ['x${aws:username}y', 'xalicey', true],
    ['${aws:username}*', 'alice/7', true],
    ['${aws:PrincipalTag/empty}', '', true],
    ["${aws:PrincipalTag/empty, 'x'}", '', true],
    ["${aws:PrincipalTag/none, 'x'}", 'x', true],
    ["${aws:PrincipalTag/none, ''}", '', true],
    ["${aws:username, 'x'}", 'x', false],
    ["${aws:PrincipalTag/none, 'a}b${c'}", 'a}b${c', true],
    ['${aws:PrincipalTag/none}', '', false],
    ['${aws:PrincipalTag/none}*', 'anything', false],
    ['$connect', '$connect', true],
    ['$', '$', true],
    ['$$${aws:username}', '$$alice', true],
    ['{aws:username}', '{aws:username}', true],
  ])('Resource …/%s for …/%s: %s', (tail, path, expected) => {
    expect(resource(tail, path)).toBe(expected);
    expect(condition('StringLike', tail, path)).toBe(expected);
  });
});

describe('what is put in is plain text', () => {
  it.each([
    ['${aws:PrincipalTag/star}', 'a*', true],
    ['${aws:PrincipalTag/star}', 'ab', false],
    ["${aws:PrincipalTag/none, '*'}", 'ab', false],
    ["${aws:PrincipalTag/none, '*'}", '*', true],
    ['${*}', '*', true],
    ['${*}', 'x', false],
    ['${?}', '?', true],
    ['${?}', 'x', false],
    ['${$}{aws:username}', '${aws:username}', true],
    ['${$}{aws:username}', '$alice', false],
    ['a${*}b*', 'a*bc', true],
    ['a${*}b*', 'axbc', false],
  ])('%s for %s: %s', (tail, path, expected) => {
    expect(resource(tail, path)).toBe(expected);
    expect(condition('StringLike', tail, path)).toBe(expected);
  });

  it('also when the value looks like a variable', () => {
    expect(resource('${aws:username}', '${aws:userid}', { 'aws:username': '${aws:userid}', 'aws:userid': 'x' })).toBe(
      true,
    );
    expect(resource('${aws:username}', 'x', { 'aws:username': '${aws:userid}', 'aws:userid': 'x' })).toBe(false);
  });
});

describe.each(['2008-10-17', null])('in a policy of version %s', (version) => {
  it('a variable is text, and a star in braces a wildcard where wildcards count (reading U19)', () => {
    expect(resource('${aws:username}', '${aws:username}', alice, version)).toBe(true);
    expect(resource('${aws:username}', 'alice', alice, version)).toBe(false);
    expect(resource('${*}', '${anything}', alice, version)).toBe(true);
    expect(resource('${*}', '*', alice, version)).toBe(false);
    expect(condition('StringLike', '${?}', '${x}', alice, version)).toBe(true);
    expect(condition('StringEquals', '${*}', '${*}', alice, version)).toBe(true);
  });
});

describe('a variable without a value', () => {
  const none = '${aws:PrincipalTag/none}';

  it('in a condition: positive operators fail, negated ones hold', () => {
    for (const operator of ['StringEquals', 'StringEqualsIgnoreCase', 'StringLike']) {
      expect(condition(operator, none, 'x'), operator).toBe(false);
      expect(condition(`${operator}IfExists`, none, 'x'), operator).toBe(false);
    }
    for (const operator of ['StringNotEquals', 'StringNotEqualsIgnoreCase', 'StringNotLike']) {
      expect(condition(operator, none, 'x'), operator).toBe(true);
    }
    const arn = { 'aws:SourceArn': 'arn:aws:iam::123412341234:user/x' };
    const arnTest = (operator: string) =>
      matches(
        { Condition: { [operator]: { 'aws:SourceArn': `arn:aws:iam::123412341234:user/${none}` } } },
        { context: arn },
      );
    expect(['ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike'].map(arnTest)).toEqual([false, false, true, true]);
  });

  it('makes only its own value of a list fail (reading U11)', () => {
    expect(condition('StringEquals', [none, 'x'], 'x')).toBe(true);
    expect(condition('StringNotEquals', [none, 'x'], 'x')).toBe(false);
    expect(condition('StringNotEquals', [none, 'x'], 'y')).toBe(true);
  });

  it('in Resource makes the entry match nothing, not its neighbours', () => {
    const Resource = [`${API}/prod/GET/${none}`, `${API}/prod/GET/pets`];
    expect(matches({ Resource }, { resource: `${API}/prod/GET/pets` })).toBe(true);
    expect(matches({ Resource }, { resource: `${API}/prod/GET/` })).toBe(false);
  });

  it('in NotResource: a Deny applies all the same, an Allow does not (reading U12)', () => {
    const NotResource = [`${API}/prod/GET/${none}`, `${API}/prod/GET/public/*`];
    const says = (Effect: string, path: string): boolean =>
      matches({ Effect, Resource: undefined, NotResource }, { resource: `${API}/prod/GET/${path}` });
    expect(says('Deny', 'pets')).toBe(true);
    expect(says('Deny', 'public/x')).toBe(false);
    expect(says('Allow', 'pets')).toBe(false);
    expect(says('Allow', 'public/x')).toBe(false);
  });
});

describe('keys that hold sets', () => {
  it('have no value as variables', () => {
    expect(resource('${acme:set}', 'a', { 'acme:set': ['a'] })).toBe(false);
    expect(resource('${aws:CalledVia}', 'a', { 'aws:CalledVia': 'a' })).toBe(false);
    expect(resource('${acme:set}', 'a', { 'acme:set': 'a' })).toBe(true);
  });
});

describe('values that are numbers or Booleans', () => {
  it('are put in as JSON writes them', () => {
    expect(resource('${acme:n}/${acme:flag}', '5/true', { 'acme:n': 5, 'acme:flag': true })).toBe(true);
  });
});

describe('the case of text that is put in', () => {
  it('follows the operator', () => {
    expect(condition('StringEquals', '${aws:username}', 'ALICE')).toBe(false);
    expect(condition('StringEqualsIgnoreCase', 'x-${aws:username}', 'X-ALICE')).toBe(true);
    expect(condition('StringNotEqualsIgnoreCase', '${aws:username}', 'ALICE')).toBe(false);
    // Lower case is longer than upper case here.
    expect(condition('StringEqualsIgnoreCase', '${aws:username}', 'İ', { 'aws:username': 'İ' })).toBe(true);
  });
});

describe('a text longer than any ARN', () => {
  it('matches no resource, whatever its wildcards', () => {
    const context = { 'aws:username': 'a'.repeat(4000) };
    expect(resource('${aws:username}', 'a', context)).toBe(false);
    const denied = matches(
      { Effect: 'Deny', Resource: undefined, NotResource: `${API}/*/\${aws:username}` },
      { context },
    );
    expect(denied).toBe(true);
  });
});
