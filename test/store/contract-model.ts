import fc from 'fast-check';
import { expect } from 'vitest';
import { type Change, type Precondition, type Store, StoreError } from '../../src/store/store.js';
import { deletePolicy, deleteRecord, putPolicy, putRecord, stamp } from './changes.js';
import { commitToModel, EMPTY, type ModelState } from './model.js';
import type { Suite } from './suite.js';

const RUNS = 80;

/** Any sequence of commits does what the model does. Few names and texts, so that they meet. */
export function modelTests({ store, test }: Suite): void {
  test('any commits do what the plain model does', async () => {
    const seen = new Map<string, number>();
    const commits = fc.array(fc.array(change, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 8 });
    let state = EMPTY;
    await fc.assert(
      fc.asyncProperty(commits, async (sequence) => {
        // One store for all runs: every run goes on from where the last one ended, in store and model alike.
        for (const [n, drawn] of sequence.entries()) {
          const changes = drawn.map((change) => fromNow(change, state.revision));
          const expected = commitToModel(state, changes, stamp(n));
          const actual = await outcome(store(), changes, n);
          const label = expected.ok ? 'ok' : expected.code;
          seen.set(label, (seen.get(label) ?? 0) + 1);
          if (expected.ok) {
            state = expected.state;
            expect(actual).toEqual({ outcomes: expected.outcomes, revision: state.revision });
          } else {
            const { code, change: index } = expected;
            expect(actual).toMatchObject(index === undefined ? { code } : { code, change: index });
          }
          expect(await readAll(store())).toEqual(modelAll(state));
        }
      }),
      // Shrinking would repeat commits on a store that has moved on.
      { numRuns: RUNS, endOnFailure: true },
    );
    // A generator that no longer reaches a case would prove nothing about it.
    const least = [...seen.values()].reduce((sum, count) => sum + count, 0) / 50;
    for (const label of ['ok', 'precondition-failed', 'not-found', 'unknown-policy', 'policy-attached']) {
      expect(seen.get(label) ?? 0, label).toBeGreaterThan(least);
    }
  });
}

const name = fc.constantFrom('a', 'A', 'b');
const when = fc.oneof(
  { weight: 8, arbitrary: fc.constant(undefined) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Precondition>(
      { ifMatch: '*' },
      { ifNoneMatch: '*' },
      { ifMatch: [0, 1, 2, 3, 5, 8] },
      { ifMatch: [] },
    ),
  },
);
const put = fc
  .record({
    name,
    kind: fc.constantFrom('endpoint', 'resource', 'identity'),
    document: fc.constantFrom('[1]', '[2]'),
    description: fc.constantFrom(null, '', 'x'),
    when,
  })
  .map(({ name, ...parts }) => putPolicy(name, parts));
const type = fc.constantFrom('endpoint' as const, 'api' as const);
const attach = fc
  .record({ id: name, type, policy: fc.option(name), body: fc.constantFrom('{}', '{"b":1}'), when })
  .map(({ id, ...parts }) => putRecord(id, parts));
const remove = fc
  .record({ name, kind: fc.constantFrom('endpoint', 'resource', 'identity'), when })
  .map(({ name, ...parts }) => deletePolicy(name, parts));
const detach = fc.record({ id: name, type, when }).map(({ id, ...parts }) => deleteRecord(id, parts));
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 6, arbitrary: put },
  { weight: 4, arbitrary: attach },
  { weight: 2, arbitrary: remove },
  { weight: 1, arbitrary: detach },
);

/** Revisions are drawn as so many before the present one, since it is unknown when they are drawn. */
function fromNow(change: Change, revision: number): Change {
  const ifMatch = change.when?.ifMatch;
  if (ifMatch === undefined || ifMatch === '*') return change;
  return { ...change, when: { ...change.when, ifMatch: ifMatch.map((back) => revision - back) } };
}

async function outcome(store: Store, changes: readonly Change[], n: number): Promise<object> {
  try {
    const { revision, applied } = await store.commit(changes, stamp(n));
    return { revision, outcomes: applied.map(({ outcome }) => outcome) };
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
}

async function readAll(store: Store): Promise<unknown> {
  const { revision, policies, records } = await store.contents();
  const last = await Promise.all(
    policies.map(async (policy) => (await store.versions(policy, { limit: 1 }))[0]?.version),
  );
  return {
    revision,
    policies: new Set(policies),
    records: new Set(records),
    newest: policies.every(({ version }, n) => version === last[n]),
  };
}

function modelAll({ revision, policies, records }: ModelState): unknown {
  return { revision, policies: new Set(policies.values()), records: new Set(records.values()), newest: true };
}
