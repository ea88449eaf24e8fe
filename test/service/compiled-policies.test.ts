import { expect, it } from 'vitest';
import { compilePolicy } from '../../src/policy/compile.js';
import { bytesOf } from '../../src/policy/compiled-size.js';
import type { PolicyDocument } from '../../src/policy/document.js';
import { CompiledPolicies } from '../../src/service/compiled-policies.js';

const document: PolicyDocument = {
  Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: 'arn:aws:execute-api:*:*:a1b2c3d4e5/*' }],
};
const text = JSON.stringify(document);
const SIZE = bytesOf(compilePolicy(document), text.length);

/** One with room for so many policies, and what it has fetched. */
function roomFor(count: number) {
  const fetched: string[] = [];
  const policies = new CompiledPolicies(
    async (digest) => {
      fetched.push(digest);
      return text;
    },
    Math.floor(count * SIZE),
  );
  return { policies, fetched };
}

it('compiles a policy once, also for those who ask while it comes', async () => {
  const { policies, fetched } = roomFor(2);
  const both = await Promise.all([policies.get('a'), policies.get('a')]);
  expect(both[0]).toBe(both[1]);
  expect(policies.get('a')).toBe(both[0]);
  expect(fetched).toEqual(['a']);
});

it('forgets what was used longest ago, when there is no more room', async () => {
  const { policies, fetched } = roomFor(2);
  await policies.get('a');
  await policies.get('b');
  // At once: it is here, and now used after `b`.
  policies.get('a');
  await policies.get('c');
  policies.get('a');
  await policies.get('b');
  expect(fetched).toEqual(['a', 'b', 'c', 'b']);
  await policies.get('a');
  expect(fetched).toEqual(['a', 'b', 'c', 'b']);
});

it('keeps nothing that is larger than all the room', async () => {
  const { policies, fetched } = roomFor(0.5);
  await policies.get('a');
  await policies.get('a');
  expect(fetched).toEqual(['a', 'a']);
});
