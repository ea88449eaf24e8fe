import { expect } from 'vitest';
import type { Change, Store } from '../../src/store/store.js';

export interface OpenedStore {
  readonly store: Store;
  /** The same data, opened again after `store` was closed; absent where data ends with the store. */
  reopen?(): Promise<Store>;
  cleanup(): Promise<void>;
}

/** What the parts of the suite are given: a fresh store before each test. */
export interface Suite {
  readonly store: () => Store;
  readonly reopen: () => OpenedStore['reopen'];
  test(title: string, run: () => Promise<void>): void;
}

/** Everything that the interface shows, to compare before and after. */
export async function everything(store: Store): Promise<unknown> {
  const { revision, policies, records } = await store.contents();
  const histories = policies.map((policy) => store.versions(policy, { limit: 1000 }));
  const byText = (a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
  return {
    revision,
    policies: [...policies].sort(byText),
    records: [...records].sort(byText),
    histories: (await Promise.all(histories)).sort(byText),
  };
}

/** Expects the commit to fail with this and to leave no trace. */
export async function expectRefused(store: Store, changes: readonly Change[], error: object): Promise<void> {
  const before = await everything(store);
  const by = { at: '2026-03-01T00:00:00.000Z', by: null };
  await expect(store.commit(changes, by)).rejects.toMatchObject({ name: 'StoreError', ...error });
  expect(await everything(store)).toEqual(before);
}
