import { chmod, mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSqlite } from '../../src/store/sqlite.js';
import { loadSqlite, type SqliteConnection } from '../../src/store/sqlite-driver.js';
import type { StoreErrorCode } from '../../src/store/store.js';
import { deletePolicy, putPolicy, putRecord, STAMP } from './changes.js';
import { runChild, temporaryDirectory, useChildren } from './processes.js';
import { everything } from './suite.js';

const posix = process.platform !== 'win32';

useChildren();

describe('the data directory', { timeout: 30_000 }, () => {
  it('is made for this user alone', async () => {
    const directory = join(await temporaryDirectory(), 'new', 'data');
    const store = await openSqlite({ directory });
    await store.commit([putPolicy('a')], STAMP);
    if (posix) {
      expect((await stat(directory)).mode & 0o777).toBe(0o700);
      for (const file of ['postern.db', 'postern.db-wal']) {
        expect((await stat(join(directory, file))).mode & 0o777, file).toBe(0o600);
      }
    }
    await store.close();
  });

  it('keeps everything over a restart, in one file', async () => {
    const directory = await temporaryDirectory();
    const store = await openSqlite({ directory });
    await store.commit([putPolicy('a'), putPolicy('b'), putRecord('r', { policy: 'a' })], STAMP);
    await store.commit([putPolicy('a', { document: '[]', description: 'd' }), deletePolicy('b')], STAMP);
    const before = await everything(store);
    await store.close();
    for (const file of (await readdir(directory)).filter((name) => name !== 'postern.db')) {
      expect((await stat(join(directory, file))).size, file).toBeLessThanOrEqual(file.endsWith('-shm') ? 32_768 : 0);
    }

    const again = await openSqlite({ directory });
    expect(await everything(again)).toEqual(before);
    const { applied } = await again.commit([putPolicy('b')], STAMP);
    expect(applied).toMatchObject([{ policy: { version: 2, revision: 3 } }]);
    await again.close();
  });

  it('logs one row for each change that was made', async () => {
    const directory = await temporaryDirectory();
    const store = await openSqlite({ directory });
    await store.commit([putPolicy('a'), putRecord('r', { policy: 'a' }), putPolicy('a')], STAMP);
    await store.commit([putPolicy('a')], STAMP);
    await store.commit([putRecord('x'), deletePolicy('none')], STAMP).catch(() => {});
    await store.commit([putRecord('r'), deletePolicy('a')], { ...STAMP, by: null });
    await store.close();
    const rows = await withDatabase(directory, (db) =>
      db.prepare('SELECT * FROM changes ORDER BY revision, seq').all(),
    );
    const { at, by } = STAMP;
    const none = { request_id: null, revision_before: null, version_before: null, audited: null };
    const deleted = { revision_before: 1, version_before: 1 };
    expect(rows.map((row) => ({ ...(row as object) }))).toEqual([
      { ...none, revision: 1, seq: 0, at, by, op: 'put', type: 'policy', kind: 'endpoint', id: 'a', version: 1 },
      { ...none, revision: 1, seq: 1, at, by, op: 'put', type: 'endpoint', kind: null, id: 'r', version: null },
      {
        ...{ ...none, revision: 2, seq: 0, at, by: null, op: 'put', type: 'endpoint', kind: null, id: 'r' },
        ...{ version: null, revision_before: 1 },
      },
      {
        ...{ ...none, ...deleted, revision: 2, seq: 1, at, by: null, op: 'delete', type: 'policy', kind: 'endpoint' },
        ...{ id: 'a', version: null },
      },
    ]);
  });

  it('is read beside a long commit, as it was before', async () => {
    const directory = await temporaryDirectory();
    const store = await openSqlite({ directory });
    const first = putPolicy('first');
    await store.commit([first], STAMP);
    let committed = false;
    const changes = Array.from({ length: 3_000 }, (_, n) => putPolicy(`p${n}`));
    const commit = store.commit(changes, STAMP).finally(() => {
      committed = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await store.document(first.digest)).toBe(first.document);
    expect((await store.contents()).revision).toBe(1);
    expect(committed).toBe(false);
    expect((await commit).revision).toBe(2);
    expect((await store.contents()).revision).toBe(2);
    await store.close();
  });

  it('is used by one process at a time', async () => {
    const directory = await temporaryDirectory();
    const store = await openSqlite({ directory });
    await expect(openSqlite({ directory })).rejects.toMatchObject({ code: 'locked' });
    expect(await runChild('open', directory).lines).toEqual(['locked']);
    await store.commit([putPolicy('a')], STAMP);
    await store.close();
    expect(await runChild('open', directory).lines).toEqual(['open']);
  });

  it('is free again when the process that used it was killed', async () => {
    const directory = await temporaryDirectory();
    const holder = runChild('hold', directory);
    await holder.said(1);
    await expect(openSqlite({ directory })).rejects.toMatchObject({ code: 'locked' });
    holder.process.kill('SIGKILL');
    expect(await holder.lines).toEqual(['open']);
    const store = await openSqlite({ directory });
    await store.close();
  });

  it('is not left locked by an attempt that failed', async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, 'postern.db'), 'not a database');
    await expectRefused(directory, 'unusable');
    await truncate(join(directory, 'postern.db'));
    await (await openSqlite({ directory })).close();
  });
});

describe('files that cannot be used', { timeout: 30_000 }, () => {
  it.each([
    ['not a database', Buffer.from('{"policies": []}\n'.repeat(500))],
    ['random bytes', Buffer.from(Array.from({ length: 8_192 }, (_, n) => (n * 89) % 251))],
  ])('%s: refused and left as it is', async (_name, content) => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, 'postern.db'), content);
    await expectRefused(directory, 'unusable', 'postern.db');
    expect(await readFile(join(directory, 'postern.db'))).toEqual(content);
  });

  it('the database of another program: refused and left as it is', async () => {
    const directory = await temporaryDirectory();
    await withDatabase(directory, (db) => db.exec('CREATE TABLE meta (schema_version); INSERT INTO meta VALUES (0)'));
    const before = await readFile(join(directory, 'postern.db'));
    await expectRefused(directory, 'unusable', 'another program');
    expect(await readFile(join(directory, 'postern.db'))).toEqual(before);
  });

  it('a newer schema: refused and left as it is', async () => {
    const directory = await temporaryDirectory();
    await (await openSqlite({ directory })).close();
    await withDatabase(directory, (db) => db.exec('UPDATE meta SET schema_version = 999'));
    await expectRefused(directory, 'unusable', 'newer');
    const version = await withDatabase(directory, (db) => db.prepare('SELECT schema_version FROM meta').all());
    expect(version).toMatchObject([{ schema_version: 999 }]);
  });

  it.each([
    ['cut off', (path: string, size: number) => truncate(path, Math.floor(size / 2 / 4_096) * 4_096)],
    [
      'overwritten',
      async (path: string, size: number) => {
        const content = await readFile(path);
        await writeFile(path, content.fill(0xa5, 4_096, size - 4_096));
      },
    ],
  ])('a damaged database (%s): refused at the latest when it is read', async (_name, damage) => {
    const directory = await temporaryDirectory();
    const store = await openSqlite({ directory });
    const document = (n: number) => `${n} ${'x'.repeat(500)}`;
    await store.commit(
      Array.from({ length: 300 }, (_, n) => putPolicy(`p${n}`, { document: document(n) })),
      STAMP,
    );
    await store.close();
    const path = join(directory, 'postern.db');
    await damage(path, (await stat(path)).size);
    const reading = openSqlite({ directory }).then((opened) => opened.contents().finally(() => opened.close()));
    await expect(reading).rejects.toMatchObject({ name: 'StoreError', code: 'unusable' });
  });
});

describe('a directory that cannot be used just now', { timeout: 30_000 }, () => {
  it('a path that is a file', async () => {
    const directory = join(await temporaryDirectory(), 'file');
    await writeFile(directory, '');
    await expectRefused(directory, 'unavailable', directory);
  });

  it.skipIf(!posix)('a directory that may not be written, empty or with data', async () => {
    const parent = await temporaryDirectory();
    await chmod(parent, 0o755);
    const [empty, full] = [join(parent, 'empty'), join(parent, 'full')];
    await mkdir(empty);
    await (await openSqlite({ directory: full })).close();
    for (const file of await readdir(full)) await chmod(join(full, file), 0o444);
    await chmod(empty, 0o555);
    await chmod(full, 0o555);
    const jobs = [empty, full, join(empty, 'new')].map((path) => runChild('openUnprivileged', path).lines);
    expect(await Promise.all(jobs)).toEqual([['unavailable'], ['unavailable'], ['unavailable']]);
    await chmod(empty, 0o755);
    await chmod(full, 0o755);
  });

  it.skipIf(!posix)('a disk that is full: writes are refused, reads go on, nothing acknowledged is lost', async () => {
    const directory = await temporaryDirectory();
    // Stands for a full disk: no file may grow beyond so many blocks. The signal that comes with it is not ours.
    const lines = await runChild('fill', directory, "trap '' XFSZ; ulimit -f 2000").lines;
    expect(lines).toEqual(['unavailable', 'true']);
    const store = await openSqlite({ directory });
    const { policies, revision } = await store.contents();
    expect(policies.length).toBe(revision);
    expect(policies.length).toBeGreaterThan(5);
    for (const { digest } of policies) expect(await store.document(digest)).toMatch(/^\d+ x+$/);
    expect((await store.commit([putPolicy('more')], STAMP)).revision).toBe(revision + 1);
    await store.close();
  });

  it('another program that holds the database', async () => {
    const directory = await temporaryDirectory();
    const store = await openSqlite({ directory });
    await withDatabase(directory, async (db) => {
      db.exec('BEGIN IMMEDIATE');
      await expect(store.commit([putPolicy('a')], STAMP)).rejects.toMatchObject({ code: 'unavailable' });
      expect(await store.contents()).toMatchObject({ revision: 0 });
      db.exec('ROLLBACK');
    });
    expect((await store.commit([putPolicy('a')], STAMP)).revision).toBe(1);
    await store.close();
  });
});

async function expectRefused(directory: string, code: StoreErrorCode, mentioning = ''): Promise<void> {
  const refused = expect.objectContaining({ name: 'StoreError', code, message: expect.stringContaining(mentioning) });
  await expect(openSqlite({ directory })).rejects.toEqual(refused);
}

/** The database as any other program would open it. */
async function withDatabase<T>(directory: string, work: (db: SqliteConnection) => T | Promise<T>): Promise<T> {
  const { DatabaseSync } = await loadSqlite();
  const db = new DatabaseSync(join(directory, 'postern.db'));
  try {
    return await work(db);
  } finally {
    db.close();
  }
}
