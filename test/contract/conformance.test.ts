import { describe, expect, it } from 'vitest';
import { caseFiles } from '../decision/conformance-cases.js';
import { type Postern, postern } from './postern.js';

const served: Postern = await postern();

describe.each(caseFiles)('%s', (_, cases) => {
  it.each(cases)('$id $title', async ({ body, expected }) => {
    const answer = await served.post('/v1/simulations', body);

    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    expect({ decision: answer.body.decision, reason: answer.body.reason }).toEqual(expected);
  });
});
