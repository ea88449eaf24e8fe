import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';

/** This many failures of one source within this many milliseconds are mistakes; more are attempts. */
const MISTAKES = 20;
const WINDOW = 60_000;
/** How many sources are remembered: an attacker with more addresses starts anew, and still cannot guess a key. */
const MOST_SOURCES = 10_000;

/** Counts failed attempts by where they come from. What succeeds is never counted, and never asked whether it may. */
export class FailedAttempts {
  readonly #sources: LRUCache<string, { count: number }>;

  constructor(
    private readonly log: Pick<Logger, 'warn'>,
    now: () => number = () => performance.now(),
  ) {
    this.#sources = new LRUCache({ max: MOST_SOURCES, ttl: WINDOW, perf: { now } });
  }

  /** One more. @returns whether there are too many of them */
  count(address: string): boolean {
    const source = sourceOf(address);
    const known = this.#sources.get(source) ?? { count: 0 };
    // From the first on: its time is not prolonged by those that follow.
    if (known.count === 0) this.#sources.set(source, known);
    known.count++;
    if (known.count === MISTAKES + 1) this.log.warn({ source }, 'many failed attempts to authenticate');
    return known.count > MISTAKES;
  }
}

/** One customer has all addresses of an IPv6 network of 64 bits. */
function sourceOf(address: string): string {
  if (!address.includes(':')) return address;
  if (address.startsWith('::ffff:') && address.includes('.')) return address.slice('::ffff:'.length);
  const [head = ''] = address.split('::');
  return head.split(':').slice(0, 4).join(':');
}
