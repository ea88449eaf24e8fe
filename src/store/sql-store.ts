import type { Kysely } from 'kysely';
import type { SqlDialect } from './dialect.js';
import { Draft } from './draft.js';
import { load, save } from './draft-rows.js';
import { policyHead, policyVersion, storedRecord } from './rows.js';
import type { Database } from './schema.js';
import {
  type Change,
  type Commit,
  type Contents,
  type PolicyKey,
  type PolicyVersion,
  type Stamp,
  type Store,
  StoreError,
} from './store.js';

/** The store over SQL, the same statements for every database. It expects a migrated one (`migrate`). */
export class SqlStore implements Store {
  #closed: Promise<void> | undefined;
  readonly #running = new Set<Promise<unknown>>();

  /** @param reader for reads beside a long commit, where `db` is a single connection that the commit holds */
  constructor(
    private readonly db: Kysely<Database>,
    private readonly dialect: SqlDialect,
    private readonly reader: Kysely<Database> = db,
  ) {}

  contents(): Promise<Contents> {
    return this.#attempt(() =>
      this.reader
        .transaction()
        .setIsolationLevel('repeatable read')
        .setAccessMode('read only')
        .execute(async (transaction) => {
          const { revision } = await transaction.selectFrom('meta').select('revision').executeTakeFirstOrThrow();
          const policies = await transaction.selectFrom('policies').selectAll().execute();
          const records = await transaction.selectFrom('records').selectAll().execute();
          return {
            revision: Number(revision),
            policies: policies.map(policyHead),
            records: records.map(storedRecord),
          };
        }),
    );
  }

  commit(changes: readonly Change[], stamp: Stamp): Promise<Commit> {
    return this.#attempt(() =>
      this.db.transaction().execute(async (transaction) => {
        checkText(changes, stamp);
        await this.dialect.lockWriters(transaction);
        const meta = await transaction.selectFrom('meta').select('revision').executeTakeFirstOrThrow();
        const present = Number(meta.revision);
        const draft = new Draft(present + 1, stamp);
        await load(transaction, draft, changes);
        const applied = changes.map((change, index) => draft.apply(change, index));
        draft.checkReferences();
        if (draft.log.length === 0) return { revision: present, applied };
        await save(transaction, draft);
        return { revision: draft.revision, applied };
      }),
    );
  }

  document(digest: string): Promise<string | undefined> {
    return this.#attempt(async () => {
      const row = await this.reader
        .selectFrom('documents')
        .select('text')
        .where('digest', '=', digest)
        .executeTakeFirst();
      return row?.text;
    });
  }

  versions(
    { kind, name }: PolicyKey,
    page: { readonly before?: number; readonly limit: number },
  ): Promise<PolicyVersion[]> {
    return this.#attempt(async () => {
      const rows = await this.reader
        .selectFrom('policy_versions')
        .selectAll()
        .where('kind', '=', kind)
        .where('name', '=', name)
        .where('version', '<', page.before ?? Number.MAX_SAFE_INTEGER)
        .orderBy('version', 'desc')
        .limit(page.limit)
        .execute();
      return rows.map(policyVersion);
    });
  }

  version({ kind, name }: PolicyKey, version: number): Promise<PolicyVersion | undefined> {
    return this.#attempt(async () => {
      const row = await this.reader
        .selectFrom('policy_versions')
        .selectAll()
        .where('kind', '=', kind)
        .where('name', '=', name)
        .where('version', '=', version)
        .executeTakeFirst();
      return row && policyVersion(row);
    });
  }

  /** What has been asked for before is finished first. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#running);
    await this.db.destroy();
    if (this.reader !== this.db) await this.reader.destroy();
    await this.dialect.close();
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new StoreError('unavailable', 'the store is closed');
    const running = work();
    this.#running.add(running);
    try {
      return await running;
    } catch (error) {
      if (error instanceof StoreError) throw error;
      throw this.dialect.storeError(error) ?? error;
    } finally {
      this.#running.delete(running);
    }
  }
}

const UNSTORABLE = /[\0\p{Surrogate}]/u;

/**
 * SQLite would cut text off at U+0000 and replace half a surrogate pair; PostgreSQL refuses both. Kept as given or not at
 * all: a text that comes back different would no longer be the one its digest names. Callers refuse such text earlier.
 */
function checkText(changes: readonly Change[], stamp: Stamp): void {
  for (const part of [stamp, ...changes]) {
    for (const value of Object.values(part)) {
      if (typeof value !== 'string' || !UNSTORABLE.test(value)) continue;
      throw new TypeError('text with U+0000 or an unpaired surrogate cannot be stored');
    }
  }
}
