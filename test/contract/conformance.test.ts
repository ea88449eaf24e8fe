import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Postern, postern } from './postern.js';

interface Case {
  readonly id: string;
  readonly title: string;
  readonly body: object;
  readonly expected: { readonly decision: string; readonly reason: string };
}

const directory = new URL('../cases/conformance/', import.meta.url);
const files = readdirSync(directory).filter((name) => name.endsWith('.json'));
const served: Postern = await postern();

describe.each(files)('%s', (file) => {
  const cases: readonly Case[] = JSON.parse(readFileSync(new URL(file, directory), 'utf8'));

  it.each(cases)('$id $title', async ({ body, expected }) => {
    const answer = await served.post('/v1/simulations', body);

    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    expect({ decision: answer.body.decision, reason: answer.body.reason }).toEqual(expected);
  });
});
