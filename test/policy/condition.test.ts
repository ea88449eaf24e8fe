import { describe, expect, it } from 'vitest';
import { parseOperator } from '../../src/policy/condition.js';
import { operators } from '../../src/policy/operators.js';
import { matches, type Question } from './ask.js';

type Context = Question['context'];
const KEY = 'acme:key';

/** Whether one operator on one key holds. */
const holds = (operator: string, values: unknown, context: Context, Effect = 'Allow'): boolean =>
  matches({ Effect, Condition: { [operator]: { [KEY]: values } } }, { context });
const given = (operator: string, values: unknown, value: unknown, Effect?: string): boolean =>
  holds(operator, values, { [KEY]: value }, Effect);

/** Per operator: a policy value, request values that it takes, others, and some that it cannot read. */
type Example = [operator: string, policy: unknown, taken: unknown[], others: unknown[], unread?: unknown[]];
const examples: Example[] = [
  ['StringEquals', 'a*B', ['a*B'], ['A*b', 'aXB', 'a*B ', '']],
  ['StringEqualsIgnoreCase', 'ÄpFel', ['äPFEL', 'äpfel'], ['apfel', 'äpfel ']],
  ['StringLike', 'a*/?', ['a/x', 'abc/d:e/f', 'a:/\n'], ['A/x', 'a/', 'ax']],
  ['NumericEquals', '10', ['10.0', 10, '+10', '010'], [11, '-10'], ['ten', '', '1e1', true]],
  ['NumericLessThan', 10, ['9.99', -20], [10, '10.0', 11], ['nine']],
  ['NumericLessThanEquals', '10', [10, '9'], ['10.01'], ['nine']],
  ['NumericGreaterThan', 10, ['10.01', 100], [10, 9], ['eleven']],
  ['NumericGreaterThanEquals', '10.0', [10, '11'], ['9.99'], ['eleven']],
  ['DateEquals', '2024-06-01', ['2024-06-01T02:00+02:00', 1717200000, '2024-06'], ['2024-06-02'], ['June', '']],
  ['DateLessThan', '2024-06-01T00:00:00Z', ['2024', '2024-06-01T00:00:00+00:01'], ['2024-06-01', '2025'], ['June']],
  ['DateLessThanEquals', '2024-06-01', ['2024-06-01', 1717200000], [1717200001], ['June']],
  ['DateGreaterThan', 1717200000, ['2024-06-01T00:00:00.001Z'], ['2024-06-01', '2024'], ['June']],
  ['DateGreaterThanEquals', '2024-06', ['2024-06', '2024-06-02'], ['2024-05-31T23:59:59Z'], ['June']],
  ['Bool', 'true', ['true', true], ['false', false], ['yes', '', 1]],
  ['BinaryEquals', 'QQ==', ['QQ==', 'QR=='], ['Qg==', ''], ['QQ', '!!!']],
  ['IpAddress', '10.0.0.0/8', ['10.255.0.1'], ['11.0.0.1', '::1', '::ffff:10.0.0.1'], ['10.0.0.0/8', 'ten', '']],
  [
    'ArnLike',
    'arn:aws:iam::123412341234:user/*',
    ['arn:aws:iam::123412341234:user/a:b'],
    ['arn:aws:iam::123412341235:user/a'],
    ['user/a', '', 'arn:aws:iam'],
  ],
  [
    'ArnEquals',
    'arn:*:i?m::*:role/x',
    ['arn:aws-cn:iam::1:role/x', 'arn:aws:iim:::role/x'],
    ['arn:aws:iam::1:ROLE/x', 'arn:aws:iam:eu:1:role/x'],
    ['role/x'],
  ],
];
const negations: Readonly<Record<string, string>> = {
  StringEquals: 'StringNotEquals',
  StringEqualsIgnoreCase: 'StringNotEqualsIgnoreCase',
  StringLike: 'StringNotLike',
  NumericEquals: 'NumericNotEquals',
  DateEquals: 'DateNotEquals',
  IpAddress: 'NotIpAddress',
  ArnLike: 'ArnNotLike',
  ArnEquals: 'ArnNotEquals',
};
const positive = examples.map(([operator]) => operator);
const negated = Object.values(negations);

describe('operators', () => {
  it('are those of the table, and each is tried here', () => {
    expect([...operators.keys()].sort()).toEqual([...positive, ...negated].sort());
  });

  it.each<Example>(examples)('%s %j', (operator, policy, taken, others, unread = []) => {
    const not = negations[operator];
    for (const [values, expected] of [
      [taken, true],
      [others, false],
      [unread, false],
    ] as const) {
      for (const value of values) {
        expect(given(operator, policy, value), `${operator} ${value}`).toBe(expected);
        expect(given(`${operator}IfExists`, policy, value), `${operator}IfExists ${value}`).toBe(expected);
        // A value that cannot be read is false for a positive operator, true for a negated one (reading U15).
        if (not !== undefined) expect(given(not, policy, value), `${not} ${value}`).toBe(!expected);
      }
    }
  });

  it.each([
    '',
    'stringequals',
    'NullIfExists',
    'ForAnyValue:NullIfExists',
    'IfExists',
    'ForAllValues:',
    'Not',
    'constructor',
    'StringEqualsIfExistsIfExists',
  ])('%j is none', (text) => {
    expect(parseOperator(text)).toBeUndefined();
  });

  it('numbers may be JSON literals, however small or large', () => {
    expect(given('NumericLessThan', 0.0000001, '0.00000005')).toBe(true);
    expect(given('NumericEquals', '0.0000001', 0.0000001)).toBe(true);
    expect(given('NumericGreaterThan', 5, 1e21)).toBe(true);
  });

  it('ArnLike globs part by part, StringLike the whole text', () => {
    const [pattern, arn] = ['arn:aws:*:user/a', 'arn:aws:iam::123412341234:user/a'];
    expect(given('StringLike', pattern, arn)).toBe(true);
    expect(given('ArnLike', 'arn:aws:*:*:user/a:*', arn)).toBe(false);
    expect(given('ArnLike', 'arn:*:*:*:*:*', arn)).toBe(true);
    expect(given('ArnLike', 'arn:aws:iam:*:123412341234:user/a', arn)).toBe(true);
    expect(given('ArnLike', 'arn:aws:iam:?:123412341234:user/a', arn)).toBe(false);
    expect(given('ArnLike', 'arn:aws:s3:::a:*:c', 'arn:aws:s3:::a:x:y:c')).toBe(true);
  });
});

describe('a key that is absent', () => {
  it.each<Example>(examples)('%s', (operator, policy) => {
    const not = negations[operator];
    expect(holds(operator, policy, {})).toBe(false);
    expect(holds(`${operator}IfExists`, policy, {})).toBe(true);
    for (const each of not === undefined ? [operator] : [operator, not]) {
      expect(holds(`ForAllValues:${each}`, policy, {}), each).toBe(true);
      expect(holds(`ForAllValues:${each}IfExists`, policy, {}), each).toBe(true);
      expect(holds(`ForAnyValue:${each}`, policy, {}), each).toBe(false);
      // Reading U9.
      expect(holds(`ForAnyValue:${each}IfExists`, policy, {}), each).toBe(true);
    }
    if (not !== undefined) expect([holds(not, policy, {}), holds(`${not}IfExists`, policy, {})]).toEqual([true, true]);
  });

  it('makes a Deny with a negated operator fire, IfExists or not', () => {
    for (const operator of negated) {
      const policy = examples.find(([name]) => negations[name] === operator)?.[1];
      expect(holds(operator, policy, {}, 'Deny')).toBe(true);
      expect(holds(`${operator}IfExists`, policy, {}, 'Deny')).toBe(true);
    }
  });

  it('Null tells it from a present one; an empty text is present, an empty set is not', () => {
    const contexts: readonly [Context, absent: boolean][] = [
      [{}, true],
      [{ [KEY]: [] }, true],
      [{ [KEY]: 'x' }, false],
      [{ [KEY]: '' }, false],
      [{ [KEY]: ['x'] }, false],
      [{ [KEY]: false }, false],
    ];
    for (const [context, absent] of contexts) {
      for (const value of [true, 'true']) expect(holds('Null', value, context)).toBe(absent);
      for (const value of [false, 'false']) expect(holds('Null', value, context)).toBe(!absent);
      expect(holds('ForAllValues:Null', 'true', context)).toBe(true);
      expect(holds('ForAllValues:Null', 'false', context)).toBe(true);
      expect(holds('ForAnyValue:Null', 'true', context)).toBe(false);
      expect(holds('ForAnyValue:Null', 'false', context)).toBe(false);
    }
  });

  it('Null: false turns IfExists back into a demand', () => {
    const Condition = { StringEqualsIfExists: { [KEY]: 'x' }, Null: { [KEY]: 'false' } };
    expect([{}, { [KEY]: 'x' }, { [KEY]: 'y' }].map((context) => matches({ Condition }, { context }))).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('Bool misses it in a Deny, BoolIfExists does not', () => {
    const denies = (operator: string, context: Context): boolean =>
      matches({ Effect: 'Deny', Condition: { [operator]: { 'aws:MultiFactorAuthPresent': 'false' } } }, { context });
    expect(denies('Bool', {})).toBe(false);
    expect(denies('BoolIfExists', {})).toBe(true);
    expect(denies('BoolIfExists', { 'aws:MultiFactorAuthPresent': true })).toBe(false);
  });
});

describe('lists', () => {
  it('of values: OR for positive operators, NOR for negated ones', () => {
    expect(['a', 'b', 'c'].map((value) => given('StringEquals', ['a', 'b'], value))).toEqual([true, true, false]);
    expect(['a', 'b', 'c'].map((value) => given('StringNotEquals', ['a', 'b'], value))).toEqual([false, false, true]);
  });

  it('of keys and of operators: AND, also for negated ones', () => {
    const context = { 'acme:a': '1', 'acme:b': '2' };
    const test = (Condition: unknown): boolean => matches({ Condition }, { context });
    expect(test({ StringEquals: { 'acme:a': '1', 'acme:b': '2' } })).toBe(true);
    expect(test({ StringEquals: { 'acme:a': '1', 'acme:b': '3' } })).toBe(false);
    expect(test({ StringEquals: { 'acme:a': '1' }, StringLike: { 'acme:b': '3' } })).toBe(false);
    expect(test({ StringNotEquals: { 'acme:a': 'x', 'acme:b': '2' } })).toBe(false);
    expect(test({ StringNotEquals: { 'acme:a': 'x', 'acme:b': 'y' } })).toBe(true);
    expect([test({}), test({ StringEquals: {} }), test({ Bool: {}, StringEquals: {} })]).toEqual([true, true, true]);
  });

  it('names of keys compare without case, the tag of a tag key too', () => {
    const Condition = { StringEquals: { 'AWS:principaltag/TEAM': 'blue' } };
    expect(matches({ Condition }, { context: { 'aws:PrincipalTag/Team': 'blue' } })).toBe(true);
    expect(matches({ Condition }, { context: { 'aws:PrincipalTag/Team': 'Blue' } })).toBe(false);
  });
});

describe('set operators', () => {
  const listed = ['a', 'b'];
  const sets = { all: ['a', 'b'], some: ['a', 'x'], none: ['x', 'y'], one: ['a'], empty: [] };
  it.each([
    ['ForAllValues:StringEquals', { all: true, some: false, none: false, one: true, empty: true }],
    ['ForAllValues:StringNotEquals', { all: false, some: false, none: true, one: false, empty: true }],
    ['ForAnyValue:StringEquals', { all: true, some: true, none: false, one: true, empty: false }],
    ['ForAnyValue:StringNotEquals', { all: false, some: true, none: true, one: false, empty: false }],
    ['ForAllValues:StringEqualsIfExists', { all: true, some: false, none: false, one: true, empty: true }],
    ['ForAllValues:StringNotEqualsIfExists', { all: false, some: false, none: true, one: false, empty: true }],
    ['ForAnyValue:StringEqualsIfExists', { all: true, some: true, none: false, one: true, empty: true }],
    ['ForAnyValue:StringNotEqualsIfExists', { all: false, some: true, none: true, one: false, empty: true }],
  ] as const)('%s', (operator, expected) => {
    for (const [name, set] of Object.entries(sets)) {
      for (const effect of ['Allow', 'Deny']) {
        expect(given(operator, listed, set, effect), `${effect} ${name}`).toBe(expected[name as keyof typeof sets]);
      }
    }
    // A single value is a set of one.
    expect(given(operator, listed, 'a')).toBe(expected.one);
    expect(given(operator, listed, 'x')).toBe(given(operator, listed, ['x']));
  });

  it('ForAllValues:StringNotLike takes what is not listed and an absent key (reading U17)', () => {
    const denied = (context: Context): boolean => holds('ForAllValues:StringNotLike', ['o-1/*'], context, 'Deny');
    expect([denied({ [KEY]: ['o-1/x'] }), denied({ [KEY]: ['o-2/x'] }), denied({})]).toEqual([false, true, true]);
  });

  it('a set under an operator without one: a Deny matches, an Allow does not (reading U10)', () => {
    for (const operator of ['StringEquals', 'StringNotEquals', 'StringLike', 'StringEqualsIfExists', 'Bool']) {
      for (const set of [['true'], ['x', 'y']]) {
        expect(given(operator, 'true', set, 'Allow'), `${operator} ${set}`).toBe(false);
        expect(given(operator, 'true', set, 'Deny'), `${operator} ${set}`).toBe(true);
      }
    }
  });
});
