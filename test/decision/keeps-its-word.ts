import { expect } from 'vitest';
import type { Remedy } from '../../src/decision/remedies.js';
import { type Body, remedied } from './apply.js';
import { neighboursOf } from './neighbours.js';
import { plain } from './simulate.js';

export type Asked = Body & {
  readonly request: { readonly principal: string; readonly resource: string; readonly action?: string };
};

const decisionOn = async (body: object): Promise<'Allow' | 'Deny'> => (await plain(body)).decision;

/** Each remedy allows the call, and one that does not say that it widens allows nothing else. */
export async function keepsItsWord(body: Asked, remedies: readonly Remedy[]): Promise<void> {
  const neighbours = neighboursOf(body.request);
  expect(neighbours.length).toBeGreaterThanOrEqual(20);
  for (const remedy of remedies) {
    expect(await decisionOn(remedied(body, remedy)), remedy.summary).toBe('Allow');
    if (remedy.widens) continue;
    const changed = remedied(body, remedy, 'all but the request');
    for (const request of neighbours) {
      if ((await decisionOn({ ...body, request })) === 'Allow') continue;
      expect(await decisionOn({ ...changed, request }), `${remedy.summary}: ${JSON.stringify(request)}`).toBe('Deny');
    }
  }
}
