import { describe, expect, it } from 'vitest';
import { allow, deny, type Json, places, ROLE, when } from './lint-cases.js';

describe('conditions contradict each other', () => {
  const contradictory = (Condition: Json, effect = allow) =>
    places('contradictory-conditions', effect(when(Condition)));
  const team = (value: unknown) => ({ 'aws:PrincipalTag/team': value });
  const address = (value: unknown) => ({ 'aws:VpcSourceIp': value });
  const age = (value: unknown) => ({ 'aws:MultiFactorAuthAge': value });
  const now = (value: unknown) => ({ 'aws:CurrentTime': value });

  it.each<[string, Json]>([
    ['no common value', { StringEquals: team(['a', 'b']), StringLike: team('c*') }],
    ['all values excluded', { StringEquals: team(['a', 'b']), StringNotEquals: team(['b', 'a', 'c']) }],
    ['excluded by a pattern', { StringEquals: team('a'), StringNotLikeIfExists: team('?') }],
    ['absent and equal', { Null: team('true'), StringEquals: team('a') }],
    ['absent and like', { Null: team(true), StringLike: team('*') }],
    [
      'one ARN and another',
      { ArnEquals: { 'aws:PrincipalArn': ROLE }, ArnNotLike: { 'aws:PrincipalArn': `${ROLE}*` } },
    ],
    ['numbers', { NumericLessThan: age(60), NumericGreaterThanEquals: age('60.0') }],
    [
      'numbers, but for one',
      { NumericLessThanEquals: age(60), NumericGreaterThanEquals: age(60), NumericNotEquals: age(60) },
    ],
    ['dates', { DateLessThan: now('2026-01-01'), DateGreaterThan: now('2026-01-01T00:00:00+00:00') }],
    ['addresses', { IpAddress: address('10.0.3.0/24'), NotIpAddress: address('10.0.0.0/8') }],
    ['IPv6 addresses', { IpAddress: address('fd00:1::/32'), NotIpAddress: address(['fd00::/16', '10.0.0.0/8']) }],
    ['two sets of addresses', { IpAddress: address('10.0.0.0/8'), IpAddressIfExists: address('11.0.0.0/8') }],
    ['no TLS', { Bool: { 'aws:SecureTransport': 'false' } }],
    ['a key without type', { StringEquals: { 'acme:x': 'a' }, StringNotEqualsIgnoreCase: { 'ACME:X': 'A' } }],
  ])('%s', (_, Condition) => {
    expect(contradictory(Condition)).toHaveLength(1);
  });

  it.each<[string, Json]>([
    ['a common value', { StringEquals: team(['a', 'b']), StringLike: team('b*') }],
    ['different letters of one word', { StringEquals: team('Blue'), StringEqualsIgnoreCase: team('BLUE') }],
    ['absent after all', { StringEqualsIfExists: team('a'), Null: team('true') }],
    ['absent or excluded', { StringNotEquals: team('a'), StringNotLike: team('b') }],
    ['a variable', { StringEquals: team('${aws:username}'), StringNotEquals: team('a') }],
    ['patterns, which are not compared', { StringLike: team('a*'), StringNotLike: team('*') }],
    ['sets', { 'ForAnyValue:StringEquals': { 'acme:x': 'a' }, 'ForAllValues:StringEquals': { 'acme:x': 'b' } }],
    ['one number', { NumericLessThanEquals: age(60), NumericGreaterThanEquals: age('60.0') }],
    ['numbers between', { NumericLessThan: age(61), NumericGreaterThan: age(60) }],
    [
      'addresses between',
      { IpAddress: address('10.0.3.0/24'), NotIpAddress: address(['10.0.3.0/25', '10.0.3.128/26']) },
    ],
    ['dates between', { DateLessThan: now('2026-01-02'), DateGreaterThan: now('2026-01-01') }],
    ['types that do not compare', { NumericLessThan: { 'acme:x': 5 }, StringLike: { 'acme:x': '7' } }],
  ])('not: %s', (_, Condition) => {
    expect(contradictory(Condition)).toEqual([]);
  });

  it('not in a Deny of calls without TLS, which many policies have, nor where a set would pass', () => {
    expect(contradictory({ Bool: { 'aws:SecureTransport': 'false' } }, deny)).toEqual([]);
    const disjoint = { StringEquals: { 'acme:x': 'a' }, StringLike: { 'acme:x': 'b' } };
    expect([contradictory(disjoint), contradictory(disjoint, deny)]).toEqual([[expect.any(String)], []]);
  });
});
