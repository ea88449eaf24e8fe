import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openSqlite } from '../../src/store/sqlite.js';
import { loadSqlite } from '../../src/store/sqlite-driver.js';
import { digestOf } from './changes.js';
import { runChild, temporaryDirectory, useChildren } from './processes.js';

// Two at once, each in a directory of its own. Most of the time is the start of the processes.
const DIRECTORIES = 2;
const KILLS_EACH = 10;

useChildren();

describe('a process killed while it writes', () => {
  const title = `has lost nothing that it acknowledged and left nothing half done, ${DIRECTORIES * KILLS_EACH} times`;
  it(title, { timeout: 60_000 }, async () => {
    await Promise.all(Array.from({ length: DIRECTORIES }, killAgainAndAgain));
  });
});

async function killAgainAndAgain(): Promise<void> {
  const directory = await temporaryDirectory();
  let acknowledged = 0;
  for (let kill = 0; kill < KILLS_EACH; kill++) {
    const writer = runChild('write', directory);
    // Every fourth while it opens the store or soon after, the others anywhere in a write some writes later.
    if (kill % 4 === 3) await Promise.race([writer.said(2), sleep(100 + Math.random() * 200)]);
    else await writer.said(2 + Math.random() * 30).then(() => sleep(Math.random() * 8));
    writer.process.kill('SIGKILL');
    const [start = 'at', ...revisions] = await writer.lines;
    expect(start).toMatch(/^at/);
    acknowledged = Math.max(acknowledged, Number(revisions.at(-1) ?? 0));
    const newest = await check(directory);
    expect(newest).toBeGreaterThanOrEqual(acknowledged);
    // Only the write that was under way can be there without having been acknowledged.
    expect(newest).toBeLessThanOrEqual(acknowledged + 1);
    acknowledged = newest;
  }
}

/** Expects revisions 1 to the newest, which it returns, each with all of its parts. */
async function check(directory: string): Promise<number> {
  const store = await openSqlite({ directory });
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
  await store.close();
  expect(await integrity(directory)).toEqual({ integrity: 'ok', foreignKeys: 0, changes: 3 * revision });
  return revision;
}

async function integrity(directory: string): Promise<object> {
  const { DatabaseSync } = await loadSqlite();
  const db = new DatabaseSync(join(directory, 'postern.db'));
  const value = (sql: string) => Object.values(db.prepare(sql).all()[0] as object)[0];
  const found = {
    integrity: value('PRAGMA integrity_check'),
    foreignKeys: db.prepare('PRAGMA foreign_key_check').all().length,
    changes: value('SELECT count(*) FROM changes'),
  };
  db.close();
  return found;
}
