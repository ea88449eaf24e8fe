import { hasChanged, type Store } from '../store/store.js';
import { ServiceError } from './errors.js';

/** What became of the writes of this process. */
export class CommitCounts {
  /** Stored, the same as was there, not in the state that the writer or the rules ask for, or the store is away. */
  readonly results = { written: 0, unchanged: 0, refused: 0, failed: 0 };
}

/** The same store, whose commits are counted. */
export const countedCommits = (store: Store, { results }: CommitCounts): Store => ({
  ...store,
  async commit(changes, stamp) {
    try {
      const commit = await store.commit(changes, stamp);
      results[hasChanged(commit) ? 'written' : 'unchanged']++;
      return commit;
    } catch (error) {
      results[error instanceof ServiceError && error.code !== 'store-unavailable' ? 'refused' : 'failed']++;
      throw error;
    }
  },
});
