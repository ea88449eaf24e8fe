import { tokenHash } from './arn-tokens.js';

import type { CompiledStatement, ResourceEntry } from './compiled-policy.js';
import type { AccessRequest } from './request.js';

/**
 * Which statements of a policy may match an ARN. Each entry of a Resource element is filed under the rarest token (the
 * text between two slashes) that every ARN it matches must have; a request looks up the tokens that it has. What is
 * found is a candidate, to be matched in full, so a hash that two tokens share costs time, never truth.
 *
 * Not a tree of patterns: stars in the middle make it branch, while one literal token tells most patterns apart.
 */
export class StatementIndex {
  /** Statements that no token finds: NotResource, `*`, and patterns without a whole literal token. */
  readonly unfiled: readonly CompiledStatement[];
  private readonly _candidates: readonly Candidate[];
  /**
   * Open addressing, two words a place: a hash, and where its candidates begin in `_packed`, -1 for an empty place.
   */
  private readonly _table: Int32Array;
  private readonly _mask: number;
  /**
   * What can be told of a candidate without looking at it, so that the few that pass are all that has to be brought
   * from memory; those of one hash stand together. For each: its number (negative for the last of its hash: `~number`),
   * how many leading tokens, how many principals (-1: anybody), and their hashes.
   */
  private readonly _packed: Int32Array;

  constructor(statements: readonly CompiledStatement[]) {
    const { entries, unfiled } = sortOut(statements);
    const groups = grouped(entries);
    const packed: number[] = [];
    const places = 2 ** Math.ceil(Math.log2(groups.size * 2 + 1));
    this.unfiled = unfiled;
    this._mask = places - 1;
    this._table = new Int32Array(places * 2).fill(-1);
    const candidates: Candidate[] = [];
    for (const [hash, group] of groups) {
      const place = this._place(hash);
      this._table[place] = hash;
      this._table[place + 1] = packed.length;
      for (const [at, { statement, entry, leading, callers }] of group.entries()) {
        const number = candidates.push({ statement, entry }) - 1;
        packed.push(at === group.length - 1 ? ~number : number, leading.length, callers === null ? -1 : callers.length);
        packed.push(...leading, ...(callers ?? []));
      }
    }
    this._candidates = candidates;
    this._packed = Int32Array.from(packed);
  }

  /** Calls `visit` with every candidate that the index can find for a call, in no order, and no entry twice. */
  candidates({ resource, principal }: AccessRequest, visit: (candidate: Candidate) => void): void {
    const { ordered, distinct } = resource.tokens;
    const packed = this._packed;
    for (let token = 0; token < distinct.length; token++) {
      let at = this._table[this._place(distinct[token]!) + 1]!;
      while (at >= 0) {
        const number = packed[at]!;
        const leading = packed[at + 1]!;
        const callers = packed[at + 2]!;
        if (
          beginsWith(packed, at + 3, leading, ordered) &&
          names(packed, at + 3 + leading, callers, principal.hashes)
        ) {
          visit(this._candidates[number < 0 ? ~number : number]!);
        }
        at = number < 0 ? -1 : at + 3 + leading + (callers < 0 ? 0 : callers);
      }
    }
  }

  /** Where a hash stands, or the empty place where it would. */
  private _place(hash: number): number {
    let place = (hash ^ (hash >>> 15)) & this._mask;
    while (this._table[place * 2 + 1] !== -1 && this._table[place * 2] !== hash) place = (place + 1) & this._mask;
    return place * 2;
  }
}

/** A statement, and the entry of its Resource that may match. */
export interface Candidate {
  readonly statement: CompiledStatement;
  readonly entry: ResourceEntry;
}

interface Filed extends Candidate {
  /** Hashes of whole literal tokens that a matching ARN has somewhere. */
  readonly tokens: readonly number[];
  /** Hashes of the tokens with which a matching ARN begins. */
  readonly leading: readonly number[];
  /** Hashes of which the caller must have one; null: that does not tell. */
  readonly callers: readonly number[] | null;
}

/** Entries by the rarest of their tokens. */
function grouped(entries: readonly Filed[]): Map<number, Filed[]> {
  const counts = new Map<number, number>();
  for (const { tokens } of entries) for (const hash of tokens) counts.set(hash, (counts.get(hash) ?? 0) + 1);
  const groups = new Map<number, Filed[]>();
  for (const entry of entries) {
    const hash = rarest(entry.tokens, counts);
    const group = groups.get(hash);
    if (group === undefined) groups.set(hash, [entry]);
    else group.push(entry);
  }
  return groups;
}

function beginsWith(packed: Int32Array, from: number, count: number, tokens: readonly number[]): boolean {
  if (count > tokens.length) return false;
  for (let at = 0; at < count; at++) if (packed[from + at] !== tokens[at]) return false;
  return true;
}

function names(packed: Int32Array, from: number, count: number, hashes: readonly number[]): boolean {
  if (count < 0) return true;
  for (let at = from; at < from + count; at++) {
    for (let hash = 0; hash < hashes.length; hash++) if (packed[at] === hashes[hash]) return true;
  }
  return false;
}

function sortOut(statements: readonly CompiledStatement[]): { entries: Filed[]; unfiled: CompiledStatement[] } {
  const entries: Filed[] = [];
  const unfiled: CompiledStatement[] = [];
  for (const statement of statements) {
    const filed = statement.resource.negated ? null : statement.resource.entries.map((entry) => file(statement, entry));
    // One entry that no token finds, and the whole statement has to be looked at anyway.
    if (filed?.every((entry) => entry !== null)) entries.push(...filed);
    else unfiled.push(statement);
  }
  return { entries, unfiled };
}

function file(statement: CompiledStatement, entry: ResourceEntry): Filed | null {
  const tokens: number[] = [];
  const leading: number[] = [];
  for (const [index, token] of entry.literals.entries()) {
    if (token === null) continue;
    const hash = tokenHash(token);
    tokens.push(hash);
    if (!entry.tail && leading.length === index) leading.push(hash);
  }
  if (tokens.length === 0) return null;
  const { principal } = statement;
  const callers = principal === null || principal.negated ? null : principal.set.hashes;
  return { statement, entry, tokens, leading, callers };
}

function rarest(hashes: readonly number[], counts: ReadonlyMap<number, number>): number {
  let best = hashes[0]!;
  for (const hash of hashes) if (counts.get(hash)! < counts.get(best)!) best = hash;
  return best;
}
