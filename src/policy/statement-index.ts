import type { Arn } from './arn.js';
import { tokenHash } from './arn-tokens.js';
import type { CompiledStatement, ResourceEntry } from './compiled-policy.js';

/**
 * Which statements of a policy may match an ARN. Each entry of a Resource element is filed under the rarest token (the
 * text between two slashes) that every ARN it matches must have; a request looks up the tokens that it has. What is
 * found is a candidate, to be matched in full, so a hash that two tokens share costs time, never truth.
 *
 * Not a tree of patterns: stars in the middle make it branch, while one literal token tells most patterns apart.
 */
export class StatementIndex {
  /** Open addressing: the hash at a place, and the first of its candidates in `_filed`; -1 is an empty place. */
  private readonly _hashes: Int32Array;
  private readonly _starts: Int32Array;
  private readonly _mask: number;
  /** Candidates, those of one hash together; the last of them has `last` set. */
  private readonly _filed: readonly Filed[] = [];
  /** Statements that no token finds: NotResource, `*`, and patterns without a whole literal token. */
  readonly unfiled: readonly CompiledStatement[];

  constructor(statements: readonly CompiledStatement[]) {
    const { entries, unfiled } = sortOut(statements);
    this.unfiled = unfiled;
    const counts = new Map<number, number>();
    for (const { tokens } of entries) for (const hash of tokens) counts.set(hash, (counts.get(hash) ?? 0) + 1);
    const groups = new Map<number, Filed[]>();
    for (const entry of entries) {
      const hash = rarest(entry.tokens, counts);
      const group = groups.get(hash);
      if (group === undefined) groups.set(hash, [entry]);
      else group.push(entry);
    }
    this._mask = 2 ** Math.ceil(Math.log2(groups.size * 2 + 1)) - 1;
    this._hashes = new Int32Array(this._mask + 1);
    this._starts = new Int32Array(this._mask + 1).fill(-1);
    const filed: Filed[] = [];
    for (const [hash, group] of groups) {
      const place = this._place(hash);
      this._hashes[place] = hash;
      this._starts[place] = filed.length;
      filed.push(...group);
      group.at(-1)!.last = true;
    }
    this._filed = filed;
  }

  /** Calls `visit` with every candidate for `arn` that the index can find, in no order, and no entry twice. */
  candidates(arn: Arn, visit: (candidate: Candidate) => void): void {
    const { ordered, distinct } = arn.tokens;
    for (let at = 0; at < distinct.length; at++) {
      let next = this._starts[this._place(distinct[at]!)]!;
      if (next < 0) continue;
      for (;;) {
        const entry = this._filed[next++]!;
        if (startsWith(ordered, entry.leading)) visit(entry);
        if (entry.last) break;
      }
    }
  }

  /** Where a hash stands, or the empty place where it would. */
  private _place(hash: number): number {
    let place = (hash ^ (hash >>> 15)) & this._mask;
    while (this._starts[place] !== -1 && this._hashes[place] !== hash) place = (place + 1) & this._mask;
    return place;
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
  last: boolean;
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
  for (const [index, token] of (entry.literals ?? []).entries()) {
    if (token === null) continue;
    const hash = tokenHash(token);
    tokens.push(hash);
    if (!entry.tail && leading.length === index) leading.push(hash);
  }
  return tokens.length === 0 ? null : { statement, entry, tokens, leading, last: false };
}

function rarest(hashes: readonly number[], counts: ReadonlyMap<number, number>): number {
  let best = hashes[0]!;
  for (const hash of hashes) if (counts.get(hash)! < counts.get(best)!) best = hash;
  return best;
}

function startsWith(hashes: readonly number[], beginning: readonly number[]): boolean {
  if (beginning.length > hashes.length) return false;
  for (let at = 0; at < beginning.length; at++) if (hashes[at] !== beginning[at]) return false;
  return true;
}
