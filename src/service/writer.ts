import type { Applied, Change, Commit, Precondition, Store } from '../store/store.js';
import { ServiceError } from './errors.js';
import type { Follower } from './follower.js';

/** Who writes. */
export interface Author {
  /** Null while nobody authenticates. */
  readonly by: string | null;
  /** Absent where it was no request that asked for it. */
  readonly requestId?: string;
}

/** Who writes, and what must hold of the record for the write to happen. */
export interface WriteOptions extends Author {
  readonly when: Precondition;
}

/** What a write left behind, and the revision at which it can be read. */
export interface Written<T> extends AtRevision<T> {
  readonly outcome: 'created' | 'replaced' | 'unchanged';
}

/** The one way into the store: what is written there is seen by decisions before the writer is answered. */
export class Writer {
  constructor(
    private readonly store: Pick<Store, 'commit'>,
    private readonly follower: Pick<Follower, 'publish' | 'sync'>,
  ) {}

  /**
   * Told early, before a document is judged; the store checks again, where writers meet.
   * @param revision of the record's last write, in the directory
   * @throws ServiceError `precondition-failed`
   */
  async mustHold(when: Precondition, revision: () => number | undefined): Promise<void> {
    if (holds(when, revision())) return;
    // The caller may know of a write through another replica that is not here yet.
    await this.follower.sync();
    if (holds(when, revision())) return;
    throw new ServiceError('precondition-failed', 'the record is not in the state that the request names');
  }

  /** @throws ServiceError `precondition-failed`, `not-found`, `policy-attached`, `unknown-attached-policy` */
  async write(
    change: Change,
    { when, ...author }: WriteOptions,
  ): Promise<{ readonly revision: number; readonly applied: Applied }> {
    const commit = await this.writeAll([{ ...change, when }], author);
    const [applied] = commit.applied;
    if (applied === undefined) throw new Error('a commit of one change applied none');
    return { revision: commit.revision, applied };
  }

  /** All changes as one revision, or none of them. @throws ServiceError as `write` */
  async writeAll(changes: readonly Change[], { by, requestId }: Author): Promise<Commit> {
    const commit = await this.store.commit(changes, { at: new Date().toISOString(), by, requestId });
    await this.follower.publish(commit);
    return commit;
  }
}

function holds({ ifMatch, ifNoneMatch }: Precondition, revision: number | undefined): boolean {
  const matches = ifMatch === undefined || (revision !== undefined && (ifMatch === '*' || ifMatch.includes(revision)));
  return matches && (ifNoneMatch === undefined || revision === undefined);
}

/** An answer and the revision that it was made from. */
export interface AtRevision<T> {
  readonly revision: number;
  readonly value: T;
}

export function notFound(what: string, name: string): never {
  throw new ServiceError('not-found', `there is no ${what} \`${name}\``);
}
