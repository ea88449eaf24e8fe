import { expect, it, vi } from 'vitest';
import type { PolicyKind } from '../../src/policy/document.js';
import { askedOnce, policySources } from '../../src/service/policy-sources.js';

const LIMITS = { endpoint: 20_480, resource: 8192, identity: 6144 };
const document = { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } };

function counted() {
  const version = vi.fn(async () => undefined);
  const sources = policySources({ version }, LIMITS);
  const inline = vi.spyOn(sources, 'inline');
  return { version, inline, sources };
}

it('asks for each version once, and tells names, kinds and numbers apart', async () => {
  const { version, sources } = counted();
  const once = askedOnce(sources);
  const keys = (['identity', 'resource'] as PolicyKind[]).flatMap((kind) => [
    { kind, name: 'a' },
    { kind, name: 'a-1' },
  ]);
  for (let round = 0; round < 3; round++) {
    for (const key of keys) await Promise.all([once.version(key, 1), once.version(key, 11)]);
  }
  expect(version).toHaveBeenCalledTimes(8);
});

it('reads a document once for each kind: what is a policy of one is none of another', () => {
  const { inline, sources } = counted();
  const once = askedOnce(sources);
  const first = once.inline('identity', document);
  expect(once.inline('identity', document)).toBe(first);
  expect(first).toHaveProperty('compiled');
  expect(once.inline('resource', document)).toMatchObject({ errors: [{ code: 'missing-principal' }] });
  once.inline('resource', document);
  // Another that reads the same is another.
  once.inline('identity', { ...document });
  expect(inline).toHaveBeenCalledTimes(3);
});
