import { describe, expect, it } from 'vitest';
import { cases, files } from './conformance-cases.js';
import { plain } from './simulate.js';

it('all files of the conformance suite are there', () => {
  expect(files.length).toBeGreaterThanOrEqual(13);
});

describe('the conformance suite', () => {
  it.each(cases)('$id: $title', async ({ body, expected }) => {
    const { decision, reason } = await plain(body);
    expect({ decision, reason }).toEqual(expected);
  });
});
