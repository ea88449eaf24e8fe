import { beginningHash, endingHash, SEED, step } from './arn-tokens.js';
import { type Candidate, type CompiledStatement, candidateOf, type ResourceEntry } from './compiled-policy.js';
import type { PrincipalHashes } from './principal.js';
import type { AccessRequest } from './request.js';
import type { Template } from './variables.js';
import { work } from './work.js';

/**
 * Which statements of a policy may match an ARN. Each entry of a Resource element is filed under one thing that every
 * ARN it matches must have: its first tokens (texts between slashes), its last ones, or one in the middle, whichever
 * fewest entries share; a request looks up those that it has. What is found is a candidate, to be matched in full, so
 * a hash that two texts share costs time, never truth.
 *
 * Not a tree of patterns: stars in the middle make it branch, while one key tells most patterns apart.
 */
export class StatementIndex {
  /** Statements that no key finds: NotResource, `*`, and patterns without a whole literal token. */
  private readonly _unfiled: readonly Candidate[];
  private readonly _candidates: readonly Candidate[];
  /** Of how many tokens the beginnings and endings are that entries are filed under. */
  private readonly _beginnings: readonly number[];
  private readonly _endings: readonly number[];
  private readonly _hasMiddles: boolean;
  /**
   * Open addressing, two words a place: a hash, and where its candidates begin in `_packed`, -1 for an empty place.
   */
  private readonly _table: Int32Array;
  private readonly _mask: number;
  /**
   * What can be told of a candidate without looking at it, so that the few that pass are all that has to be brought
   * from memory; those of one hash stand together. For each: its number (negative for the last of its hash: `~number`),
   * of how many tokens its beginning is (0: that is the key itself, or there is none), the hash of that beginning, how
   * many callers it names (-1: anybody), and their hashes.
   */
  private readonly _packed: Int32Array;

  constructor(statements: readonly CompiledStatement[]) {
    const { entries, unfiled } = sortOut(statements);
    const groups = grouped(entries);
    const packed: number[] = [];
    const candidates: Candidate[] = [];
    const places = 2 ** Math.ceil(Math.log2(groups.size * 2 + 1));
    this._unfiled = unfiled;
    // Of the even words, at which places begin.
    this._mask = places * 2 - 2;
    this._table = new Int32Array(places * 2).fill(-1);
    for (const [hash, group] of groups) {
      let place = placeOf(hash, this._mask);
      while (this._table[place + 1] !== -1) place = (place + 2) & this._mask;
      this._table[place] = hash;
      this._table[place + 1] = packed.length;
      for (let at = 0; at < group.length; at++) {
        const { candidate, key, beginning, callers } = group[at]!;
        const number = candidates.push(candidate) - 1;
        packed.push(at === group.length - 1 ? ~number : number);
        if (beginning === null || key.part === 'beginning') packed.push(0, 0);
        else packed.push(beginning.count, beginning.hash);
        if (callers === null) packed.push(-1);
        else packed.push(callers.length, ...callers);
      }
    }
    this._candidates = candidates;
    this._packed = Int32Array.from(packed);
    const countsOf = (part: Key['part']): number[] => [
      ...new Set(entries.flatMap(({ key }) => (key.part === part ? [key.count] : []))),
    ];
    this._beginnings = countsOf('beginning');
    this._endings = countsOf('ending');
    this._hasMiddles = countsOf('middle').length > 0;
  }

  /** Every candidate that the index can find for a call, in no order, and no entry twice. */
  candidates({ resource, principal }: AccessRequest): readonly Candidate[] {
    const { tokens } = resource;
    const { beginnings, distinct } = tokens;
    const table = this._table;
    const mask = this._mask;
    const packed = this._packed;
    const endings = this._beginnings.length;
    const middles = endings + this._endings.length;
    const keys = this._hasMiddles ? middles + distinct.length : middles;
    const found: Candidate[] = [];
    for (let key = 0; key < keys; key++) {
      const hash =
        key < endings
          ? beginnings[this._beginnings[key]! - 1]
          : key < middles
            ? tokens.ending(this._endings[key - endings]!)
            : distinct[key - middles];
      // The ARN has not so many tokens.
      if (hash === undefined) continue;
      let place = placeOf(hash, mask);
      let at = table[place + 1]!;
      while (at >= 0 && table[place] !== hash) {
        place = (place + 2) & mask;
        at = table[place + 1]!;
      }
      while (at >= 0) {
        work.steps++;
        const number = packed[at]!;
        const count = packed[at + 1]!;
        const callers = packed[at + 3]!;
        const begins = count === 0 || beginnings[count - 1] === packed[at + 2];
        if (begins && (callers < 0 || names(packed, at + 4, callers, principal.hashes))) {
          found.push(this._candidates[number < 0 ? ~number : number]!);
        }
        at = number < 0 ? -1 : at + 4 + (callers < 0 ? 0 : callers);
      }
    }
    if (this._unfiled.length === 0) return found;
    return found.length === 0 ? this._unfiled : [...this._unfiled, ...found];
  }
}

/** Where a hash stands in a table, or the first place to look. */
const placeOf = (hash: number, mask: number): number => ((hash ^ (hash >>> 15)) << 1) & mask;

/** What an entry may be filed under: a number of first tokens, of last ones, or one token anywhere. */
interface Key {
  readonly part: 'beginning' | 'ending' | 'middle';
  readonly count: number;
  readonly hash: number;
}

interface Filed {
  readonly candidate: Candidate;
  readonly key: Key;
  readonly beginning: Key | null;
  /** Hashes of which the caller must have one; null: that does not tell. */
  readonly callers: readonly number[] | null;
}

function names(packed: Int32Array, from: number, count: number, { text, account, role }: PrincipalHashes): boolean {
  work.steps += count;
  for (let at = from; at < from + count; at++) {
    const hash = packed[at];
    if (hash === text || hash === account || hash === role) return true;
  }
  return false;
}

interface Sortable {
  readonly statement: CompiledStatement;
  readonly entry: ResourceEntry;
  readonly keys: readonly Key[];
}

function sortOut(statements: readonly CompiledStatement[]): { entries: Filed[]; unfiled: Candidate[] } {
  const sortable: Sortable[] = [];
  const unfiled: Candidate[] = [];
  const counts = new Map<number, number>();
  for (const statement of statements) {
    const { negated, entries } = statement.resource;
    const filed = negated ? [] : entries.map((entry) => ({ statement, entry, keys: keysOf(entry) }));
    // One entry that no key finds, and the whole statement has to be looked at anyway.
    if (negated || filed.some(({ keys }) => keys.length === 0)) {
      unfiled.push(candidateOf(statement, null));
      continue;
    }
    for (const each of filed) {
      sortable.push(each);
      for (const { hash } of each.keys) counts.set(hash, (counts.get(hash) ?? 0) + 1);
    }
  }
  return { entries: sortable.map((each) => file(each, counts)), unfiled };
}

function file({ statement, entry, keys }: Sortable, counts: ReadonlyMap<number, number>): Filed {
  let key = keys[0]!;
  for (const other of keys) if (counts.get(other.hash)! < counts.get(key.hash)!) key = other;
  const { principal } = statement;
  return {
    candidate: candidateOf(statement, entry),
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

/** The beginning first, if there is one. */
function keysOf({ template, tail }: ResourceEntry): Key[] {
  const hashes = literalsOf(template, tail);
  const first = hashes.indexOf(null);
  const keys: Key[] = [];
  const leading = first < 0 ? hashes.length : first;
  // A pattern without the API's head does not begin where the ARN does.
  if (!tail && leading > 0) {
    keys.push({ part: 'beginning', count: leading, hash: beginningHash(hashes as readonly number[], leading) });
    if (first < 0) return keys;
  }
  const last = hashes.lastIndexOf(null) + 1;
  if (last < hashes.length) {
    keys.push({ part: 'ending', count: hashes.length - last, hash: endingHash(hashes as readonly number[], last) });
  }
  for (let at = tail ? 0 : leading; at < last; at++) {
    const hash = hashes[at];
    if (typeof hash === 'number') keys.push({ part: 'middle', count: 1, hash });
  }
  return keys;
}

/**
 * The pattern between its slashes: hashes of the texts that stand there in every ARN it matches; null where a wildcard
 * is. A wildcard or variable may stand for text with slashes; what stands between two literal slashes is a whole token.
 */
function literalsOf(template: Template, tail: boolean): (number | null)[] {
  const literals: (number | null)[] = [];
  let hash = SEED;
  let isOpen = false;
  // Of a whole ARN only what comes after the fifth colon, which is where an index looks.
  let colons = tail ? 5 : 0;
  for (const piece of template) {
    if (!('text' in piece)) {
      isOpen = true;
      continue;
    }
    const { text } = piece;
    for (let at = 0; at < text.length; at++) {
      const char = text.charCodeAt(at);
      if (char === SLASH) {
        // A slash before the fifth colon: no key tells of such a pattern.
        literals.push(isOpen || colons < 5 ? null : hash);
        isOpen = false;
        hash = SEED;
      } else if (colons < 5 && literals.length === 0) {
        if (char === COLON) colons++;
      } else {
        hash = step(hash, char);
      }
    }
  }
  literals.push(isOpen || colons < 5 || template.length === 0 ? null : hash);
  return literals;
}

const [SLASH, COLON] = [47, 58];
