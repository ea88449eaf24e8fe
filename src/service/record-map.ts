import type { StoredRecord } from '../store/store.js';
import { type PageQuery, type Sorted, SortedMap } from './sorted-map.js';

/**
 * Records by id. One is read when it is first asked for: at a start, and in a large import, most of them never are, and
 * to parse a hundred thousand at once would keep every decision waiting.
 */
export class RecordMap<V extends { readonly body: object; readonly policy: string | null }> implements Sorted<V> {
  readonly #records = new SortedMap<V | StoredRecord>();

  constructor(private readonly read: (record: StoredRecord) => V) {}

  get size(): number {
    return this.#records.size;
  }

  get(id: string): V | undefined {
    const record = this.#records.get(id);
    return record === undefined || isRead(record) ? record : this.#read(id, record);
  }

  /** The name of the policy that a record names. */
  policyOf(id: string): string | null {
    return this.#records.get(id)?.policy ?? null;
  }

  set(record: StoredRecord): void {
    this.#records.set(record.id, record);
  }

  delete(id: string): void {
    this.#records.delete(id);
  }

  *values(): IterableIterator<V> {
    for (const id of this.#records.keys()) yield this.get(id)!;
  }

  page(query: PageQuery): V[] {
    return this.#records.pageOfKeys(query).map((id) => this.get(id)!);
  }

  become(other: RecordMap<V>): void {
    this.#records.become(other.#records);
  }

  #read(id: string, stored: StoredRecord): V {
    const record = this.read(stored);
    this.#records.set(id, record);
    return record;
  }
}

const isRead = <V extends { readonly body: object }>(record: V | StoredRecord): record is V =>
  typeof record.body === 'object';
