import { describe, expect, it } from 'vitest';
import { parseMethodArn } from '../../src/policy/arn.js';
import { compilePolicy } from '../../src/policy/compile.js';
import { evaluate } from '../../src/policy/evaluate.js';
import { parsePolicy } from '../../src/policy/parse.js';
import { parsePrincipal } from '../../src/policy/principal.js';
import { parseContext } from '../../src/policy/request.js';
import { work } from '../../src/policy/work.js';
import { type Hostile, LIMITS } from './hostile.js';
import { hostileConditions } from './hostile-conditions.js';
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

  /** A step takes one to three nanoseconds. */
  it.each(named(hostilePatterns))('%s takes 900,000 steps at most with the longest ARN', (_, one) => {
    expect(one.resource).toHaveLength(1600);
    expect(stepsOf(one)).toBeLessThan(900_000);
  });
});
