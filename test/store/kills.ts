import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Store } from '../../src/store/store.js';
import { digestOf } from './changes.js';
import { runChild } from './processes.js';

/** A store that is written to by processes that are killed. */
export interface Killed {
  /** As `child.ts` is given it. */
  readonly place: string;
  /** Opens it when nothing of a killed process is left. */
  open(): Promise<Store>;
  /** What only this kind of store can be asked; its revision is given. */
  check?(revision: number): Promise<void>;
}

/**
 * Kills a process that writes, again and again: every acknowledged write is there, and none in part.
 * @returns after how many kills that was seen, and of how many writes
 */
export async function killAgainAndAgain(
  { place, open, check }: Killed,
  kills: number,
): Promise<{ readonly survived: number; readonly written: number }> {
  let acknowledged = 0;
  let survived = 0;
  for (; survived < kills; survived++) {
    const writer = runChild('write', place);
    // Every fourth while it opens the store or soon after, the others anywhere in a write some writes later.
    if (survived % 4 === 3) await Promise.race([writer.said(2), sleep(100 + Math.random() * 200)]);
    else await writer.said(2 + Math.random() * 30).then(() => sleep(Math.random() * 8));
    writer.process.kill('SIGKILL');
    const [start = 'at', ...revisions] = await writer.lines;
    expect(start).toMatch(/^at/);
    acknowledged = Math.max(acknowledged, Number(revisions.at(-1) ?? 0));
    const store = await open();
    const newest = await expectWhole(store);
    await store.close();
    await check?.(newest);
    expect(newest).toBeGreaterThanOrEqual(acknowledged);
    // Only the write that was under way can be there without having been acknowledged.
    expect(newest).toBeLessThanOrEqual(acknowledged + 1);
    acknowledged = newest;
  }
  return { survived, written: acknowledged };
}

/** Expects revisions 1 to the newest, which it returns, each with all of its parts. */
async function expectWhole(store: Store): Promise<number> {
  const { revision, policies, records } = await store.contents();
  const byName = new Map(policies.map((policy) => [policy.name, policy]));
  const byId = new Map(records.map((record) => [record.id, record]));
  const wrong: unknown[] = [];
  for (let n = 1; n <= revision; n++) {
    const policy = byName.get(`p${n}`);
    const record = byId.get(`r${n}`);
    const whole =
      policy?.revision === n &&
      policy.description === `${n}` &&
      record?.revision === n &&
      record.policy === `p${n}` &&
      digestOf(record.body) === policy.digest &&
      (await store.document(policy.digest)) === record.body;
    if (!whole) wrong.push({ n, policy, record });
  }
  expect(wrong).toEqual([]);
  const shared = byName.get('shared');
  expect({ policies: policies.length, records: records.length, shared: shared?.version ?? 0 }).toEqual({
    policies: revision === 0 ? 0 : revision + 1,
    records: revision,
    shared: revision,
  });
  return revision;
}
