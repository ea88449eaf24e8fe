import { describe, expect, it } from 'vitest';
import { agree } from './agreement.js';
import { posternJudge } from './postern.js';

/** The long run, with other seeds, is `npm run test:agreement`. */
describe('Postern and the oracle', () => {
  it('agree in decision, reason and layer, and every outcome is drawn often enough to mean something', async () => {
    const { outcomes, disagreements } = await agree(posternJudge(), 1, COUNT);
    expect(disagreements).toEqual([]);
    for (const reason of ['ALLOWED', 'EXPLICIT_DENY', 'IMPLICIT_DENY']) {
      expect(outcomes[reason], reason).toBeGreaterThan(COUNT / 10);
    }
  }, 120_000);
});

const COUNT = 4000;
