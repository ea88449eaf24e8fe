import { describe, expect, it } from 'vitest';
import { caseFiles, conformanceCases } from './conformance-cases.js';
import { plain } from './simulate.js';

it('all of the conformance suite is there', () => {
  expect(conformanceCases).toHaveLength(179);
});

describe.each(caseFiles)('%s', (_, cases) => {
  it.each(cases)('$id: $title', async ({ body, expected }) => {
    const { decision, reason } = await plain(body);
    expect({ decision, reason }).toEqual(expected);
  });
});
