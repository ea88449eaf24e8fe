import type { CompiledStatement, ResourceEntry } from './compiled-policy.js';
import { type Key, keysOf } from './index-keys.js';
import type { Principal, PrincipalHashes } from './principal.js';
import type { AccessRequest } from './request.js';
import type { ResourcePattern } from './resource-pattern.js';
import { exactly } from './shared.js';
import { work } from './work.js';

/** Who is told of what an index finds. */
export interface Visitor {
  /** @param entry the one of its Resource that may match; null: any */
  consider(statement: CompiledStatement, entry: ResourceEntry | null): void;
}

/**
 * Which statements of a policy may match an ARN. Each entry of a Resource element is filed under one thing that every
 * ARN it matches must have: its first tokens (texts between slashes), its last ones, or one in the middle, whichever
 * fewest entries share; a request looks up those that it has. What is found is a candidate, to be matched in full, so
 * a hash that two texts share costs time, never truth.
 *
 * Not a tree of patterns: stars in the middle make it branch, while one key tells most patterns apart.
 */
export class StatementIndex {
  /** A statement, and the entry of its Resource that is filed; then the next two. */
  private readonly _filed: readonly (CompiledStatement | ResourceEntry)[];
  /** Statements that no key finds: NotResource, `*`, and patterns without a whole literal token. */
  private readonly _unfiled: readonly CompiledStatement[];
  /** Of how many tokens the beginnings and endings are that entries are filed under: a bit for each count. */
  private readonly _beginnings: number;
  private readonly _endings: number;
  private readonly _hasMiddles: boolean;
  /**
   * First a filter of bits, eight for each hash that there is: most hashes that are looked up are not there, and it is
   * so small that it stays in the nearest cache. Then a table by open addressing, two words a place: a hash, and where in
   * these words its candidates begin, -1 for an empty place. Then the candidates, those of one hash together, with what
   * can be told of them without looking at them, so that the few that pass are all that has to be brought from memory. Of
   * each: its place in `_filed` (`~place` for the last of its hash), of how many tokens its beginning is (0: that is the
   * key itself, or there is none), the hash of that beginning, how many callers it names (-1: anybody), their hashes.
   */
  private readonly _words: Int32Array;
  /** Where the table begins, and with it the filter ends; a power of two. */
  private readonly _table: number;
  private readonly _mask: number;

  /** @param patterns that the entries of each statement were compiled from */
  constructor(statements: readonly CompiledStatement[], patterns: readonly (readonly ResourcePattern[])[]) {
    const { filed, unfiled } = sortOut(statements, patterns);
    const groups = grouped(filed);
    const places = 2 ** Math.max(3, Math.ceil(Math.log2(groups.size * 2 + 1)));
    this._table = places / 8;
    // Of the even words, at which places begin.
    this._mask = places * 2 - 2;
    const words = [...new Array<number>(this._table).fill(0), ...new Array<number>(places * 2).fill(-1)];
    const all: (CompiledStatement | ResourceEntry)[] = [];
    for (const [hash, group] of groups) {
      let place = placeOf(hash, this._mask);
      while (words[this._table + place + 1] !== -1) place = (place + 2) & this._mask;
      words[this._table + place] = hash;
      words[this._table + place + 1] = words.length;
      words[filterWord(hash, this._table)]! |= 1 << hash;
      for (let at = 0; at < group.length; at++) {
        const { statement, entry, key, beginning, callers } = group[at]!;
        const filedAt = all.push(statement, entry) - 2;
        words.push(at === group.length - 1 ? ~filedAt : filedAt);
        if (beginning === null || key.part === 'beginning') words.push(0, 0);
        else words.push(beginning.count, beginning.hash);
        if (callers === null) words.push(-1);
        else words.push(callers.length, ...callers);
      }
    }
    this._filed = exactly(all);
    this._unfiled = unfiled.length === 0 ? NONE : exactly(unfiled);
    this._words = Int32Array.from(words);
    const countsOf = (part: Key['part']): number =>
      filed.reduce((counts, { key }) => (key.part === part ? counts | (1 << key.count) : counts), 0);
    this._beginnings = countsOf('beginning');
    this._endings = countsOf('ending');
    this._hasMiddles = countsOf('middle') !== 0;
  }

  get bytes(): number {
    return this._words.byteLength + this._filed.length * 8 + 500;
  }

  /** Tells of every candidate that the index can find for a call, in no order, and of no entry twice. */
  visit({ resource, principal }: AccessRequest, visitor: Visitor): void {
    const { tokens } = resource;
    const { beginnings } = tokens;
    const unfiled = this._unfiled;
    for (let at = 0; at < unfiled.length; at++) visitor.consider(unfiled[at]!, null);
    for (let counts = this._beginnings; counts !== 0; counts &= counts - 1) {
      const hash = beginnings[lowest(counts) - 1];
      // The ARN has not so many tokens.
      if (hash !== undefined) this._visit(hash, beginnings, principal, visitor);
    }
    for (let counts = this._endings; counts !== 0; counts &= counts - 1) {
      const hash = tokens.ending(lowest(counts));
      if (hash !== undefined) this._visit(hash, beginnings, principal, visitor);
    }
    if (!this._hasMiddles) return;
    const { distinct } = tokens;
    for (let at = 0; at < distinct.length; at++) this._visit(distinct[at]!, beginnings, principal, visitor);
  }

  private _visit(hash: number, beginnings: readonly number[], caller: Principal, visitor: Visitor): void {
    const words = this._words;
    const table = this._table;
    if (((words[filterWord(hash, table)]! >>> hash) & 1) === 0) return;
    const mask = this._mask;
    let place = placeOf(hash, mask);
    let at = words[table + place + 1]!;
    while (at >= 0 && words[table + place] !== hash) {
      place = (place + 2) & mask;
      at = words[table + place + 1]!;
    }
    while (at >= 0) {
      work.steps++;
      const place = words[at]!;
      const count = words[at + 1]!;
      const callers = words[at + 3]!;
      const begins = count === 0 || beginnings[count - 1] === words[at + 2];
      if (begins && (callers < 0 || names(words, at + 4, callers, caller.hashes))) {
        const filedAt = place < 0 ? ~place : place;
        visitor.consider(this._filed[filedAt] as CompiledStatement, this._filed[filedAt + 1] as ResourceEntry);
      }
      at = place < 0 ? -1 : at + 4 + (callers < 0 ? 0 : callers);
    }
  }
}

const NONE: readonly never[] = [];

/** The lowest bit that is set. */
const lowest = (bits: number): number => 31 - Math.clz32(bits & -bits);

/** Where a hash stands in a table, or the first place to look. */
const placeOf = (hash: number, mask: number): number => ((hash ^ (hash >>> 15)) << 1) & mask;

/** Where the bit of a hash stands in a filter of so many words; which bit it is, its last five bits say. */
const filterWord = (hash: number, words: number): number => (hash >>> 5) & (words - 1);

interface Sortable {
  readonly statement: CompiledStatement;
  readonly entry: ResourceEntry;
  readonly keys: readonly Key[];
}

interface Filed {
  readonly statement: CompiledStatement;
  readonly entry: ResourceEntry;
  readonly key: Key;
  readonly beginning: Key | null;
  /** Hashes of which the caller must have one; null: that does not tell. */
  readonly callers: readonly number[] | null;
}

function names(words: Int32Array, from: number, count: number, { text, account, role }: PrincipalHashes): boolean {
  work.steps += count;
  for (let at = from; at < from + count; at++) {
    const hash = words[at];
    if (hash === text || hash === account || hash === role) return true;
  }
  return false;
}

function sortOut(
  statements: readonly CompiledStatement[],
  patterns: readonly (readonly ResourcePattern[])[],
): { filed: Filed[]; unfiled: CompiledStatement[] } {
  const sortable: Sortable[] = [];
  const unfiled: CompiledStatement[] = [];
  const counts = new Map<number, number>();
  for (const statement of statements) {
    const { negated, entries } = statement.resource;
    const own = patterns[statement.order]!;
    const found = negated ? [] : entries.map((entry, at) => ({ statement, entry, keys: keysOf(own[at]!) }));
    // One entry that no key finds, and the whole statement has to be looked at anyway.
    if (negated || found.some(({ keys }) => keys.length === 0)) {
      unfiled.push(statement);
      continue;
    }
    for (const each of found) {
      sortable.push(each);
      for (const { hash } of each.keys) counts.set(hash, (counts.get(hash) ?? 0) + 1);
    }
  }
  return { filed: sortable.map((each) => file(each, counts)), unfiled };
}

function file({ statement, entry, keys }: Sortable, counts: ReadonlyMap<number, number>): Filed {
  let key = keys[0]!;
  for (const other of keys) if (counts.get(other.hash)! < counts.get(key.hash)!) key = other;
  const { principal } = statement;
  return {
    statement,
    entry,
    key,
    beginning: keys[0]!.part === 'beginning' ? keys[0]! : null,
    callers: principal === null || principal.negated ? null : principal.hashes,
  };
}

function grouped(entries: readonly Filed[]): Map<number, Filed[]> {
  const groups = new Map<number, Filed[]>();
  for (const entry of entries) {
    const group = groups.get(entry.key.hash);
    if (group === undefined) groups.set(entry.key.hash, [entry]);
    else group.push(entry);
  }
  return groups;
}
