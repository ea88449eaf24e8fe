import { describe, expect, it } from 'vitest';
import { generate } from '../oracle/generate.js';
import { allCases, conformanceCases } from './conformance-cases.js';
import { type Asked, keepsItsWord } from './keeps-its-word.js';
import { explained } from './simulate.js';

const isDenied = ({ expected }: { expected: { decision: string } }) => expected.decision === 'Deny';
const denied = conformanceCases.filter(isDenied);

describe('each Deny of the cases has a remedy, which does what it says', () => {
  it.each(allCases.filter(isDenied))('$id: $title', async ({ body }) => {
    const { remedies } = await explained(body);
    // All of them do: at most 3 might have had none.
    expect(remedies.length).toBeGreaterThan(0);
    expect(remedies.map(({ widens }) => widens)).toEqual(remedies.map(({ widens }) => widens).sort());
    await keepsItsWord(body, remedies);
  });

  it('most of the conformance suite without allowing anything else', async () => {
    const narrow = await Promise.all(
      denied.map(async ({ body }) => (await explained(body)).remedies[0]?.widens === false),
    );
    expect(narrow.filter(Boolean).length).toBeGreaterThan(0.75 * denied.length);
  });
});

describe('remedies of whatever is denied', () => {
  it.each([0, 1, 2, 3])('keep their word (%i)', { timeout: 120_000 }, async (part) => {
    let [asked, without] = [0, 0];
    for (let seed = part * 1000; seed < part * 1000 + 60; seed++) {
      const body = generate(seed) as unknown as Asked;
      const { decision, remedies } = await explained(body);
      if (decision === 'Allow') continue;
      asked++;
      if (remedies.length === 0) without++;
      await keepsItsWord(body, remedies);
    }
    expect(asked).toBeGreaterThan(15);
    expect(without).toBe(0);
  });
});
