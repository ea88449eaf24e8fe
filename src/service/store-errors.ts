import type { Issue } from '../policy/issue.js';
import { type Store, StoreError } from '../store/store.js';
import { ServiceError, type ServiceErrorCode } from './errors.js';

/** The same store, whose errors are those of the service. */
export const withServiceErrors = (store: Store): Store => ({
  contents: () => translating(store.contents()),
  commit: (changes, stamp) => translating(store.commit(changes, stamp)),
  document: (digest) => translating(store.document(digest)),
  versions: (policy, page) => translating(store.versions(policy, page)),
  version: (policy, version) => translating(store.version(policy, version)),
  log: (after, upTo, limit) => translating(store.log(after, upTo, limit)),
  audit: (query) => translating(store.audit(query)),
  noteKeyUses: (uses) => translating(store.noteKeyUses(uses)),
  keyUses: () => translating(store.keyUses()),
  forgetChanges: (before) => translating(store.forgetChanges(before)),
  forgetVersions: (before, after) => translating(store.forgetVersions(before, after)),
  since: (revision) => translating(store.since(revision)),
  ...(store.watch && { watch: (watcher) => store.watch?.(watcher) }),
  close: () => translating(store.close()),
});

async function translating<T>(result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    throw error instanceof StoreError ? translated(error) : error;
  }
}

const CODES: Readonly<Record<StoreError['code'], ServiceErrorCode>> = {
  'precondition-failed': 'precondition-failed',
  'not-found': 'not-found',
  'unknown-policy': 'unknown-attached-policy',
  'policy-attached': 'policy-attached',
  locked: 'store-unavailable',
  unavailable: 'store-unavailable',
  unusable: 'store-unavailable',
};

function translated(error: StoreError): ServiceError {
  const issues: Issue[] = [];
  if (error.code === 'unknown-policy')
    issues.push({ pointer: '/policy', code: 'unknown-policy', detail: error.message });
  if (error.code === 'policy-attached') {
    const detail = `attached to ${error.details.join(', ')}: detach it first`;
    issues.push({ pointer: '', code: 'policy-attached', detail });
  }
  return new ServiceError(CODES[error.code], error.message, issues, { cause: error });
}
