import { writeSync } from 'node:fs';
import { openPostgres } from '../../src/store/postgres.js';
import { openSqlite } from '../../src/store/sqlite.js';
import { loadSqlite } from '../../src/store/sqlite-driver.js';
import { type Store, StoreError } from '../../src/store/store.js';
import { putPolicy, putRecord, STAMP } from './changes.js';

/**
 * A process of its own for the tests that need one: `child.ts <job> <place>`, a directory or the URL of a database. What it has to say it writes at once, a
 * line each, so that a line is out even if the process dies the next moment.
 */
const jobs: Readonly<Record<string, (place: string) => Promise<void>>> = {
  /** Holds the store until killed. */
  async hold(directory) {
    await openSqlite({ directory });
    say('open');
    setInterval(() => {}, 1_000);
  },
  /** Opens and closes. */
  async open(directory) {
    const store = await openSqlite({ directory });
    say('open');
    await store.close();
  },
  /** The same as a user who may write nothing, where this one may write everything. */
  async openUnprivileged(directory) {
    await loadSqlite();
    if (process.getuid?.() === 0) process.setuid?.(65_534);
    const store = await openSqlite({ directory });
    say('open');
    await store.close();
  },
  /** Writes until killed, and says which writes were acknowledged. */
  async write(place) {
    await writeForEver(await open(place));
  },
  /** Makes one commit that takes long. */
  async writeMuch(place) {
    const store = await open(place);
    say('open');
    const changes = Array.from({ length: 50_000 }, (_, n) => putPolicy(`p${n}`));
    say(`${(await store.commit(changes, STAMP)).revision}`);
    await store.close();
  },
  /** Writes until the store refuses, says why, and whether what it had acknowledged can still be read. */
  async fill(directory) {
    const store = await openSqlite({ directory });
    const big = 'x'.repeat(50_000);
    for (let n = 1; ; n++) {
      const refused = await store.commit([putPolicy(`p${n}`, { document: `${n} ${big}` })], STAMP).catch(asStoreError);
      if (!(refused instanceof StoreError)) continue;
      say(refused.code);
      say(`${(await store.contents()).policies.length === n - 1}`);
      break;
    }
    await store.close().catch(() => {});
  },
};

const open = (place: string): Promise<Store> =>
  place.startsWith('postgres:') ? openPostgres({ url: place }) : openSqlite({ directory: place });

/** Every write is a policy, one more version of a shared one, and a record, all of the same number. */
async function writeForEver(store: Store): Promise<never> {
  const { revision } = await store.contents();
  say(`at ${revision}`);
  for (let n = revision + 1; ; n++) {
    const document = `${n} ${'x'.repeat((n * 397) % 9_000)}`;
    const changes = [
      putPolicy(`p${n}`, { document, description: `${n}` }),
      putPolicy('shared', { document }),
      putRecord(`r${n}`, { policy: `p${n}`, body: document }),
    ];
    const { revision } = await store.commit(changes, STAMP);
    say(`${revision}`);
    // Signals and timers get their turn.
    if (n % 8 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

function say(line: string): void {
  writeSync(1, `${line}\n`);
}

function asStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  throw error;
}

const [job = '', place = ''] = process.argv.slice(2);
await jobs[job]?.(place).catch((error: unknown) => say(asStoreError(error).code));
