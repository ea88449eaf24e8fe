import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Follower } from '../../src/service/follower.js';
import { Revisions } from '../../src/service/revisions.js';
import { openSqlite } from '../../src/store/sqlite.js';
import type { Change, Store, Watcher } from '../../src/store/store.js';
import { deletePolicy, deleteRecord, putPolicy, putRecord, STAMP, stamp } from '../store/changes.js';

let store: Store;
let follower: Follower;
let watcher: Watcher;
const log = { info: vi.fn(), warn: vi.fn() };

/** A store that others write to, as far as a follower can tell: they write past it, to the store itself. */
const shared = (): Pick<Store, 'contents' | 'since' | 'watch'> => ({
  contents: () => store.contents(),
  since: (revision) => store.since(revision),
  watch: (given) => {
    watcher = given;
  },
});
const names = () =>
  follower.directory
    .policies('endpoint')
    .page({ prefix: '', after: null, limit: 99 })
    .map(({ name }) => name);
const commit = (...changes: Change[]) => store.commit(changes, STAMP);

beforeEach(async () => {
  vi.clearAllMocks();
  store = await openSqlite({ memory: true });
  await commit(putPolicy('a'));
  follower = await Follower.of(shared(), { maxStaleness: 1000, log });
});
afterEach(async () => {
  follower.stop();
  await store.close();
});

describe('a follower', () => {
  it('has what the store has once it is told, whoever wrote it', async () => {
    follower.start();
    await commit(putPolicy('b'), putRecord('r', { policy: 'a', body: '{"vpcId":"vpc-1","policy":"a"}' }));
    await commit(putPolicy('c'));
    watcher.changed(3);
    await vi.waitFor(() => expect(follower.directory.revision).toBe(3));
    expect(names()).toEqual(['a', 'b', 'c']);
    expect(follower.directory.attachedTo('endpoint', 'a')).toEqual(['r']);
    await commit(deleteRecord('r'), deletePolicy('a'));
    watcher.changed(null);
    await vi.waitFor(() => expect(names()).toEqual(['b', 'c']));
    expect(follower.directory.endpoints.get('r')).toBeUndefined();
  });

  it('knows how far it is behind, until it is not any more', async () => {
    follower.start();
    await vi.waitFor(() => expect(follower.answers).toBe(true));
    await commit(putPolicy('b'));
    await commit(putPolicy('c'));
    watcher.changed(3);
    expect(follower.lag).toBe(2);
    await vi.waitFor(() => expect(follower.lag).toBe(0));
    expect(follower.directory.revision).toBe(3);
  });

  it('is not behind a store that was restored from a backup', async () => {
    follower.start();
    watcher.changed(9);
    expect(follower.lag).toBe(8);
    await follower.sync();
    expect(follower.lag).toBe(0);
  });

  it('never shows a part of a revision', async () => {
    const seen: string[][] = [];
    follower.directory.onMoved(() => seen.push(names()));
    await commit(putPolicy('b'), deletePolicy('a'));
    await commit(putPolicy('c'), putPolicy('d'), deletePolicy('b'));
    await follower.sync();
    expect(seen).toEqual([['c', 'd']]);
  });

  it('has all before its own writes, too', async () => {
    await commit(putPolicy('b'));
    const own = await commit(putPolicy('c'));
    await follower.publish(own);
    expect(follower.directory.revision).toBe(3);
    expect(names()).toEqual(['a', 'b', 'c']);
  });

  it('does not take what its own write found for what it has seen', async () => {
    await commit(putPolicy('b'));
    // It changes nothing, and is of the revision that somebody else has made.
    const own = await commit(putPolicy('a'));
    expect(own.revision).toBe(2);
    await follower.publish(own);
    expect(names()).toEqual(['a', 'b']);
  });

  it('does not go back to its own writes', async () => {
    const own = await commit(putPolicy('b'));
    await commit(deletePolicy('b'));
    await follower.sync();
    await follower.publish(own);
    expect([follower.directory.revision, names()]).toEqual([3, ['a']]);
  });

  it('takes over a large write of its own in one go, but lets others have their turns meanwhile', async () => {
    const own = await commit(...Array.from({ length: 12_000 }, (_, n) => putPolicy(`p${n}`)));
    const seen: number[] = [];
    follower.directory.onMoved(() => seen.push(follower.directory.policies('endpoint').size));
    let turns = 0;
    const turn = (): void => {
      turns++;
      next = setImmediate(turn);
    };
    let next = setImmediate(turn);
    await follower.publish(own);
    clearImmediate(next);
    expect([seen, follower.directory.revision]).toEqual([[12_001], 2]);
    expect(turns).toBeGreaterThan(5);
  });

  it('does not go back to what it asked for before its own write', async () => {
    const { since } = shared();
    let answer: (() => void) | undefined;
    const slow: Pick<Store, 'contents' | 'since'> = {
      contents: () => store.contents(),
      since: async (revision) => {
        const news = await since(revision);
        await new Promise<void>((resolve) => {
          answer = resolve;
        });
        return news;
      },
    };
    const other = await Follower.of(slow, { maxStaleness: 1000, log });
    const syncing = other.sync();
    await vi.waitFor(() => expect(answer).toBeDefined());
    await other.publish(await commit(putPolicy('b')));
    await other.publish(await commit(deletePolicy('b')));
    answer?.();
    await syncing;
    expect([other.directory.revision, other.directory.policy('endpoint', 'b')]).toEqual([3, undefined]);
  });

  it('that asks is answered from after it has asked', async () => {
    const asked = vi.fn(store.since.bind(store));
    const other = await Follower.of({ contents: () => store.contents(), since: asked }, { maxStaleness: 1000, log });
    const first = other.sync();
    await sleep(0);
    await commit(putPolicy('b'));
    const many = Array.from({ length: 50 }, () => other.sync());
    await Promise.all([first, ...many]);
    expect(other.directory.revision).toBe(2);
    expect(asked.mock.calls.length).toBeLessThanOrEqual(2);
  });

  it('reads everything anew when it has missed what is forgotten', async () => {
    for (let n = 1; n < 5; n++) await store.commit([putPolicy(`p${n}`)], stamp(n));
    await store.commit([deletePolicy('a')], stamp(5));
    while (await store.forgetChanges(stamp(6).at));
    await follower.sync();
    expect([follower.directory.revision, names()]).toEqual([6, ['p1', 'p2', 'p3', 'p4']]);
  });

  it('follows a store that was restored from a backup', async () => {
    for (const name of ['b', 'c', 'd']) await commit(putPolicy(name));
    await follower.sync();
    expect(names()).toEqual(['a', 'b', 'c', 'd']);
    const backup = await openSqlite({ memory: true });
    await backup.commit([putPolicy('a'), putPolicy('z')], STAMP);
    await store.close();
    store = backup;
    await follower.sync();
    expect([follower.directory.revision, names()]).toEqual([1, ['a', 'z']]);
  });
});

describe('a store that does not answer', () => {
  it('is asked again, soon and by itself, and nothing that it had said is lost', async () => {
    follower.start();
    await vi.waitFor(() => expect(follower.staleness).toBeLessThan(500));
    const since = vi.spyOn(store, 'since').mockRejectedValue(new Error('gone'));
    watcher.changed(null);
    await vi.waitFor(() => expect(since.mock.calls.length).toBeGreaterThan(2));
    expect(names()).toEqual(['a']);
    await commit(putPolicy('b'));
    since.mockRestore();
    await vi.waitFor(() => expect(names()).toEqual(['a', 'b']), { timeout: 5000 });
    expect([log.warn.mock.calls.length, log.info.mock.calls.length]).toEqual([1, 1]);
  });

  it('makes what is known too old after a while, and new again', async () => {
    follower.start();
    expect(follower.tooOld).toBeNull();
    const since = vi.spyOn(store, 'since').mockRejectedValue(new Error('gone'));
    await vi.waitFor(() => expect(follower.tooOld).toMatchObject({ code: 'state-too-old' }), { timeout: 5000 });
    expect(follower.staleness).toBeGreaterThan(1000);
    since.mockRestore();
    await vi.waitFor(() => expect(follower.tooOld).toBeNull(), { timeout: 5000 });
  });

  it('that answers now and then, though nothing is new, keeps what is known fresh', async () => {
    follower.start();
    const from = performance.now();
    while (performance.now() - from < 2500) {
      expect(follower.tooOld).toBeNull();
      await sleep(20);
    }
  });
});

describe('a state that a caller knows of', () => {
  it('is asked for at once', async () => {
    const revisions = new Revisions(follower.directory, 5000, follower);
    const { revision } = await commit(putPolicy('b'));
    const from = performance.now();
    await revisions.reach(revision);
    expect(performance.now() - from).toBeLessThan(1000);
    expect(names()).toEqual(['a', 'b']);
  });
});

describe('without others who write', () => {
  it('what is known is never old', async () => {
    const alone = await Follower.of(store, { maxStaleness: 0, log });
    alone.start();
    await sleep(10);
    expect([alone.staleness, alone.tooOld]).toEqual([0, null]);
  });
});
