import type { Logger } from 'pino';
import { type Commit, hasChanged, type Store } from '../store/store.js';
import { Directory } from './directory.js';
import { ServiceError } from './errors.js';

interface FollowerOptions {
  /** Milliseconds for which decisions may be made without having heard from the store. */
  readonly maxStaleness: number;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

type Followed = Pick<Store, 'contents' | 'since' | 'watch'>;

/** Milliseconds: how often the store is asked though nothing was heard of it, and how soon after it did not answer. */
const SELDOM = 30_000;
const [FIRST_RETRY, LAST_RETRY] = [100, 2_000];

/** Changes that the directory takes over in one go: some ten milliseconds. */
const APPLIED_AT_ONCE = 10_000;

/**
 * Keeps the directory at what the store has, whoever wrote it. That something is new it hears from the store; what is
 * new it asks for, by revision, so nothing is missed and nothing is seen twice, out of order, or in part.
 */
export class Follower {
  #last: Promise<unknown> = Promise.resolve();
  #next: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Milliseconds until the next attempt; 0 while the store answers. */
  #retry = 0;
  #stopped = false;
  /** The newest revision that was heard of. */
  #announced = 0;

  /** @param heard when the store was asked for what the directory has (`performance.now`) */
  private constructor(
    private readonly store: Followed,
    readonly directory: Directory,
    private heard: number,
    private readonly options: FollowerOptions,
  ) {}

  /** With a directory of all that is in the store. @throws ServiceError `store-unavailable` */
  static async of(store: Followed, options: FollowerOptions): Promise<Follower> {
    const asked = performance.now();
    return new Follower(store, new Directory(await store.contents()), asked, options);
  }

  /** From now on the directory keeps up with the store, even if the store is not there just now. */
  start(): void {
    this.store.watch?.({
      changed: (revision) => {
        if (revision !== null) this.#announced = Math.max(this.#announced, revision);
        if (revision !== this.directory.revision) this.#soon();
      },
    });
    this.#askIn(0);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Whether other processes write to the store. Without them the directory is ahead of whoever asks. */
  get hasOthers(): boolean {
    return this.store.watch !== undefined;
  }

  /** For how many milliseconds the directory may have been behind the store. */
  get staleness(): number {
    return this.hasOthers ? performance.now() - this.heard : 0;
  }

  /** How many revisions the directory is known to be behind the store. */
  get lag(): number {
    return Math.max(0, this.#announced - this.directory.revision);
  }

  /** Whether the store answered when it was last asked. */
  get answers(): boolean {
    return this.#retry === 0;
  }

  /** `state-too-old`, where nothing may be decided any more. */
  get tooOld(): ServiceError | null {
    const { staleness } = this;
    if (staleness <= this.options.maxStaleness) return null;
    const message = `revision ${this.directory.revision} was last known to be the newest ${(staleness / 1000).toFixed(1)} s ago`;
    return new ServiceError('state-too-old', message);
  }

  /**
   * Settles when the directory has all that the store had when this was called. Who calls while the store is being asked
   * shares the next question with all others who do.
   * @throws ServiceError `store-unavailable`
   */
  sync(): Promise<void> {
    this.#next ??= this.#last.then(() => {
      this.#next = undefined;
      const asking = this.#ask();
      this.#last = asking.catch(() => {});
      return asking;
    });
    return this.#next;
  }

  /**
   * Settles when the directory has what this process has just written.
   * @throws ServiceError `store-unavailable`: then it is written all the same
   */
  async publish(commit: Commit): Promise<void> {
    if (commit.revision <= this.directory.revision) return;
    const isNext = commit.revision === this.directory.revision + 1 && hasChanged(commit);
    // One that is larger is read anew like that of another replica, while the event loop turns.
    if (isNext && commit.applied.length <= APPLIED_AT_ONCE) return this.directory.apply(commit);
    try {
      await this.sync();
    } catch (cause) {
      const message = `it is written, in revision ${commit.revision}, but the store has gone before it could be read`;
      throw new ServiceError('store-unavailable', message, [], { cause });
    }
  }

  async #ask(): Promise<void> {
    const asked = performance.now();
    try {
      await this.#catchUp();
      this.heard = asked;
      this.#answered();
    } catch (error) {
      this.#unanswered(error);
      throw error;
    }
  }

  async #catchUp(): Promise<void> {
    const { revision } = this.directory;
    const news = await this.store.since(revision);
    if (news !== null) return this.directory.apply(news);
    const contents = await Directory.inTurns(await this.store.contents());
    // Unless this process has written meanwhile, what the store has is right, even where it is older: then the store was
    // restored from a backup.
    if (this.directory.revision === revision || contents.revision > this.directory.revision) {
      this.directory.become(contents);
      this.options.log.info({ revision: contents.revision }, 'everything stored was read anew');
    }
  }

  #answered(): void {
    if (this.#retry > 0) this.options.log.info({ revision: this.directory.revision }, 'the store answers again');
    this.#retry = 0;
    // Also where that is less: then the store was restored from a backup.
    this.#announced = this.directory.revision;
    this.#askIn(Math.min(SELDOM, this.options.maxStaleness / 3));
  }

  #unanswered(error: unknown): void {
    if (this.#stopped) return;
    if (this.#retry === 0) {
      const message = 'the store does not answer: decisions are made from this revision, nothing is written';
      this.options.log.warn({ reason: reasonOf(error), revision: this.directory.revision }, message);
    }
    this.#retry = Math.min(Math.max(2 * this.#retry, FIRST_RETRY), LAST_RETRY);
    this.#askIn(this.#retry);
  }

  /** Replicas that have lost the store together should not all come back at once. */
  #askIn(time: number): void {
    clearTimeout(this.#timer);
    if (this.store.watch === undefined || this.#stopped) return;
    this.#timer = setTimeout(() => this.#soon(), time * (0.5 + Math.random() / 2));
  }

  /** What goes wrong is told, and tried again. */
  #soon(): void {
    if (!this.#stopped) this.sync().catch(() => {});
  }
}

/** What the driver said. */
function reasonOf(error: unknown): string {
  let reason = error;
  while (reason instanceof Error && reason.cause !== undefined) reason = reason.cause;
  return String(reason);
}
