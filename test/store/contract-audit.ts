import { expect } from 'vitest';
import type { AuditQuery } from '../../src/store/store.js';
import { deletePolicy, deleteRecord, putKey, putPolicy, putRecord, stamp } from './changes.js';
import type { Suite } from './suite.js';

const by = (n: number, name: string | null, requestId?: string) => ({ ...stamp(n), by: name, requestId });

/** Who has written what. */
export function auditTests({ store, test }: Suite): void {
  const ids = async (query: Omit<AuditQuery, 'limit'> = {}) =>
    (await store().audit({ limit: 100, ...query })).map(({ revision, id }) => `${revision} ${id}`);

  async function history(): Promise<void> {
    await store().commit([putPolicy('p'), putRecord('e', { policy: 'p' })], by(1, 'ann', 'first'));
    await store().commit([putPolicy('p', { document: '[1]' })], by(2, 'bob'));
    await store().commit([putPolicy('p', { kind: 'identity' }), putKey('k')], by(3, 'ann'));
    await store().commit([deleteRecord('e'), deletePolicy('p'), deleteRecord('k', { type: 'key' })], by(4, null, 'x'));
  }

  test('every change says who made it, when, for which request, and what was there before', async () => {
    await history();
    await store().commit([putPolicy('p', { document: '[1]' })], by(5, 'bob'));
    const [again, key, deleted, endpoint] = await store().audit({ limit: 4 });
    expect(again).toEqual({
      ...{ revision: 5, seq: 0, at: stamp(5).at, by: 'bob', requestId: null },
      ...{ op: 'put', type: 'policy', kind: 'endpoint', id: 'p', version: 3, before: null, audited: null },
    });
    expect(key).toEqual({
      ...{ revision: 4, seq: 2, at: stamp(4).at, by: null, requestId: 'x' },
      ...{
        op: 'delete',
        type: 'key',
        kind: null,
        id: 'k',
        version: null,
        before: { revision: 3, version: null },
        audited: null,
      },
    });
    expect(deleted).toMatchObject({ op: 'delete', version: null, before: { revision: 2, version: 2 } });
    expect(endpoint).toMatchObject({ type: 'endpoint', before: { revision: 1, version: null } });
    const [replaced, , first] = await store().audit({ limit: 100, kind: 'endpoint', before: key });
    expect(replaced).toMatchObject({ before: { revision: 2, version: 2 } });
    expect(first).toMatchObject({ requestId: 'first', before: null, version: 1 });
    const [, made] = await store().audit({ limit: 2, id: 'k' });
    expect(made).toMatchObject({ op: 'put', audited: 'what k may do' });
  });

  test('a write that changes nothing, or fails, is no entry', async () => {
    await history();
    await store().commit([putPolicy('p', { kind: 'identity' })], by(5, 'eve'));
    await expect(store().commit([putPolicy('q'), deleteRecord('absent')], by(6, 'eve'))).rejects.toThrow();
    expect(await ids({ by: 'eve' })).toEqual([]);
  });

  test('entries are found by what, by whom and when', async () => {
    await history();
    expect(await ids()).toEqual(['4 k', '4 p', '4 e', '3 k', '3 p', '2 p', '1 e', '1 p']);
    expect(await ids({ id: 'p' })).toEqual(['4 p', '3 p', '2 p', '1 p']);
    expect(await ids({ id: 'p', kind: 'endpoint' })).toEqual(['4 p', '2 p', '1 p']);
    expect(await ids({ type: 'key' })).toEqual(['4 k', '3 k']);
    expect(await ids({ by: 'ann' })).toEqual(['3 k', '3 p', '1 e', '1 p']);
    expect(await ids({ by: 'Ann' })).toEqual([]);
    expect(await ids({ by: 'ann', id: 'p' })).toEqual(['3 p', '1 p']);
    expect(await ids({ from: stamp(2).at, to: stamp(3).at })).toEqual(['2 p']);
    expect(await ids({ from: stamp(4).at, type: 'endpoint' })).toEqual(['4 e']);
    expect(await ids({ to: stamp(1).at })).toEqual([]);
  });

  test('what no name can be is found nowhere', async () => {
    await history();
    for (const text of ['p\0', '\0', 'p\ud800']) {
      expect(await ids({ id: text })).toEqual([]);
      expect(await ids({ by: text, id: 'p' })).toEqual([]);
      expect(await ids({ by: text })).toEqual([]);
    }
  });

  test('pages go on where the one before has ended, whatever is written meanwhile', async () => {
    await history();
    const seen: string[] = [];
    let before: AuditQuery['before'];
    for (let page = 0; page < 10; page++) {
      const entries = await store().audit({ limit: 3, before });
      seen.push(...entries.map(({ revision, id }) => `${revision} ${id}`));
      before = entries.at(-1);
      if (before === undefined) break;
      await store().commit([putRecord(`new${page}`)], by(10 + page, 'bob'));
    }
    expect(seen).toEqual(['4 k', '4 p', '4 e', '3 k', '3 p', '2 p', '1 e', '1 p']);
  });

  test('the few that are wanted are found among very many, and others have their turn meanwhile', async () => {
    await store().commit([putKey('k')], by(1, 'ann'));
    await store().commit(
      Array.from({ length: 5000 }, (_, n) => putRecord(`r${n}`)),
      by(2, 'bob'),
    );
    await store().commit([putRecord('r7', { body: '1' })], by(3, 'bob'));
    let turns = 0;
    const counting = setInterval(() => turns++, 0);
    expect(await ids({ type: 'key' })).toEqual(['1 k']);
    expect(await ids({ type: 'key', by: 'bob' })).toEqual([]);
    clearInterval(counting);
    expect(turns).toBeGreaterThan(3);
    expect(await ids({ by: 'bob', id: 'r7' })).toEqual(['3 r7', '2 r7']);
    expect((await store().audit({ by: 'bob', limit: 1000 })).length).toBe(1000);
  });

  test('what is forgotten of changes is forgotten of the audit, and nothing else is', async () => {
    await history();
    while (await store().forgetChanges(stamp(3).at));
    expect(await ids()).toEqual(['4 k', '4 p', '4 e', '3 k', '3 p']);
  });
}
