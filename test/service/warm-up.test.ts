import { expect, it, vi } from 'vitest';
import { Pdp } from '../../src/service/pdp.js';
import { warmUp } from '../../src/service/warm-up.js';

it('a start asks what is denied and has remedies, through records and without', async () => {
  const asked = [vi.spyOn(Pdp.prototype, 'explain'), vi.spyOn(Pdp.prototype, 'simulate')];
  await warmUp(performance.now() + 1000);
  for (const { mock } of asked) {
    expect(mock.results.length).toBeGreaterThan(1);
    for (const { value } of mock.results) {
      const { decision, layer, remedies } = await value;
      expect(decision).toBe('Deny');
      expect(layer).not.toBeNull();
      expect(remedies).not.toEqual([]);
    }
  }
});

it('a start that is late already is not held up', async () => {
  const asked = vi.spyOn(Pdp.prototype, 'decide');
  await warmUp(performance.now());
  expect(asked).not.toHaveBeenCalled();
});
