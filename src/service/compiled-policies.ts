import { LRUCache } from 'lru-cache';
import { type CompiledPolicy, compilePolicy } from '../policy/compile.js';
import type { PolicyDocument } from '../policy/document.js';

/**
 * Stored policies, compiled, by the digest of their text. What a digest names never changes, so nothing here is ever
 * stale: which digest a name stands for is read fresh for every decision.
 */
export class CompiledPolicies {
  readonly #compiled: LRUCache<string, CompiledPolicy>;
  readonly #loading = new Map<string, Promise<CompiledPolicy>>();
  /** Lookups that found a policy here, those that had to wait for it, and policies that made room for others. */
  hits = 0;
  misses = 0;
  evictions = 0;

  /**
   * @param documents fetches the text of a digest, undefined if the store has none
   * @param maxBytes bound on what is kept
   */
  constructor(
    private readonly documents: (digest: string) => Promise<string | undefined>,
    maxBytes: number,
  ) {
    this.#compiled = new LRUCache({
      maxSize: maxBytes,
      maxEntrySize: maxBytes,
      dispose: (_policy, _digest, reason) => {
        if (reason === 'evict') this.evictions++;
      },
    });
  }

  get count(): number {
    return this.#compiled.size;
  }

  /** An estimate, by which the bound is kept. */
  get bytes(): number {
    return this.#compiled.calculatedSize;
  }

  /** The policy with this digest: at once if it is here, else once its text has come; callers share one fetch. */
  get(digest: string): CompiledPolicy | Promise<CompiledPolicy> {
    const compiled = this.#compiled.get(digest);
    if (compiled !== undefined) {
      this.hits++;
      return compiled;
    }
    this.misses++;
    return this.#loading.get(digest) ?? this.#load(digest);
  }

  /** The document with this digest, as it was parsed when it was written; of documents none is kept. */
  async document(digest: string): Promise<PolicyDocument> {
    const text = await this.documents(digest);
    if (text === undefined) throw new Error(`the store has no document ${digest}`);
    return JSON.parse(text) as PolicyDocument;
  }

  #load(digest: string): Promise<CompiledPolicy> {
    const loading = this.#fetch(digest).finally(() => this.#loading.delete(digest));
    this.#loading.set(digest, loading);
    return loading;
  }

  async #fetch(digest: string): Promise<CompiledPolicy> {
    const text = await this.documents(digest);
    if (text === undefined) throw new Error(`the store has no document ${digest}`);
    // The text was judged when it was written, and documents are immutable.
    const compiled = compilePolicy(JSON.parse(text) as PolicyDocument);
    this.#compiled.set(digest, compiled, { size: BYTES_PER_CHARACTER * text.length + OVERHEAD });
    return compiled;
  }
}

/** What a compiled policy takes in memory, from its text: matchers, sets and the strings in them. */
const BYTES_PER_CHARACTER = 8;
const OVERHEAD = 1024;
