import { expect } from 'vitest';
import { deletePolicy, digestOf, putPolicy, STAMP, stamp } from './changes.js';
import { STRANGE_TEXT } from './strange-text.js';
import type { Suite } from './suite.js';

/** Policies, their versions and documents. */
export function policyTests({ store, test }: Suite): void {
  test('an empty store is at revision 0', async () => {
    expect(await store().contents()).toEqual({ revision: 0, policies: [], records: [] });
    expect(await store().commit([], STAMP)).toEqual({ revision: 0, applied: [] });
  });

  test('the first put of a policy creates version 1', async () => {
    const change = putPolicy('team-a', { description: 'of team a' });
    const head = {
      kind: 'endpoint',
      name: 'team-a',
      version: 1,
      digest: change.digest,
      description: 'of team a',
      revision: 1,
      createdAt: STAMP.at,
      updatedAt: STAMP.at,
    };
    expect(await store().commit([change], STAMP)).toEqual({
      revision: 1,
      applied: [{ type: 'policy', outcome: 'created', policy: head }],
    });
    expect(await store().contents()).toEqual({ revision: 1, policies: [head], records: [] });
    const { updatedAt, ...version } = head;
    expect(await store().version(head, 1)).toEqual({ ...version, by: STAMP.by });
  });

  test('another document or description makes the next version and keeps the time of creation', async () => {
    await store().commit([putPolicy('a')], stamp(1));
    const second = await store().commit([putPolicy('a', { description: '' })], stamp(2));
    const third = await store().commit([putPolicy('a', { document: '[]', description: '' })], stamp(3));
    expect(second.applied).toMatchObject([{ outcome: 'replaced', policy: { version: 2, description: '' } }]);
    const head = { version: 3, revision: 3, createdAt: stamp(1).at, updatedAt: stamp(3).at, digest: digestOf('[]') };
    expect(third).toMatchObject({ revision: 3, applied: [{ outcome: 'replaced', policy: head }] });
    expect((await store().contents()).policies).toMatchObject([head]);
    const { createdAt, description } = (await store().version({ kind: 'endpoint', name: 'a' }, 2)) ?? {};
    expect({ createdAt, description }).toEqual({ createdAt: stamp(2).at, description: '' });
  });

  test('a put that changes nothing takes no version and no revision', async () => {
    const { applied } = await store().commit([putPolicy('a'), putPolicy('b')], stamp(1));
    const again = await store().commit([putPolicy('a')], stamp(2));
    const [first] = applied;
    expect(again).toEqual({ revision: 1, applied: [{ ...first, outcome: 'unchanged' }] });
    expect(await store().versions({ kind: 'endpoint', name: 'a' }, { limit: 9 })).toHaveLength(1);

    const partly = await store().commit([putPolicy('a'), putPolicy('c'), putPolicy('b')], stamp(3));
    expect(partly.revision).toBe(2);
    expect(partly.applied.map(({ outcome }) => outcome)).toEqual(['unchanged', 'created', 'unchanged']);
    expect(partly.applied[2]).toMatchObject({ policy: { revision: 1, updatedAt: stamp(1).at } });
  });

  test('names of another case and names of another kind are other policies', async () => {
    await store().commit(
      [putPolicy('orders'), putPolicy('Orders'), putPolicy('orders', { kind: 'resource', document: '{}' })],
      STAMP,
    );
    await store().commit([putPolicy('Orders', { document: '[1]' })], STAMP);
    const { policies } = await store().contents();
    const seen = policies.map(({ kind, name, version }) => `${kind}/${name} ${version}`).sort();
    expect(seen).toEqual(['endpoint/Orders 2', 'endpoint/orders 1', 'resource/orders 1']);

    await store()
      .commit([deletePolicy('ORDERS')], STAMP)
      .catch(() => {});
    await store().commit([deletePolicy('orders')], STAMP);
    expect((await store().contents()).policies).toHaveLength(2);
    expect(await store().version({ kind: 'endpoint', name: 'oRders' }, 1)).toBeUndefined();
  });

  test('version numbers are never used again, and those of a deleted policy stay readable', async () => {
    const key = { kind: 'endpoint', name: 'a' };
    await store().commit([putPolicy('a', { document: '[1]' })], stamp(1));
    await store().commit([putPolicy('a', { document: '[2]' })], stamp(2));
    const deleted = await store().commit([deletePolicy('a')], stamp(3));
    expect(deleted).toEqual({ revision: 3, applied: [{ type: 'policy', outcome: 'deleted', key }] });
    expect((await store().contents()).policies).toEqual([]);
    expect((await store().versions(key, { limit: 9 })).map(({ version }) => version)).toEqual([2, 1]);
    expect(await store().version(key, 1)).toMatchObject({ digest: digestOf('[1]'), revision: 1 });
    expect(await store().document(digestOf('[1]'))).toBe('[1]');

    // The same text as before the delete: it is there again, as a new version.
    const again = await store().commit([putPolicy('a', { document: '[2]' })], stamp(4));
    const head = { version: 3, createdAt: stamp(4).at, updatedAt: stamp(4).at };
    expect(again.applied).toMatchObject([{ outcome: 'created', policy: head }]);
    await store().commit([deletePolicy('a'), putPolicy('a', { document: '[3]' })], stamp(5));
    expect((await store().versions(key, { limit: 9 })).map(({ version }) => version)).toEqual([4, 3, 2, 1]);
  });

  test('versions are paged, newest first', async () => {
    const key = { kind: 'endpoint', name: 'a' };
    for (let n = 1; n <= 12; n++) {
      await store().commit([putPolicy('a', { document: `[${n}]` }), putPolicy('ab', { document: `[-${n}]` })], STAMP);
    }
    const page = async (limit: number, before?: number) =>
      (await store().versions(key, before === undefined ? { limit } : { limit, before })).map(({ version }) => version);
    expect(await page(5)).toEqual([12, 11, 10, 9, 8]);
    expect(await page(5, 8)).toEqual([7, 6, 5, 4, 3]);
    expect(await page(5, 3)).toEqual([2, 1]);
    expect(await page(5, 1)).toEqual([]);
    expect(await store().versions({ kind: 'endpoint', name: 'none' }, { limit: 5 })).toEqual([]);
    expect(await store().version(key, 13)).toBeUndefined();
    expect(await store().version(key, 9)).toMatchObject({ version: 9, digest: digestOf('[9]') });
  });

  test('documents are read by digest, those of old versions too', async () => {
    const shared = '{"Id":"shared"}';
    await store().commit([putPolicy('a', { document: shared }), putPolicy('b', { document: shared })], STAMP);
    await store().commit([putPolicy('a', { document: '[]' }), deletePolicy('b')], STAMP);
    expect(await store().document(digestOf(shared))).toBe(shared);
    expect(await store().document(digestOf('[]'))).toBe('[]');
    expect(await store().document(digestOf('[]').toUpperCase())).toBeUndefined();
    expect(await store().document(digestOf('[2]'))).toBeUndefined();
  });

  test('text comes back as it was written', async () => {
    const changes = STRANGE_TEXT.map((text, n) => putPolicy(`n${n}`, { document: text, description: text }));
    await store().commit(changes, STAMP);
    const { policies } = await store().contents();
    for (const [n, text] of STRANGE_TEXT.entries()) {
      expect(policies.find(({ name }) => name === `n${n}`)?.description).toBe(text);
      expect(await store().document(digestOf(text))).toBe(text);
    }
    const again = await store().commit(changes, STAMP);
    expect(again.applied.filter(({ outcome }) => outcome !== 'unchanged')).toEqual([]);
  });

  test('text that a database would alter is refused', async () => {
    for (const description of ['a\0b', 'half a pair \ud800', '\udfff']) {
      await expect(store().commit([putPolicy('a', { description })], STAMP)).rejects.toThrow(TypeError);
    }
    expect(await store().contents()).toEqual({ revision: 0, policies: [], records: [] });
  });
}
