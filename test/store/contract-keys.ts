import { expect } from 'vitest';
import { deleteRecord, putKey, putPolicy, putRecord, STAMP } from './changes.js';
import type { Suite } from './suite.js';

/** Keys, and when they were used. */
export function keyTests({ store, reopen, test }: Suite): void {
  test('a key is a record of its own, whatever endpoints and APIs are called', async () => {
    await store().commit([putRecord('k'), putRecord('k', { type: 'api' }), putKey('k', '{"roles":["read"]}')], STAMP);
    const { records } = await store().contents();
    expect(records.map(({ type, body }) => [type, body])).toContainEqual(['key', '{"roles":["read"]}']);
    expect(records).toHaveLength(3);
    await store().commit([deleteRecord('k', { type: 'key' })], STAMP);
    expect((await store().contents()).records.map(({ type }) => type).sort()).toEqual(['api', 'endpoint']);
  });

  test('a key that is made or revoked is news', async () => {
    await store().commit([putKey('a'), putKey('b')], STAMP);
    await store().commit([deleteRecord('a', { type: 'key' }), putKey('c')], STAMP);
    const { applied } = (await store().since(1))!;
    expect(applied).toHaveLength(2);
    expect(applied).toContainEqual({ type: 'key', id: 'a' });
    expect(applied).toContainEqual({ type: 'key', record: expect.objectContaining({ id: 'c', revision: 2 }) });
  });

  test('a policy is deleted whatever keys there are', async () => {
    await store().commit([putPolicy('p'), putKey('p')], STAMP);
    await store().commit([{ op: 'delete', type: 'policy', kind: 'endpoint', name: 'p' }], STAMP);
    expect((await store().contents()).policies).toEqual([]);
  });

  test('the last use of a key is the latest that was noted, and no revision', async () => {
    const [morning, noon, evening] = ['08', '12', '20'].map((hour) => `2026-03-01T${hour}:00:00.000Z`) as [
      string,
      string,
      string,
    ];
    expect(await store().keyUses()).toEqual(new Map());
    await store().noteKeyUses(new Map());
    await store().noteKeyUses(
      new Map([
        ['b', noon],
        ['a', noon],
      ]),
    );
    await store().noteKeyUses(
      new Map([
        ['a', morning],
        ['b', evening],
        ['c', morning],
      ]),
    );
    const expected = new Map([
      ['a', noon],
      ['b', evening],
      ['c', morning],
    ]);
    expect(await store().keyUses()).toEqual(expected);
    expect((await store().contents()).revision).toBe(0);
    const open = reopen();
    if (open === undefined) return;
    await store().close();
    expect(await (await open()).keyUses()).toEqual(expected);
  });

  test('replicas note the uses of many keys at once', async () => {
    const at = (n: number) => `2026-03-01T00:00:00.${String(n).padStart(3, '0')}Z`;
    const digests = Array.from({ length: 200 }, (_, n) => `d${n}`);
    const notes = Array.from({ length: 8 }, (_, writer) => {
      const shuffled = writer % 2 === 0 ? digests : digests.toReversed();
      return store().noteKeyUses(new Map(shuffled.map((digest, n) => [digest, at((n * 31 + writer * 7) % 1000)])));
    });
    await Promise.all(notes);
    expect((await store().keyUses()).size).toBe(200);
  });
}
