import { describe, expect, it } from 'vitest';
import { compileConditions } from '../../src/policy/condition.js';
import type { ConditionBlock } from '../../src/policy/document.js';
import { Shared } from '../../src/policy/shared.js';

describe('what is shared', () => {
  it('is made once for a text', () => {
    const shared = new Shared<object>();
    const made = shared.of('a', () => ({}));
    expect(shared.of('a', () => ({}))).toBe(made);
    expect(shared.of('b', () => ({}))).not.toBe(made);
  });

  it('is bounded: long texts are not kept, and many make room', () => {
    const shared = new Shared<object>();
    const long = 'a'.repeat(10_000);
    expect(shared.of(long, () => ({}))).not.toBe(shared.of(long, () => ({})));
    const first = shared.of('first', () => ({}));
    for (let at = 0; at < 10_000; at++) shared.of(`${at}`, () => ({}));
    expect(shared.of('first', () => ({}))).not.toBe(first);
  });
});

describe('conditions', () => {
  const compiled = (block: ConditionBlock, variables = true) => compileConditions(block, variables)[0];

  it('are shared where they say the same', () => {
    const block = { StringEquals: { 'x:k': ['a', 'b'] } };
    expect(compiled(block)).toBe(compiled(structuredClone(block)));
  });

  const different: readonly (readonly [string, ConditionBlock, ConditionBlock])[] = [
    ['values', { StringEquals: { 'x:k': ['a', 'b'] } }, { StringEquals: { 'x:k': ['a\nb'] } }],
    ['a quote in a value', { StringEquals: { 'x:k': ['a', 'b'] } }, { StringEquals: { 'x:k': ['a","b'] } }],
    ['a number and its text', { StringEquals: { 'x:k': 1e21 } }, { StringEquals: { 'x:k': '1e+21' } }],
    ['keys', { StringEquals: { 'x:k': 'a' } }, { StringEquals: { 'x:k "a"': 'a' } }],
    ['the case of a key', { StringEquals: { 'x:k': 'a' } }, { StringEquals: { 'x:K': 'a' } }],
    ['operators', { StringEquals: { 'x:k': 'a' } }, { StringEqualsIfExists: { 'x:k': 'a' } }],
  ];

  it.each(different)('are not where they differ in %s', (_, one, other) => {
    expect(compiled(one)).not.toBe(compiled(other));
  });

  it('are not where one has variables and the other text', () => {
    const block = { StringEquals: { 'x:k': '${x:other}' } };
    expect(compiled(block, true)).not.toBe(compiled(block, false));
  });
});
