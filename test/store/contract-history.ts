import { expect } from 'vitest';
import type { Change, Store } from '../../src/store/store.js';
import { deletePolicy, digestOf, putPolicy, putRecord, stamp } from './changes.js';
import type { Suite } from './suite.js';

const ALL = Number.MAX_SAFE_INTEGER;
const BEGINNING = { revision: 0 };

const put = (name: string, text: string) => putPolicy(name, { document: JSON.stringify({ text }) });
const commit = (store: Store, day: number, ...changes: Change[]) => store.commit(changes, stamp(day));

/** As `policy a 2 of 5.0`: what, its version, the revision and the place in it. */
const told = async (store: Store, after = BEGINNING as { revision: number; seq?: number }, upTo = ALL, limit = 1000) =>
  (await store.log(after, upTo, limit)).entries.map(
    ({ op, type, id, version, revision, seq }) =>
      `${op} ${type} ${id}${version === null ? '' : ` ${version}`} of ${revision}.${seq}`,
  );

async function forgetAll(store: Store, before: string): Promise<void> {
  while (await store.forgetChanges(before));
  let place = null;
  do place = await store.forgetVersions(before, place);
  while (place !== null);
}

/** The log of changes, and forgetting what is past. */
export function historyTests({ store, reopen, test }: Suite): void {
  test('the log tells every change once, in order, with when and by whom', async () => {
    expect(await store().log(BEGINNING, ALL, 10)).toEqual({ oldest: 1, entries: [] });
    const at = { at: stamp(1).at, by: 'key:ann' };
    await store().commit([putPolicy('a', { kind: 'identity' }), putRecord('e')], at);
    await commit(store(), 2, putPolicy('a', { kind: 'identity' }));
    await commit(store(), 3, deletePolicy('a', { kind: 'identity' }));
    expect(await store().log(BEGINNING, ALL, 10)).toEqual({
      oldest: 1,
      entries: [
        { revision: 1, seq: 0, ...at, op: 'put', type: 'policy', kind: 'identity', id: 'a', version: 1 },
        { revision: 1, seq: 1, ...at, op: 'put', type: 'endpoint', kind: null, id: 'e', version: null },
        { revision: 2, seq: 0, ...stamp(3), op: 'delete', type: 'policy', kind: 'identity', id: 'a', version: null },
      ],
    });
  });

  test('the log is read from any place on, up to a revision, and so many at a time', async () => {
    const names = ['a', 'b', 'c'];
    for (const day of [1, 2, 3]) await commit(store(), day, ...names.map((name) => put(name, `${day}`)));
    expect(await told(store(), { revision: 1 }, ALL, 4)).toEqual([
      'put policy a 2 of 2.0',
      'put policy b 2 of 2.1',
      'put policy c 2 of 2.2',
      'put policy a 3 of 3.0',
    ]);
    expect(await told(store(), { revision: 2, seq: 1 }, 2)).toEqual(['put policy c 2 of 2.2']);
    expect(await told(store(), { revision: 2, seq: 2 }, 2)).toEqual([]);
    expect(await told(store(), { revision: 3 })).toEqual([]);
  });

  test('a version says when it was written and by whom, also after a restart', async () => {
    const key = { kind: 'endpoint', name: 'a' };
    await store().commit([put('a', '1')], { at: stamp(1).at, by: 'key:ann' });
    await commit(store(), 2, put('a', '2'));
    const expected = [
      { version: 2, createdAt: stamp(2).at, by: null },
      { version: 1, createdAt: stamp(1).at, by: 'key:ann' },
    ];
    expect(await store().versions(key, { limit: 9 })).toMatchObject(expected);
    const again = reopen();
    if (again === undefined) return;
    await store().close();
    const reopened = await again();
    expect(await reopened.versions(key, { limit: 9 })).toMatchObject(expected);
    await reopened.close();
  });

  test('changes are forgotten by whole revisions, the oldest first', async () => {
    await commit(store(), 1, put('a', '1'), put('b', '1'));
    await commit(store(), 2, ...Array.from({ length: 1200 }, (_, n) => putRecord(`e${n}`)));
    await commit(store(), 3, put('a', '3'));
    await forgetAll(store(), stamp(1).at);
    expect(await store().log(BEGINNING, ALL, 1)).toMatchObject({ oldest: 1 });
    await forgetAll(store(), stamp(2).at);
    expect(await store().log(BEGINNING, ALL, 1)).toMatchObject({ oldest: 2, entries: [{ revision: 2, seq: 0 }] });

    // The first step looks at a part of revision 2, and takes all of it.
    expect(await store().forgetChanges(stamp(3).at)).toBe(true);
    expect(await told(store())).toEqual(['put policy a 2 of 3.0']);
    expect(await store().log(BEGINNING, ALL, 9)).toMatchObject({ oldest: 3 });
    expect(await store().forgetChanges(stamp(3).at)).toBe(false);

    await forgetAll(store(), stamp(9).at);
    expect(await store().log(BEGINNING, ALL, 9)).toEqual({ oldest: 4, entries: [] });
    await commit(store(), 9, put('a', '9'));
    expect(await told(store())).toEqual(['put policy a 3 of 4.0']);
    expect((await store().contents()).revision).toBe(4);
  });

  test('changes after one that is kept are kept, whatever their time', async () => {
    await commit(store(), 5, put('a', '1'));
    await commit(store(), 1, put('a', '2'));
    await forgetAll(store(), stamp(3).at);
    expect(await store().log(BEGINNING, ALL, 9)).toMatchObject({ oldest: 1, entries: [{}, {}] });
  });

  test('versions are forgotten when another has replaced them for long enough, and never the newest', async () => {
    for (const day of [1, 2, 3, 4]) await commit(store(), day, put('a', `${day}`), put('b', 'always'));
    const kept = async (name: string) =>
      (await store().versions({ kind: 'endpoint', name }, { limit: 99 })).map(({ version }) => version);
    await forgetAll(store(), stamp(3).at);
    expect([await kept('a'), await kept('b')]).toEqual([[4, 3, 2], [1]]);
    await forgetAll(store(), stamp(28).at);
    expect([await kept('a'), await kept('b')]).toEqual([[4], [1]]);
    expect(await store().version({ kind: 'endpoint', name: 'a' }, 3)).toBeUndefined();
    expect((await store().contents()).policies).toMatchObject([{ version: 4 }, { version: 1 }]);
  });

  test('a document is forgotten with the last version that has it', async () => {
    const text = (name: string) => store().document(digestOf(JSON.stringify({ text: name })));
    await commit(store(), 1, put('a', 'only'), put('b', 'shared'));
    await commit(store(), 2, put('a', 'shared'), put('b', 'new'));
    await commit(store(), 3, put('a', 'last'));
    await forgetAll(store(), stamp(2).at);
    expect([await text('only'), await text('shared')]).toEqual([expect.any(String), expect.any(String)]);
    await forgetAll(store(), stamp(3).at);
    expect([await text('only'), await text('shared')]).toEqual([undefined, expect.any(String)]);
    await forgetAll(store(), stamp(4).at);
    expect([await text('shared'), await text('last')]).toEqual([undefined, expect.any(String)]);
    await commit(store(), 5, put('c', 'shared'));
    expect(await text('shared')).toEqual(expect.any(String));
  });

  test('a deleted policy goes on counting when its past is forgotten', async () => {
    await commit(store(), 1, put('a', '1'));
    await commit(store(), 2, put('a', '2'));
    await commit(store(), 3, deletePolicy('a'));
    await forgetAll(store(), stamp(28).at);
    const { applied } = await commit(store(), 28, put('a', '1'));
    expect(applied).toMatchObject([{ outcome: 'created', policy: { version: 3 } }]);
  });

  test('forgetting goes through all versions in parts, and lets writers in between', async () => {
    const names = Array.from({ length: 300 }, (_, n) => `p${n}`);
    for (const day of [1, 2, 3]) await commit(store(), day, ...names.map((name) => put(name, `${name} ${day}`)));
    let parts = 0;
    for (let place = null; parts === 0 || place !== null; parts++) {
      place = await store().forgetVersions(stamp(28).at, place);
      await commit(store(), 4, put('z', `${parts}`));
    }
    expect(parts).toBeGreaterThan(1);
    const left = await Promise.all(names.map((name) => store().versions({ kind: 'endpoint', name }, { limit: 9 })));
    expect(left.map((versions) => versions.map(({ version }) => version))).toEqual(names.map(() => [3]));
    const documents = names.flatMap((name) => [1, 2, 3].map((day) => JSON.stringify({ text: `${name} ${day}` })));
    const texts = await Promise.all(documents.map((text) => store().document(digestOf(text))));
    expect(texts.filter((text) => text !== undefined)).toHaveLength(300);
  });
}
