export interface PageQuery {
  readonly prefix: string;
  readonly after: string | null;
  readonly limit: number;
}

/** What can be looked up, and read in bytewise order of its keys. */
export interface Sorted<V> {
  readonly size: number;
  get(key: string): V | undefined;
  values(): IterableIterator<V>;
  /** At most `limit` values in order of their keys: those that begin with `prefix` and come after `after`. */
  page(query: PageQuery): V[];
}

/** A map whose keys can be read in bytewise order, page by page. Names are ASCII, so code units are bytes. */
export class SortedMap<V> implements Sorted<V> {
  #values = new Map<string, V>();
  /** The keys in order; null after a change that has not been sorted in yet. */
  #keys: string[] | null = [];

  get size(): number {
    return this.#values.size;
  }

  get(key: string): V | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: V): void {
    if (!this.#values.has(key)) this.#insert(key);
    this.#values.set(key, value);
  }

  delete(key: string): void {
    if (!this.#values.delete(key) || this.#keys === null) return;
    if (this.#keys.length < 1000) this.#keys.splice(this.#place(key), 1);
    else this.#keys = null;
  }

  keys(): IterableIterator<string> {
    return this.#values.keys();
  }

  values(): IterableIterator<V> {
    return this.#values.values();
  }

  page(query: PageQuery): V[] {
    return this.pageOfKeys(query).map((key) => this.#values.get(key)!);
  }

  /** The keys of `page`. */
  pageOfKeys({ prefix, after, limit }: PageQuery): string[] {
    const keys = this.#sorted();
    const found: string[] = [];
    let at = this.#place(prefix);
    if (after !== null && after >= prefix) {
      at = this.#place(after);
      if (keys[at] === after) at++;
    }
    for (; at < keys.length && found.length < limit && keys[at]!.startsWith(prefix); at++) {
      found.push(keys[at]!);
    }
    return found;
  }

  /** Takes over all that another map holds, which then is not to be used any more. */
  become(other: SortedMap<V>): void {
    this.#values = other.#values;
    this.#keys = other.#keys;
  }

  /** Many keys at once, in or out, would move the whole list for each: then it is sorted when next read. */
  #insert(key: string): void {
    if (this.#keys === null) return;
    const last = this.#keys.at(-1);
    if (last === undefined || last < key) this.#keys.push(key);
    else if (this.#keys.length < 1000) this.#keys.splice(this.#place(key), 0, key);
    else this.#keys = null;
  }

  #sorted(): string[] {
    this.#keys ??= [...this.#values.keys()].sort((a, b) => (a < b ? -1 : 1));
    return this.#keys;
  }

  /** Index of the first key that is not below `key`. */
  #place(key: string): number {
    const keys = this.#sorted();
    let [low, high] = [0, keys.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
