import { LRUCache } from 'lru-cache';

export interface Rate {
  /** Requests a second, in the long run. */
  readonly perSecond: number;
  /** Requests at once, after a pause. */
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  /** When there were that many, in milliseconds. */
  at: number;
}

/** The caller that has not asked for longest is forgotten first: by then most buckets are full again. */
const MOST_CALLERS = 10_000;

/** A bucket of tokens for each caller, filled at a rate; a request takes one out. */
export class RateLimiter {
  readonly #buckets = new LRUCache<string, Bucket>({ max: MOST_CALLERS });

  constructor(
    readonly rate: Rate,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Takes a token if there is one. @returns what is left then, or the seconds until there is one */
  take(caller: string): { readonly isAllowed: boolean; readonly left: number; readonly seconds: number } {
    const { perSecond, burst } = this.rate;
    const now = this.now();
    const bucket = this.#buckets.get(caller) ?? { tokens: burst, at: now };
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
    this.#buckets.set(caller, bucket);
    const isAllowed = bucket.tokens >= 1;
    if (isAllowed) bucket.tokens--;
    return {
      isAllowed,
      left: Math.floor(bucket.tokens),
      seconds: Math.max(0, (1 - bucket.tokens) / perSecond),
    };
  }
}
