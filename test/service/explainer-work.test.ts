import { describe, expect, it, vi } from 'vitest';
import { work } from '../../src/policy/work.js';
import { Trials } from '../../src/service/trials.js';
import { largest } from '../decision/largest.js';
import { explained } from '../decision/simulate.js';

/** What an explanation with its remedies came to: all of it counted, the same on every machine. */
async function workOf(body: object) {
  const ask = vi.spyOn(Trials.prototype, 'ask');
  const before = work.steps;
  const { remedies } = await explained(body);
  const steps = work.steps - before;
  const [search] = ask.mock.contexts as Trials[];
  const trials = ask.mock.calls.length;
  ask.mockRestore();
  return { remedies: remedies.length, trials, characters: search?.parsed ?? 0, steps };
}

describe('explaining the largest legal policies', () => {
  /** Questions asked anew, characters of policies changed for them, steps of evaluation: measured, and a tenth more. */
  const most: Readonly<Record<keyof typeof largest, readonly [trials: number, characters: number, steps: number]>> = {
    'statements that nearly apply': [18, 112_000, 1300],
    'Denies that all apply': [8, 1000, 5000],
    'Denies with conditions': [8, 1000, 2300],
    'Denies with wildcards': [8, 1000, 14_500],
    'conditions that nearly hold': [4, 23_000, 3600],
    'one long list': [17, 64_000, 3100],
  };

  it.each(Object.entries(largest))('is bounded: %s', async (name, body) => {
    const { remedies, trials, characters, steps } = await workOf(body);
    const [mostTrials, mostCharacters, mostSteps] = most[name]!;
    expect(remedies).toBeGreaterThan(0);
    expect(trials).toBeLessThanOrEqual(mostTrials);
    expect(characters).toBeLessThanOrEqual(mostCharacters);
    expect(steps).toBeLessThanOrEqual(mostSteps);
    expect(steps).toBeGreaterThan(mostSteps / 2);
  });

  it.each(Object.entries(largest))('takes at most 50 ms of CPU: %s', { timeout: 60_000 }, async (_, body) => {
    let least = Number.POSITIVE_INFINITY;
    // The least of some: other work on the machine only adds.
    for (let round = 0; round < 15; round++) {
      const before = process.cpuUsage();
      await explained(body);
      const { user, system } = process.cpuUsage(before);
      least = Math.min(least, (user + system) / 1000);
    }
    expect(least).toBeLessThan(50);
  });
});
