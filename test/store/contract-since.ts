import fc from 'fast-check';
import { expect } from 'vitest';
import type { Contents, News } from '../../src/store/store.js';
import { deletePolicy, deleteRecord, putPolicy, putRecord, STAMP, stamp } from './changes.js';
import type { Suite } from './suite.js';

/** How replicas keep up. */
export function sinceTests({ store, test }: Suite): void {
  test('nothing is news where nothing has been written', async () => {
    expect(await store().since(0)).toEqual({ revision: 0, applied: [] });
    await store().commit([putPolicy('a')], STAMP);
    await store().commit([putPolicy('a')], STAMP);
    expect(await store().since(1)).toEqual({ revision: 1, applied: [] });
  });

  test('news is what has become of what was changed, each once', async () => {
    await store().commit([putPolicy('a'), putPolicy('b'), putRecord('r', { policy: 'a' })], STAMP);
    await store().commit([putPolicy('a', { document: '[1]' }), putRecord('s')], STAMP);
    const last = await store().commit(
      [putPolicy('a', { document: '[2]' }), deleteRecord('r'), deletePolicy('b')],
      STAMP,
    );
    const { revision, applied } = (await store().since(1))!;
    expect(revision).toBe(3);
    expect(applied).toHaveLength(4);
    expect(applied).toEqual(
      expect.arrayContaining([
        { type: 'policy', policy: (last.applied[0] as { policy: object }).policy },
        { type: 'policy', key: { kind: 'endpoint', name: 'b' } },
        { type: 'endpoint', id: 'r' },
        { type: 'endpoint', record: expect.objectContaining({ id: 's', revision: 2 }) },
      ]),
    );
  });

  test('names that differ in case, kind or type are told apart', async () => {
    const made = await store().commit(
      [
        putPolicy('a'),
        putPolicy('A'),
        putPolicy('a', { kind: 'resource' }),
        putRecord('a'),
        putRecord('a', { type: 'api' }),
      ],
      STAMP,
    );
    await store().commit([putPolicy('A', { document: '[]' }), deleteRecord('a', { type: 'api' })], STAMP);
    expect((await store().since(made.revision))?.applied).toEqual([
      { type: 'policy', policy: expect.objectContaining({ kind: 'endpoint', name: 'A' }) },
      { type: 'api', id: 'a' },
    ]);
  });

  test('there is no news from a revision that the store has not reached, nor after changes that are forgotten', async () => {
    for (let n = 1; n <= 3; n++) await store().commit([putPolicy(`p${n}`)], stamp(n));
    expect(await store().since(4)).toBeNull();
    while (await store().forgetChanges(stamp(3).at));
    expect(await store().since(1)).toBeNull();
    expect(await store().since(2)).toMatchObject({ revision: 3, applied: [{ policy: { name: 'p3' } }] });
    while (await store().forgetChanges(stamp(9).at));
    expect(await store().since(2)).toBeNull();
    expect(await store().since(3)).toEqual({ revision: 3, applied: [] });
  });

  test('there is no news of very many changes', async () => {
    const changes = Array.from({ length: 10_001 }, (_, n) => putRecord(`r${n}`, { body: '' }));
    await store().commit(changes.slice(1), STAMP);
    expect((await store().since(0))?.applied).toHaveLength(10_000);
    await store().commit(changes.slice(0, 1), STAMP);
    expect(await store().since(0)).toBeNull();
    expect((await store().since(1))?.applied).toHaveLength(1);
  });

  test('whoever adds the news to what was there has what is there', async () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const change = fc.oneof(
      fc
        .record({ name, document: fc.constantFrom('1', '2', '3') })
        .map(({ name, document }) => putPolicy(name, { document })),
      name.map((name) => deletePolicy(name)),
      fc.record({ name, policy: fc.option(name) }).map(({ name, policy }) => putRecord(name, { policy })),
      name.map((id) => deleteRecord(id)),
    );
    const past: Contents[] = [await store().contents()];
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), fc.nat(), async (changes, back) => {
        await store()
          .commit(changes, STAMP)
          .catch(() => refused++);
        const now = await store().contents();
        past.push(now);
        const then = past[back % past.length]!;
        expect(together(then, (await store().since(then.revision))!)).toEqual(together(now));
      }),
      { numRuns: 100, endOnFailure: true },
    );
    expect(past.at(-1)!.revision).toBeGreaterThan(20);
    expect(refused).toBeLessThan(80);
  });
}

/** By type and name, as a directory would hold it. */
function together({ revision, policies, records }: Contents, news: News = { revision, applied: [] }): object {
  const all = new Map<string, object>();
  for (const policy of policies) all.set(`${policy.kind}/${policy.name}`, policy);
  for (const record of records) all.set(`${record.type}:${record.id}`, record);
  for (const change of news.applied) {
    if ('policy' in change) all.set(`${change.policy.kind}/${change.policy.name}`, change.policy);
    else if ('record' in change) all.set(`${change.record.type}:${change.record.id}`, change.record);
    else if ('key' in change) all.delete(`${change.key.kind}/${change.key.name}`);
    else all.delete(`${change.type}:${change.id}`);
  }
  return { revision: news.revision, all };
}
