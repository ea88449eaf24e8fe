import type { Kysely, Transaction } from 'kysely';
import { readAudit } from './audit.js';
import { checkText, commit } from './commit.js';
import { readContents } from './contents.js';
import type { SqlDialect } from './dialect.js';
import { noteKeyUses, readKeyUses } from './key-uses.js';
import { readLog } from './log.js';
import { readNews, readState, type State } from './news.js';
import { forgetChanges, forgetVersions } from './retention.js';
import { policyVersion } from './rows.js';
import type { Database } from './schema.js';
import {
  type AuditEntry,
  type AuditQuery,
  type Change,
  type Commit,
  type Contents,
  hasChanged,
  type LogPart,
  type LogPlace,
  type News,
  type PolicyKey,
  type PolicyVersion,
  type Stamp,
  type Store,
  StoreError,
  type VersionPlace,
  type Watcher,
} from './store.js';
import { writing } from './writing.js';

/** The store over SQL, the same statements for every database. It expects a migrated one (`migrate`). */
export class SqlStore implements Store {
  /** The newest state that somebody here has been told of. */
  #newest: State = { revision: 0, at: null };
  #closed: Promise<void> | undefined;
  readonly #running = new Set<Promise<unknown>>();

  /** @param reader for reads beside a long commit, where `db` is a single connection that the commit holds */
  constructor(
    private readonly db: Kysely<Database>,
    private readonly dialect: SqlDialect,
    private readonly reader: Kysely<Database> = db,
  ) {}

  contents(): Promise<Contents> {
    return this.#snapshot(async (transaction) => {
      this.#newest = await readState(transaction);
      return { revision: this.#newest.revision, ...(await readContents(transaction)) };
    });
  }

  commit(changes: readonly Change[], stamp: Stamp): Promise<Commit> {
    return this.#attempt(async () => {
      await checkText(changes, stamp);
      const made = await writing(this.db, this.dialect, (transaction) =>
        commit(transaction, this.dialect, changes, stamp),
      );
      if (hasChanged(made)) this.#newest = { revision: made.revision, at: stamp.at };
      return made;
    });
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

  log(after: LogPlace, upTo: number, limit: number): Promise<LogPart> {
    return this.#snapshot((transaction) => readLog(transaction, after, upTo, limit));
  }

  audit(query: AuditQuery): Promise<AuditEntry[]> {
    return this.#attempt(() => readAudit(this.reader, query));
  }

  noteKeyUses(uses: ReadonlyMap<string, string>): Promise<void> {
    return this.#attempt(() => noteKeyUses(this.db, uses));
  }

  keyUses(): Promise<ReadonlyMap<string, string>> {
    return this.#attempt(() => readKeyUses(this.reader));
  }

  forgetChanges(before: string): Promise<boolean> {
    return this.#attempt(() => forgetChanges(this.db, this.dialect, before));
  }

  forgetVersions(before: string, after: VersionPlace | null): Promise<VersionPlace | null> {
    return this.#attempt(() => forgetVersions(this.db, this.dialect, before, after));
  }

  since(revision: number): Promise<News | null> {
    return this.#snapshot(async (transaction) => {
      const after = revision === this.#newest.revision ? this.#newest : { revision, at: null };
      const { state, news } = await readNews(transaction, after);
      if (news !== null) this.#newest = state;
      return news;
    });
  }

  get watch(): ((watcher: Watcher) => void) | undefined {
    return this.dialect.watch;
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

  /** All that `read` reads is of one revision. */
  #snapshot<T>(read: (transaction: Transaction<Database>) => Promise<T>): Promise<T> {
    return this.#attempt(() =>
      this.reader.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(read),
    );
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
