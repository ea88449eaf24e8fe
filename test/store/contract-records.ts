import { expect } from 'vitest';
import type { Change } from '../../src/store/store.js';
import { deletePolicy, deleteRecord, digestOf, putPolicy, putRecord, STAMP, stamp } from './changes.js';
import { STRANGE_TEXT } from './strange-text.js';
import { expectRefused, type Suite } from './suite.js';

/** Endpoint and API records, preconditions, whole commits, attachments. */
export function recordTests(suite: Suite): void {
  const { store, test } = suite;

  test('a record is created, replaced, left alone and deleted', async () => {
    const first = await store().commit([putRecord('vpce-1', { body: '{"a":1}' })], stamp(1));
    const record = { type: 'endpoint', id: 'vpce-1', policy: null, body: '{"a":1}', revision: 1 };
    const created = { ...record, createdAt: stamp(1).at, updatedAt: stamp(1).at };
    expect(first.applied).toEqual([{ type: 'endpoint', outcome: 'created', record: created }]);
    const same = await store().commit([putRecord('vpce-1', { body: '{"a":1}' })], stamp(2));
    expect(same).toEqual({ revision: 1, applied: [{ type: 'endpoint', outcome: 'unchanged', record: created }] });

    const replaced = { ...created, body: '{"a":2}', revision: 2, updatedAt: stamp(3).at };
    const second = await store().commit([putRecord('vpce-1', { body: '{"a":2}' })], stamp(3));
    expect(second.applied).toEqual([{ type: 'endpoint', outcome: 'replaced', record: replaced }]);
    expect((await store().contents()).records).toEqual([replaced]);

    const last = await store().commit([deleteRecord('vpce-1')], stamp(4));
    expect(last).toEqual({ revision: 3, applied: [{ type: 'endpoint', outcome: 'deleted', id: 'vpce-1' }] });
    expect(await store().contents()).toEqual({ revision: 3, policies: [], records: [] });
  });

  test('ids of another case and ids of another type are other records', async () => {
    await store().commit([putRecord('a'), putRecord('A'), putRecord('a', { type: 'api' })], STAMP);
    await store().commit([deleteRecord('a')], STAMP);
    const seen = (await store().contents()).records.map(({ type, id }) => `${type}/${id}`).sort();
    expect(seen).toEqual(['api/a', 'endpoint/A']);
  });

  test('policies and records are read in bytewise order', async () => {
    const names = ['a', 'B', '_', '-', '.', 'aa', 'a-b', 'A', 'b', '0', 'Z', 'a.b', 'ab', '10', '9', 'a_b'];
    await store().commit(
      names.flatMap((name) => [
        putPolicy(name),
        putRecord(name),
        putPolicy(name, { kind: 'identity' }),
        putRecord(name, { type: 'api' }),
      ]),
      STAMP,
    );
    const { policies, records } = await store().contents();
    const sorted = [...names].sort();
    expect(policies.map(({ kind, name }) => `${kind} ${name}`)).toEqual(
      ['endpoint', 'identity'].flatMap((kind) => sorted.map((name) => `${kind} ${name}`)),
    );
    expect(records.map(({ type, id }) => `${type} ${id}`)).toEqual(
      ['api', 'endpoint'].flatMap((type) => sorted.map((id) => `${type} ${id}`)),
    );
  });

  test('bodies come back as they were written', async () => {
    await store().commit(
      STRANGE_TEXT.map((body, n) => putRecord(`r${n}`, { body })),
      STAMP,
    );
    const bodies = new Map((await store().contents()).records.map(({ id, body }) => [id, body]));
    for (const [n, text] of STRANGE_TEXT.entries()) expect(bodies.get(`r${n}`)).toBe(text);
  });

  test('preconditions are judged by the state that the change finds', async () => {
    await store().commit([putPolicy('a'), putRecord('r')], STAMP);
    await store().commit([putPolicy('b')], STAMP);
    const failed = (change: number) => ({ code: 'precondition-failed', change });
    const cases: readonly (readonly [Change[], number])[] = [
      [[putPolicy('a', { document: '[]', when: { ifMatch: [2, 3] } })], 0],
      [[putPolicy('a', { document: '[]', when: { ifMatch: [] } })], 0],
      [[putPolicy('a', { document: '[]', when: { ifNoneMatch: '*' } })], 0],
      [[putPolicy('a', { when: { ifNoneMatch: '*' } })], 0],
      [[putPolicy('new', { when: { ifMatch: '*' } })], 0],
      [[putPolicy('new', { when: { ifMatch: [0] } })], 0],
      [[putRecord('r', { body: '1', when: { ifMatch: [2] } })], 0],
      [[putRecord('R', { body: '1', when: { ifMatch: '*' } })], 0],
      [[putRecord('x'), deletePolicy('b', { when: { ifMatch: [1] } })], 1],
      [[deleteRecord('r'), putPolicy('new'), deleteRecord('r', { when: { ifMatch: '*' } })], 2],
      // What the commit itself has done counts: it is at revision 3 now.
      [[putPolicy('a', { document: '[]' }), putPolicy('a', { document: '[2]', when: { ifMatch: [1] } })], 1],
      [[putPolicy('new'), putPolicy('new', { when: { ifNoneMatch: '*' } })], 1],
      // Before not-found.
      [[deletePolicy('none', { when: { ifMatch: [1] } })], 0],
      [[deletePolicy('a', { when: { ifMatch: '*', ifNoneMatch: '*' } })], 0],
    ];
    for (const [changes, index] of cases) await expectRefused(store(), changes, failed(index));

    const good = await store().commit(
      [
        putPolicy('a', { document: '[]', when: { ifMatch: [7, 1] } }),
        putPolicy('a', { document: '[2]', when: { ifMatch: [3] } }),
        putPolicy('b', { document: '[]', when: { ifMatch: '*' } }),
        putPolicy('new', { when: { ifNoneMatch: '*' } }),
        putRecord('r', { when: { ifMatch: [1] } }),
        deleteRecord('r', { when: { ifMatch: [1] } }),
        putRecord('r', { when: { ifNoneMatch: '*' } }),
      ],
      STAMP,
    );
    const outcomes = good.applied.map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['replaced', 'replaced', 'replaced', 'created', 'unchanged', 'deleted', 'created']);
  });

  test('deleting what is not there is refused', async () => {
    await store().commit([putPolicy('a'), putRecord('r')], STAMP);
    await expectRefused(store(), [deletePolicy('A')], { code: 'not-found', change: 0 });
    await expectRefused(store(), [deletePolicy('a', { kind: 'resource' })], { code: 'not-found', change: 0 });
    await expectRefused(store(), [putRecord('s'), deleteRecord('r', { type: 'api' })], {
      code: 'not-found',
      change: 1,
    });
    await expectRefused(store(), [deletePolicy('a'), deletePolicy('a')], { code: 'not-found', change: 1 });
  });

  test('a commit is one revision, and its changes build on each other', async () => {
    const { revision, applied } = await store().commit(
      [
        putPolicy('a', { document: '[1]' }),
        putRecord('r', { policy: 'a' }),
        putPolicy('a', { document: '[2]' }),
        putPolicy('a', { document: '[2]' }),
        putPolicy('gone'),
        deletePolicy('gone'),
      ],
      STAMP,
    );
    expect(revision).toBe(1);
    const outcomes = applied.map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['created', 'created', 'replaced', 'unchanged', 'created', 'deleted']);
    const { policies, records } = await store().contents();
    expect(policies).toMatchObject([{ name: 'a', version: 2, revision: 1, digest: digestOf('[2]') }]);
    expect(records).toMatchObject([{ id: 'r', policy: 'a', revision: 1 }]);
    expect(await store().versions({ kind: 'endpoint', name: 'a' }, { limit: 9 })).toHaveLength(2);
    expect(await store().versions({ kind: 'endpoint', name: 'gone' }, { limit: 9 })).toHaveLength(1);
  });

  test('a commit that fails leaves no trace', async () => {
    await store().commit([putPolicy('a'), putRecord('r', { policy: 'a' })], STAMP);
    const failing = [
      putPolicy('a', { document: '["never"]' }),
      putPolicy('b'),
      putRecord('r', { body: '{}' }),
      deleteRecord('none'),
    ];
    await expectRefused(store(), failing, { code: 'not-found', change: 3 });
    // This one fails only when all is written.
    const late = [putPolicy('b', { document: '["never"]' }), putRecord('s', { policy: 'b' }), deletePolicy('a')];
    await expectRefused(store(), late, { code: 'policy-attached', change: 2 });
    expect(await store().document(digestOf('["never"]'))).toBeUndefined();
    expect(await store().versions({ kind: 'endpoint', name: 'b' }, { limit: 9 })).toEqual([]);
    expect((await store().commit([putPolicy('b')], STAMP)).applied).toMatchObject([{ policy: { version: 1 } }]);
  });

  test('large commits are whole', async () => {
    const names = Array.from({ length: 1_234 }, (_, n) => `p${n}`);
    const made = await store().commit(
      names.flatMap((name, n) => [
        putRecord(name, { type: n % 2 ? 'api' : 'endpoint', policy: name }),
        putPolicy(name, { kind: n % 2 ? 'resource' : 'endpoint' }),
      ]),
      STAMP,
    );
    expect(made.revision).toBe(1);
    const { policies, records } = await store().contents();
    expect(new Set(policies.map(({ name }) => name))).toEqual(new Set(names));
    expect(new Set(records.map(({ id }) => id))).toEqual(new Set(names));

    const removed = names.map((name, n) => deletePolicy(name, { kind: n % 2 ? 'resource' : 'endpoint' }));
    const freed = names.map((name, n) => deleteRecord(name, { type: n % 2 ? 'api' : 'endpoint' }));
    await expectRefused(store(), [...removed, ...freed.slice(1)], { code: 'policy-attached', change: 0 });
    await store().commit([...removed, ...freed], STAMP);
    expect(await store().contents()).toEqual({ revision: 2, policies: [], records: [] });
  });

  attachmentTests(suite);
}

function attachmentTests({ store, test }: Suite): void {
  test('a record must name a policy of its kind', async () => {
    await store().commit(
      [putPolicy('e'), putPolicy('r', { kind: 'resource' }), putPolicy('i', { kind: 'identity' })],
      STAMP,
    );
    const unknown = (change: number, name: string) => ({ code: 'unknown-policy', change, details: [name] });
    await expectRefused(store(), [putRecord('x', { policy: 'none' })], unknown(0, 'none'));
    await expectRefused(store(), [putRecord('x', { policy: 'E' })], unknown(0, 'E'));
    await expectRefused(store(), [putRecord('x', { policy: 'r' })], unknown(0, 'r'));
    await expectRefused(store(), [putRecord('x'), putRecord('x', { type: 'api', policy: 'e' })], unknown(1, 'e'));
    await expectRefused(store(), [putRecord('x', { type: 'api', policy: 'i' })], unknown(0, 'i'));
    const good = [putRecord('x', { policy: 'e' }), putRecord('x', { type: 'api', policy: 'r' })];
    expect((await store().commit(good, STAMP)).revision).toBe(2);
  });

  test('references are judged when the whole commit is applied', async () => {
    await store().commit([putRecord('x', { policy: 'later' }), putPolicy('later')], STAMP);
    const wrongThenRight = [putRecord('x', { policy: 'none' }), putRecord('x', { policy: 'later', body: '{}' })];
    expect((await store().commit(wrongThenRight, STAMP)).revision).toBe(2);
    const rightThenWrong = [putRecord('x', { policy: 'later' }), putRecord('x', { policy: 'none' })];
    await expectRefused(store(), rightThenWrong, { code: 'unknown-policy', change: 1 });
    const both = [deletePolicy('later'), putRecord('x', { policy: 'later', body: '{}' })];
    await expectRefused(store(), both, { code: 'unknown-policy', change: 1 });
    expect((await store().commit([putRecord('y', { policy: 'none' }), deleteRecord('y')], STAMP)).revision).toBe(3);
  });

  test('a policy that records name cannot be deleted', async () => {
    const apis = Array.from({ length: 30 }, (_, n) => `api${String(n).padStart(2, '0')}`);
    await store().commit(
      [
        putPolicy('p'),
        putPolicy('p', { kind: 'resource' }),
        putPolicy('p', { kind: 'identity' }),
        putRecord('vpce-2', { policy: 'p' }),
        putRecord('vpce-1', { policy: 'p' }),
        ...apis.map((id) => putRecord(id, { type: 'api', policy: 'p' })),
      ],
      STAMP,
    );
    const attached = (change: number, details: unknown) => ({ code: 'policy-attached', change, details });
    await expectRefused(store(), [deletePolicy('p')], attached(0, ['vpce-1', 'vpce-2']));
    await expectRefused(
      store(),
      [putRecord('z'), deletePolicy('p', { kind: 'resource' })],
      attached(1, apis.slice(0, 20)),
    );
    await expectRefused(store(), [deletePolicy('p'), deleteRecord('vpce-1')], attached(0, ['vpce-2']));
    expect((await store().commit([deletePolicy('p', { kind: 'identity' })], STAMP)).revision).toBe(2);
  });

  test('a policy can be deleted, detached and swapped in one commit', async () => {
    await store().commit([putPolicy('p'), putRecord('x', { policy: 'p' }), putRecord('y', { policy: 'p' })], STAMP);
    await store().commit([deletePolicy('p'), putRecord('x'), deleteRecord('y')], STAMP);
    expect(await store().contents()).toMatchObject({ revision: 2, policies: [], records: [{ id: 'x', policy: null }] });

    await store().commit([putPolicy('p'), putRecord('x', { policy: 'p' })], STAMP);
    await store().commit([deletePolicy('p'), putPolicy('q'), putRecord('x', { policy: 'q' })], STAMP);
    const swapped = { policies: [{ name: 'q' }], records: [{ id: 'x', policy: 'q' }] };
    expect(await store().contents()).toMatchObject(swapped);
    // Deleted and made again under records that name it: at the end it is there.
    await store().commit([deletePolicy('q'), putPolicy('q', { document: '[]' })], STAMP);
    expect(await store().contents()).toMatchObject(swapped);
  });
}
