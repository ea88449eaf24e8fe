import type { Applied, Change, Commit, Precondition, Store } from '../store/store.js';
import { ServiceError } from './errors.js';
import type { Follower } from './follower.js';

/** Who writes, and what must hold of the record for the write to happen. */
export interface WriteOptions {
  readonly when: Precondition;
  /** Null while nobody authenticates. */
  readonly by: string | null;
}

/** What a write left behind, and the revision at which it can be read. */
export interface Written<T> {
  readonly revision: number;
  readonly outcome: 'created' | 'replaced' | 'unchanged';
  readonly value: T;
}

/** The one way into the store: what is written there is seen by decisions before the writer is answered. */
export class Writer {
  constructor(
    private readonly store: Pick<Store, 'commit'>,
    private readonly follower: Pick<Follower, 'publish'>,
  ) {}

  /** @throws ServiceError `precondition-failed`, `not-found`, `policy-attached`, `unknown-attached-policy` */
  async write(
    change: Change,
    { when, by }: WriteOptions,
  ): Promise<{ readonly revision: number; readonly applied: Applied }> {
    const commit = await this.writeAll([{ ...change, when }], by);
    const [applied] = commit.applied;
    if (applied === undefined) throw new Error('a commit of one change applied none');
    return { revision: commit.revision, applied };
  }

  /** All changes as one revision, or none of them. @throws ServiceError as `write` */
  async writeAll(changes: readonly Change[], by: string | null): Promise<Commit> {
    const commit = await this.store.commit(changes, { at: new Date().toISOString(), by });
    await this.follower.publish(commit);
    return commit;
  }
}

/** Told early, before a document is judged; the store checks again, where writers meet. */
export function mustHold({ ifMatch, ifNoneMatch }: Precondition, revision: number | undefined): void {
  const matches = ifMatch === undefined || (revision !== undefined && (ifMatch === '*' || ifMatch.includes(revision)));
  if (matches && (ifNoneMatch === undefined || revision === undefined)) return;
  throw new ServiceError('precondition-failed', 'the record is not in the state that the request names');
}

/** An answer and the revision that it was made from. */
export interface AtRevision<T> {
  readonly revision: number;
  readonly value: T;
}

export function notFound(what: string, name: string): never {
  throw new ServiceError('not-found', `there is no ${what} \`${name}\``);
}
