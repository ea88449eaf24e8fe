import { setImmediate } from 'node:timers/promises';
import type { PolicyKind } from '../policy/document.js';
import type { AttachableType, LogEntry, LogPart, LogPlace, Store } from '../store/store.js';
import type { Directory } from './directory.js';
import { ServiceError } from './errors.js';
import type { Revisions } from './revisions.js';
import type { AtRevision } from './writer.js';

interface ChangesRequest {
  readonly after: number;
  /** Milliseconds to wait for a first change. */
  readonly wait: number;
  /** Calls back when nobody waits for the answer any more. */
  readonly onGone: (leave: () => void) => void;
}

/** `revision` is what to ask for next. */
export interface ChangeList {
  readonly changes: readonly ListedChange[];
  readonly revision: number;
}

/** `kind` and `version` are of policies only, and a policy that was deleted has no version. */
type ListedChange = Pick<LogEntry, 'revision' | 'at' | 'by' | 'op' | 'id'> & {
  readonly type: 'policy' | AttachableType;
  readonly kind?: PolicyKind;
  readonly version?: number;
};

const AT_ONCE = 1000;

/**
 * What has changed, for those who keep up with it. A part of the log ends where a revision ends, so that a revision says
 * all of where to go on. One revision may be a whole import: what is more than a little is made while it is sent.
 */
export class Changes {
  readonly #waiting = new Set<() => void>();
  readonly #reading = new Map<string, Promise<LogPart>>();
  #turn: Promise<void> = Promise.resolve();
  #draining = false;

  /**
   * @param maxWaiting how many requests may wait at a time
   * @param atOnce how many changes are read, and held in memory, at a time
   */
  constructor(
    private readonly store: Pick<Store, 'log'>,
    private readonly directory: Directory,
    private readonly revisions: Revisions,
    private readonly maxWaiting: number,
    private readonly atOnce = AT_ONCE,
  ) {}

  /** From now on nobody waits: the process is about to end. */
  drain(): void {
    this.#draining = true;
    for (const leave of this.#waiting) leave();
  }

  /**
   * The changes after a revision; of many the text of the list, piece by piece.
   * @throws ServiceError `revision-not-reached`, `too-many-waiting`, `changes-forgotten`
   */
  async after({ after, ...request }: ChangesRequest): Promise<AtRevision<ChangeList | AsyncIterable<string>>> {
    await this.revisions.reach(after);
    const waits = request.wait > 0 && this.directory.revision === after && !this.#draining;
    if (waits) await this.#next(after, request);
    // A store that was restored from a backup meanwhile is at an older revision.
    await this.revisions.reach(after);
    // What decisions are made from, not what the store has: whoever reads of a change finds it here.
    const { revision } = this.directory;
    const { entries } = await this.#shared(after, revision);
    // A write wakes all who wait: they are answered one by one, so that decisions are made in between.
    if (waits) await this.#inTurn();
    const isAll = entries.length < this.atOnce;
    return { revision, value: isAll ? { changes: entries.flatMap(listed), revision } : this.#pieces(entries) };
  }

  async #next(after: number, { wait, onGone }: Omit<ChangesRequest, 'after'>): Promise<void> {
    if (this.#waiting.size >= this.maxWaiting) {
      throw new ServiceError('too-many-waiting', `${this.#waiting.size} requests wait for changes already`);
    }
    let leave = (): void => {};
    await this.revisions.within(wait, after + 1, (end) => {
      leave = end;
      this.#waiting.add(leave);
      onGone(leave);
    });
    this.#waiting.delete(leave);
  }

  #inTurn(): Promise<void> {
    this.#turn = this.#turn.then(() => setImmediate());
    return this.#turn;
  }

  /** One query for all who ask for the same at the same time. */
  #shared(after: number, upTo: number): Promise<LogPart> {
    const key = `${after} ${upTo}`;
    const present = this.#reading.get(key);
    if (present !== undefined) return present;
    const reading = this.#read({ revision: after }, upTo).finally(() => this.#reading.delete(key));
    this.#reading.set(key, reading);
    return reading;
  }

  async #read(after: LogPlace, upTo: number): Promise<LogPart> {
    if (after.revision === upTo && after.seq === undefined) return { oldest: 0, entries: [] };
    const part = await this.store.log(after, upTo, this.atOnce);
    // Also in the midst of a revision: it may be forgotten while it is read.
    if (after.revision + (after.seq === undefined ? 1 : 0) >= part.oldest) return part;
    const detail = `changes are kept from revision ${part.oldest} on: read everything anew, and go on from there`;
    throw new ServiceError('changes-forgotten', detail);
  }

  /** A list that begins with so many changes: it ends with the revision that the last of them is of. */
  async *#pieces(entries: readonly LogEntry[]): AsyncGenerator<string> {
    const last = entries.at(-1)!.revision;
    let text = '{"changes":[';
    let separator = '';
    while (entries.length > 0) {
      for (const change of entries.flatMap(listed)) {
        text += separator + JSON.stringify(change);
        separator = ',';
      }
      const { revision, seq } = entries.at(-1)!;
      // A slow client keeps a text waiting, but not what it was made from.
      entries = [];
      yield text;
      text = '';
      ({ entries } = await this.#read({ revision, seq }, last));
    }
    yield `],"revision":${last}}`;
  }
}

/** Keys are no part of what decisions are made from: they are told to whoever audits. */
function listed({ revision, at, by, op, type, kind, id, version }: LogEntry): readonly ListedChange[] {
  if (type === 'key') return [];
  const policy = { ...(kind !== null && { kind: kind as PolicyKind }) };
  return [{ revision, at, by, op, type, ...policy, id, ...(version !== null && { version }) }];
}
