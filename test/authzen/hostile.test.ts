import { expect, it } from 'vitest';
import { alice, certified, evaluateAll, read, record1 } from './fixture.js';

const many = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
const properties = (count: number, value: unknown) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at}`, value]));

/** Each is nearly as large as a body may be, or stands for as much work as one can. */
const bodies: Readonly<Record<string, { readonly evaluations: readonly object[]; readonly subject?: object }>> = {
  'as many keys as are taken, a thousand times': {
    subject: { ...alice, properties: properties(100, 'x'.repeat(4000)) },
    evaluations: many(1000, {}),
  },
  'more keys than are taken': { subject: { ...alice, properties: properties(60_000, 1) }, evaluations: many(1000, {}) },
  'what makes no key': { subject: { ...alice, properties: properties(60_000, {}) }, evaluations: many(1000, {}) },
  'a list that is too long': {
    subject: { ...alice, properties: { p: many(400_000, 1) } },
    evaluations: many(1000, {}),
  },
  'a value that is too long': {
    subject: { ...alice, properties: { p: 'x'.repeat(900_000) } },
    evaluations: many(1000, {}),
  },
  'a name that is too long': {
    subject: { ...alice, properties: { ['/'.repeat(900_000)]: 1 } },
    evaluations: many(1000, {}),
  },
  'an id that has to be escaped': { subject: { type: 'user', id: '\u00e9'.repeat(2048) }, evaluations: many(1000, {}) },
  'an id that is too long': { subject: { type: 'user', id: 'x'.repeat(900_000) }, evaluations: many(1000, {}) },
  'evaluations that are none': { evaluations: many(1000, { subject: 1, action: [], resource: {}, context: 'x' }) },
  'a hundred thousand evaluations': { evaluations: many(300_000, {}) },
};

// The first four share no more than evaluations may; a thousand of most of these do.
it.each(Object.entries(bodies).flatMap(([name, body]) => [4, Infinity].map((most) => [name, most, body] as const)))(
  '%s, %d at most: denied or refused, before long',
  async (_, most, body) => {
    const served = await certified();
    const whole = { action: read, resource: record1, ...body, evaluations: body.evaluations.slice(0, most) };
    await evaluateAll(served, { ...whole, evaluations: [{}] });
    const begun = performance.now();
    const { status, body: answer } = await evaluateAll(served, whole);
    const taken = performance.now() - begun;
    const allowed = (answer.evaluations ?? []).filter(({ decision }: { decision: boolean }) => decision).length;
    expect([status, allowed]).toEqual([expect.toBeOneOf([200, 400]), expect.toBeOneOf([0, whole.evaluations.length])]);
    // Generous: a bound that is forgotten costs ten times as much and more.
    expect(taken).toBeLessThan(8000);
  },
);
