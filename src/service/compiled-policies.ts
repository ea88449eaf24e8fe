import { LRUCache } from 'lru-cache';
import { type CompiledPolicy, compilePolicy } from '../policy/compile.js';
import { bytesOf } from '../policy/compiled-size.js';
import type { PolicyDocument } from '../policy/document.js';

/**
 * Stored policies, compiled, by the digest of their text. What a digest names never changes, so nothing here is ever
 * stale: which digest a name stands for is read fresh for every decision.
 */
export class CompiledPolicies {
  readonly #compiled: LRUCache<string, Kept>;
  readonly #loading = new Map<string, Promise<CompiledPolicy>>();
  /** Lookups that found a policy here, those that had to wait for it, and policies that made room for others. */
  hits = 0;
  misses = 0;
  evictions = 0;
  /** How many policies have been kept so far. */
  #loads = 0;

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
      dispose: (_kept, _digest, reason) => {
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
    const kept = this.#compiled.peek(digest);
    if (kept === undefined) {
      this.misses++;
      return this.#loading.get(digest) ?? this.#load(digest);
    }
    this.hits++;
    if (kept.usedAt !== this.#loads) {
      // Which was used last matters only when another one wants the room, and to write it down costs several cache misses.
      this.#compiled.get(digest);
      kept.usedAt = this.#loads;
    }
    return kept.policy;
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
    this.#compiled.set(digest, { policy: compiled, usedAt: ++this.#loads }, { size: bytesOf(compiled, text.length) });
    return compiled;
  }
}

interface Kept {
  readonly policy: CompiledPolicy;
  /** How many policies had been kept when it was last used. */
  usedAt: number;
}
