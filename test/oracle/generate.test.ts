import { describe, expect, it } from 'vitest';
import { agree } from './agreement.js';
import { allFeatures, features, generate } from './generate.js';
import { judge } from './oracle.js';

const count = 3000;

describe('the generator', () => {
  it('draws the same body from the same seed', () => {
    expect(generate(42)).toEqual(generate(42));
    expect(generate(42)).not.toEqual(generate(43));
  });

  it('reaches every outcome and every part of the language, allowed and denied', { timeout: 240_000 }, () => {
    const outcomes = new Map<string, number>();
    const found = { Allow: new Map<string, number>(), Deny: new Map<string, number>() };
    for (let seed = 0; seed < count; seed++) {
      const body = generate(seed);
      const { decision, reason } = judge(body);
      outcomes.set(reason, (outcomes.get(reason) ?? 0) + 1);
      for (const tag of features(body)) found[decision].set(tag, (found[decision].get(tag) ?? 0) + 1);
    }
    for (const reason of ['ALLOWED', 'EXPLICIT_DENY', 'IMPLICIT_DENY']) {
      expect(outcomes.get(reason), reason).toBeGreaterThan(0.12 * count);
    }
    const rare = allFeatures.filter((tag) => {
      const [allowed, denied] = [found.Allow.get(tag) ?? 0, found.Deny.get(tag) ?? 0];
      return allowed + denied < 0.005 * count || allowed === 0 || denied === 0;
    });
    expect(rare).toEqual([]);
  });

  it('shows a judge that differs', async () => {
    expect((await agree(async (body) => judge(body), 0, 100)).disagreements).toEqual([]);
    const generous = await agree(async () => ({ decision: 'Allow', reason: 'ALLOWED', layer: null }), 0, 200);
    expect(generous.disagreements.length).toBe(20);
    expect(Object.values(generous.outcomes).reduce((sum, n) => sum + n, 0)).toBe(200);
  });
});
