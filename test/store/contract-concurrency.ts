import { expect } from 'vitest';
import { deletePolicy, putPolicy, putRecord, STAMP } from './changes.js';
import type { Suite } from './suite.js';

/** Writers beside each other, readers beside writers, and the end. */
export function concurrencyTests({ store, reopen, test }: Suite): void {
  test('of puts at once with the same precondition exactly one wins', async () => {
    await store().commit([putPolicy('a')], STAMP);
    for (const when of [{ ifMatch: [1] }, { ifNoneMatch: '*' as const }]) {
      const name = 'ifMatch' in when ? 'a' : 'new';
      const attempts = Array.from({ length: 8 }, (_, n) =>
        store().commit([putPolicy(name, { document: `[${n}]`, when })], STAMP),
      );
      const settled = await Promise.allSettled(attempts);
      expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const result of settled) {
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'precondition-failed' });
      }
    }
    expect((await store().contents()).revision).toBe(3);
  });

  test('revisions and versions increase by one over concurrent writers, and readers see whole commits', async () => {
    const writer = async (id: number) => {
      const revisions: number[] = [];
      for (let n = 0; n < 25; n++) {
        const document = JSON.stringify([id, n]);
        const changes = [
          putPolicy('shared', { document }),
          putPolicy(`own${id}`, { document }),
          putRecord(`r${id}`, { body: document }),
        ];
        revisions.push((await store().commit(changes, STAMP)).revision);
      }
      return revisions;
    };
    let writing = true;
    const reader = async () => {
      let last = 0;
      while (writing) {
        const { revision, policies, records } = await store().contents();
        expect(revision).toBeGreaterThanOrEqual(last);
        last = revision;
        const newest = [...policies.filter(({ name }) => name !== 'shared'), ...records];
        expect(Math.max(0, ...newest.map((thing) => thing.revision))).toBe(revision);
        expect(policies.find(({ name }) => name === 'shared')?.version ?? 0).toBe(revision);
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const reading = reader();
    const written = await Promise.all(Array.from({ length: 8 }, (_, id) => writer(id))).finally(() => {
      writing = false;
    });
    await reading;
    for (const revisions of written) expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
    expect(written.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, n) => n + 1));
    expect((await store().contents()).policies.find(({ name }) => name === 'shared')?.version).toBe(200);
  });

  test('pages of versions neither lose nor repeat one while others are written', async () => {
    const key = { kind: 'endpoint', name: 'a' };
    const write = (n: number) => store().commit([putPolicy('a', { document: `[${n}]` })], STAMP);
    for (let n = 1; n <= 20; n++) await write(n);
    const seen: number[] = [];
    for (let before: number | undefined; before !== 1; before = seen.at(-1)) {
      const writing = write(100 + seen.length);
      const page = await store().versions(key, before === undefined ? { limit: 3 } : { before, limit: 3 });
      await writing;
      seen.push(...page.map(({ version }) => version));
    }
    expect(seen).toEqual(Array.from({ length: seen.length }, (_, n) => seen.length - n));
    expect(seen.length).toBeGreaterThanOrEqual(20);
  });

  test('a write is seen by the reads that follow it', async () => {
    for (let n = 1; n <= 20; n++) {
      const change = putPolicy('a', { document: `[${n}]` });
      await store().commit([change], STAMP);
      const [contents, document, versions] = await Promise.all([
        store().contents(),
        store().document(change.digest),
        store().versions(change, { limit: 1 }),
      ]);
      expect(contents.policies[0]?.digest).toBe(change.digest);
      expect(document).toBe(change.document);
      expect(versions[0]?.version).toBe(n);
    }
  });

  test('a failed commit does not disturb those beside it', async () => {
    const results = await Promise.allSettled([
      store().commit([putPolicy('a')], STAMP),
      store().commit([putPolicy('x'), deletePolicy('none')], STAMP),
      store().commit([putPolicy('b')], STAMP),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    const { revision, policies } = await store().contents();
    expect({ revision, names: policies.map(({ name }) => name).sort() }).toEqual({ revision: 2, names: ['a', 'b'] });
  });

  test('a large commit lets others have their turn', async () => {
    let turns = 0;
    const counting = setInterval(() => {
      turns += 1;
    }, 0);
    const changes = Array.from({ length: 2_000 }, (_, n) => putPolicy(`p${n}`));
    await store()
      .commit(changes, STAMP)
      .finally(() => clearInterval(counting));
    expect(turns).toBeGreaterThan(10);
  });

  test('closing finishes what was asked before and refuses what comes after', async () => {
    const pending = [1, 2, 3].map((n) => store().commit([putPolicy(`p${n}`)], STAMP));
    const read = store().contents();
    const closed = store().close();
    await expect(store().commit([putPolicy('late')], STAMP)).rejects.toMatchObject({ code: 'unavailable' });
    await Promise.all([closed, store().close()]);
    const revisions = (await Promise.all(pending)).map(({ revision }) => revision);
    expect(revisions.sort()).toEqual([1, 2, 3]);
    await read;
    await expect(store().contents()).rejects.toMatchObject({ code: 'unavailable' });
    await expect(store().document('sha256:0')).rejects.toMatchObject({ code: 'unavailable' });
    const again = await reopen()?.();
    if (again) expect((await again.contents()).policies).toHaveLength(3);
  });
}
