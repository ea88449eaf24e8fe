import { setImmediate } from 'node:timers/promises';
import { effectOf } from '../decision/decision.js';
import type { Issue } from '../policy/issue.js';
import type { Store } from '../store/store.js';
import type { CompiledPolicies } from './compiled-policies.js';
import type { Directory } from './directory.js';
import { type Draft, type PolicyWorld, withDrafts } from './drafts.js';
import { ServiceError } from './errors.js';
import { type LoggedEntry, type Outcome, readEntry, type Unreplayable } from './logged-entry.js';
import { type PolicyLimits, type PolicySources, policySources } from './policy-sources.js';
import { decisionQuestion, judgeQuestion } from './question.js';
import { References } from './references.js';
import { readReplayLines } from './replay-lines.js';

interface ReplayOptions {
  /** How many changes, and how many entries that cannot be replayed, are listed; all are counted. */
  readonly most: number;
  /** What keeps a value from being the body of a decision. */
  readonly shapeErrors: (request: unknown) => readonly Issue[];
}

interface ReplayBody {
  /** What is judged in place of policies that are stored. */
  readonly policies?: readonly Draft[];
  readonly entries: readonly unknown[];
}

export interface ReplayAnswer {
  /** The state that the first decision was made from again, and the last. */
  readonly revision: number;
  readonly lastRevision: number;
  readonly entries: number;
  readonly counts: ReplayCounts;
  readonly changes: readonly ReplayedChange[];
  readonly notReplayable: readonly (Unreplayable & { readonly entry: number })[];
}

/** `otherReason`: the same decision, for another reason or by another layer. */
export interface ReplayCounts {
  unchanged: number;
  allowToDeny: number;
  denyToAllow: number;
  otherReason: number;
  notReplayable: number;
}

/** A decision that would be another one. `entry` is its place in the log, from 0. */
export interface ReplayedChange {
  readonly entry: number;
  readonly decisionId: string;
  readonly change: Exclude<keyof ReplayCounts, 'unchanged' | 'notReplayable'>;
  readonly principal: string;
  readonly resource: string;
  readonly endpoint: string;
  readonly before: Outcome;
  readonly after: Outcome;
}

/** Milliseconds of judging between which others have their turn. */
const TURN = 4;

/** Judges decisions that were logged once more, each as of its own time. Nothing is logged, and nothing written. */
export class Replay {
  readonly #sources: PolicySources;

  constructor(
    private readonly directory: Directory,
    private readonly compiled: CompiledPolicies,
    store: Pick<Store, 'version'>,
    private readonly options: { readonly limits: PolicyLimits; readonly requireIdentityPolicies: boolean },
  ) {
    this.#sources = policySources(store, options.limits);
  }

  /**
   * However many entries there are, no more than one of them and the answer are in memory.
   * @param source drafts and entries, or the lines of both as they arrive
   * @throws ServiceError `malformed-request` for lines that are no drafts; `invalid-policy`, `unknown-policy` for the drafts; `store-unavailable`
   */
  async run(source: ReplayBody | AsyncIterable<string>, { most, shapeErrors }: ReplayOptions): Promise<ReplayAnswer> {
    const { directory, compiled } = this;
    const { drafts, entries } =
      'entries' in source ? { drafts: source.policies ?? [], entries: source.entries } : await readReplayLines(source);
    const { revision } = directory;
    const world = withDrafts({ directory, compiled }, drafts, this.options.limits);
    const counts: ReplayCounts = { unchanged: 0, allowToDeny: 0, denyToAllow: 0, otherReason: 0, notReplayable: 0 };
    const changes: ReplayedChange[] = [];
    const notReplayable: (Unreplayable & { readonly entry: number })[] = [];
    let entry = 0;
    let turn = performance.now();
    for await (const value of entries) {
      const read = readEntry(value, shapeErrors);
      const after = 'code' in read ? read : await this.#judge(read, world);
      if ('code' in read || 'code' in after) {
        counts.notReplayable++;
        if (notReplayable.length < most) notReplayable.push({ entry, ...(after as Unreplayable) });
      } else {
        const change = changeOf(read.answer, after);
        counts[change]++;
        if (change !== 'unchanged' && changes.length < most) changes.push(changed(entry, read, change, after));
      }
      entry++;
      if (performance.now() - turn < TURN) continue;
      await setImmediate();
      turn = performance.now();
    }
    return { revision, lastRevision: directory.revision, entries: entry, counts, changes, notReplayable };
  }

  async #judge({ request, at, decisionId }: LoggedEntry, world: PolicyWorld): Promise<Outcome | Unreplayable> {
    const { directory } = this;
    const { requireIdentityPolicies } = this.options;
    const policies = new References(world.directory, world.compiled, this.#sources);
    try {
      const question = decisionQuestion(request, {
        records: directory,
        policies,
        requireIdentityPolicies,
        now: at,
      });
      await policies.settle();
      const { reason, layer } = judgeQuestion(question);
      return { decision: effectOf(reason), reason, layer };
    } catch (error) {
      // A question that names what is gone since, or that the records forbid by now, has no answer.
      if (!(error instanceof ServiceError) || error.errors.length === 0) throw error;
      const [{ pointer, detail }] = error.errors as [Issue];
      return { code: 'refused', detail: `/request${pointer}: ${detail}`, decisionId };
    }
  }
}

function changeOf(before: Outcome, after: Outcome): Exclude<keyof ReplayCounts, 'notReplayable'> {
  if (before.decision !== after.decision) return after.decision === 'Allow' ? 'denyToAllow' : 'allowToDeny';
  return before.reason === after.reason && before.layer === after.layer ? 'unchanged' : 'otherReason';
}

function changed(
  entry: number,
  { decisionId, request: { principal, resource, endpoint }, answer }: LoggedEntry,
  change: ReplayedChange['change'],
  after: Outcome,
): ReplayedChange {
  const { decision, reason, layer } = answer;
  return { entry, decisionId, change, principal, resource, endpoint, before: { decision, reason, layer }, after };
}
