import { describe, expect, it } from 'vitest';
import { parseMethodArn } from '../../src/policy/arn.js';
import { compilePolicy } from '../../src/policy/compile.js';
import { evaluate } from '../../src/policy/evaluate.js';
import { parsePolicy } from '../../src/policy/parse.js';
import { parsePrincipal } from '../../src/policy/principal.js';
import { parseContext } from '../../src/policy/request.js';
import { MOST_SEARCHED } from '../../src/policy/searching.js';
import { work } from '../../src/policy/work.js';
import { type Hostile, LIMITS, statement } from './hostile.js';
import { hostileConditions, hostileSets } from './hostile-conditions.js';
import { hostilePatterns } from './hostile-patterns.js';

/** As a request brings it: what is not there is not undefined. */
const asJson = (document: object): Record<string, unknown> => JSON.parse(JSON.stringify(document));

function accepted({ kind, document }: Hostile) {
  const parsed = parsePolicy(kind, asJson(document), LIMITS[kind]);
  expect(parsed).toMatchObject({ ok: true });
  return parsed.ok ? parsed.document : expect.unreachable();
}

function stepsOf(one: Hostile): number {
  const policy = compilePolicy(accepted(one));
  const [who, arn] = [parsePrincipal('arn:aws:iam::123412341234:user/alice'), parseMethodArn(one.resource)];
  const { entries, issues } = parseContext(one.context, '');
  if (!who.ok || !arn.ok || issues.length > 0) return expect.unreachable();
  const request = { principal: who.value, action: 'execute-api:invoke', resource: arn.value, hasBoundary: false };
  const before = work.steps;
  evaluate(policy, { ...request, context: entries });
  return work.steps - before;
}

const named = (list: readonly Hostile[]) => list.map((one) => [`${one.kind}: ${one.name}`, one] as const);

describe('what the benchmarks call hostile', () => {
  it.each(named([...hostilePatterns, ...hostileConditions]))('%s fills a policy that is accepted', (_, one) => {
    const { length } = JSON.stringify(asJson(one.document));
    accepted(one);
    expect(length).toBeGreaterThan(0.9 * LIMITS[one.kind]);
  });

  /** A step takes 0.7 to 1.2 ns: a millisecond at most. */
  it.each(named(hostilePatterns))('%s takes 910,000 steps at most with the longest ARN', (_, one) => {
    expect(one.resource).toHaveLength(1600);
    expect(stepsOf(one)).toBeLessThan(910_000);
  });

  it.each(named(hostileConditions))('%s takes 2,600,000 steps at most with the longest values', (_, one) => {
    expect(stepsOf(one)).toBeLessThan(2_600_000);
  });

  /** 128 words of places for each character that may be looked for, in each of 100 values. */
  it.each(named(hostileSets))('%s takes 6,900,000 steps at most with a hundred of the longest', (_, one) => {
    accepted(one);
    expect(stepsOf(one)).toBeGreaterThan(500_000);
    expect(stepsOf(one)).toBeLessThan(6_900_000);
  });

  it('and a character more would be refused', () => {
    const patterns = [`*${'a'.repeat(MOST_SEARCHED - 1)}*`, '*?'];
    const document = (count: number) => ({
      Statement: statement({ Condition: { 'ForAllValues:StringLike': { 'x:set': patterns.slice(0, count) } } }),
    });
    expect(parsePolicy('endpoint', document(1), LIMITS.endpoint)).toMatchObject({ ok: true });
    expect(parsePolicy('endpoint', document(2), LIMITS.endpoint)).toMatchObject({ ok: false });
  });
});
