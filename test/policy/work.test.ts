import { describe, expect, it } from 'vitest';
import { parseMethodArn } from '../../src/policy/arn.js';
import { type CompiledPolicy, compilePolicy } from '../../src/policy/compile.js';
import type { PolicyDocument } from '../../src/policy/document.js';
import { evaluate } from '../../src/policy/evaluate.js';
import { parsePolicy } from '../../src/policy/parse.js';
import { parsePrincipal } from '../../src/policy/principal.js';
import { type AccessRequest, parseContext } from '../../src/policy/request.js';
import { work } from '../../src/policy/work.js';
import { LIMITS } from '../bench/hostile.js';
import { generate } from '../bench/workload.mjs';

/** Steps are counted, not timed: they are the same on every machine. */
function stepsOf(policies: readonly CompiledPolicy[], request: AccessRequest): number {
  const before = work.steps;
  for (const policy of policies) evaluate(policy, request);
  return work.steps - before;
}

function requestOf(
  principal: string,
  resource: string,
  context: Readonly<Record<string, unknown>> = {},
): AccessRequest {
  const [who, arn] = [parsePrincipal(principal), parseMethodArn(resource)];
  if (!who.ok || !arn.ok) throw new Error(`${principal} ${resource}`);
  const { entries } = parseContext(context, '');
  return {
    principal: who.value,
    action: 'execute-api:invoke',
    resource: arn.value,
    context: entries,
    hasBoundary: false,
  };
}

describe('a call that nobody has made before', () => {
  /** Measured, and a tenth more. What makes one of these grow makes every decision slower. */
  const most = { 1: 16, 10: 40, 100: 70, 1000: 110 };

  it.each(Object.entries(most))('of policies with %s statements takes at most %s steps on average', (size, limit) => {
    const { endpointPolicies, resourcePolicies, requests } = generate(Number(size), 7, 500);
    const compiled = new Map<string, CompiledPolicy>();
    for (const [name, document] of Object.entries({ ...endpointPolicies, ...resourcePolicies })) {
      compiled.set(name, compilePolicy(document as PolicyDocument));
    }
    let steps = 0;
    for (const { principal, resource, endpoint, api, context } of requests) {
      steps += stepsOf([compiled.get(endpoint)!, compiled.get(api)!], requestOf(principal, resource, context));
    }
    expect(steps / requests.length).toBeLessThan(limit);
    expect(steps / requests.length).toBeGreaterThan(limit / 2);
  });
});

describe('the worst pair of policies that are accepted, and the longest ARN', () => {
  const HEAD = 'arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/GET/';
  const longest = (unit: string): string => (HEAD + unit.repeat(1600)).slice(0, 1600);
  const as = (count: number): string => 'a'.repeat(count);

  const kinds: readonly (readonly [string, (at: number) => string, string])[] = [
    ['many short texts', (at) => `arn:*a${at.toString(36).padStart(2, '0')}b*`, longest('a')],
    ['texts that nearly repeat', (at) => `arn:*${as(at % 9)}b${as(at % 7)}b*`, longest('aaaaaaab')],
    ['texts with borders', (at) => `arn:*${as(28)}b${as(at % 3)}*`, longest(`${as(27)}b`)],
    ['many stars', (at) => `arn:*${'a*'.repeat(20 + (at % 40))}z*`, longest('a')],
    ['question marks', (at) => `arn:*a?${as(at % 5)}?b*`, longest('a')],
    ['runs of question marks', (at) => `arn:*${'?'.repeat(10 + (at % 20))}b*`, longest('a')],
    ['stars and question marks', (at) => `${HEAD}*${'?*'.repeat(700 - at)}b*`, longest('a')],
    ['long texts', (at) => `arn:*${as(115 + (at % 3))}b*`, longest('a')],
    ['texts as long as the ARN', (at) => `${HEAD}*${as(1400 - at)}b*`, longest('a')],
    ['stars within fields', (at) => `arn:aws:execute-api:*:1*4:*${as(at % 5)}b*`, longest('a')],
    // A star at the end of a field crosses it, so this is the shortest head that leads into a path of colons.
    ['a question mark in long texts', () => `arn:*:a:::*${as(116)}?ab*`, longest(`:a:::${as(1600)}`)],
    ['question marks in long texts', () => `arn:*:a:::*${'a?'.repeat(58)}ab*`, longest(`:a:::${as(1600)}`)],
    ['tokens in the middle', (at) => `arn:*/a/*/a/*/${at.toString(36).padStart(2, '0')}*`, longest('a/')],
  ];

  /** 0.7 to 1.2 ns each: 0.6 to 1 ms for an endpoint policy. Counted exactly, timed by `npm run bench -- --only worst`. */
  const most = { endpoint: 910_000, resource: 360_000 };

  it.each(kinds)('%s: 910,000 and 360,000 steps at most', (_, pattern, resource) => {
    const request = requestOf('arn:aws:iam::123412341234:user/MyUser', resource);
    let all = 0;
    for (const kind of ['endpoint', 'resource'] as const) {
      const parsed = parsePolicy(kind, filled(pattern, LIMITS[kind]), LIMITS[kind]);
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors.slice(0, 1)));
      const steps = stepsOf([compilePolicy(parsed.document)], request);
      expect(steps, kind).toBeLessThan(most[kind]);
      all += steps;
    }
    expect(all).toBeGreaterThan(1000);
  });

  /** As many patterns as the limit of characters lets through. */
  function filled(pattern: (at: number) => string, limit: number): Record<string, unknown> {
    const Resource: string[] = [];
    const document = { Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource }] };
    for (let at = 0, size = JSON.stringify(document).length; ; at++) {
      const next = pattern(at);
      size += next.length + 3;
      if (size >= limit) return document;
      Resource.push(next);
    }
  }
});
