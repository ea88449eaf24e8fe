/**
 * The parts of an ARN's resource between slashes (API, stage, verb, path), as hashes: what an index can look up without
 * making a string. Costs a nanosecond or two a character, once for each request, whatever the number of policies; so
 * what all ARNs of a policy share, the part before the fifth colon, is left out.
 */
export class ArnTokens {
  /** Of each token, in the order of the text. */
  readonly tokens: readonly number[];
  /** Of each beginning: the first of them is of one token, the last of all. */
  readonly beginnings: readonly number[];
  private _distinct: readonly number[] | null = null;

  /** @param from where the resource begins; 0 where a slash stands before that, so that no token is missed */
  constructor(text: string, from: number) {
    const tokens: number[] = [];
    const beginnings: number[] = [];
    let beginning = SEED;
    let token = SEED;
    for (let at = from; at <= text.length; at++) {
      const char = at < text.length ? text.charCodeAt(at) : SLASH;
      if (char === SLASH) {
        tokens.push(token);
        beginning = step(beginning, token);
        beginnings.push(beginning);
        token = SEED;
      } else {
        token = step(token, char);
      }
    }
    this.tokens = tokens;
    this.beginnings = beginnings;
  }

  /** Of the last `count` tokens; undefined when there are not so many. */
  ending(count: number): number | undefined {
    const { tokens } = this;
    return count > tokens.length ? undefined : endingHash(tokens, tokens.length - count);
  }

  /** Of each token once. */
  get distinct(): readonly number[] {
    this._distinct ??= withoutRepeats(this.tokens);
    return this._distinct;
  }
}

/** A hash of a name: of its end, where names differ. */
export function nameHash(name: string): number {
  let hash = step(SEED, name.length);
  for (let at = Math.max(0, name.length - TELLING); at < name.length; at++) hash = step(hash, name.charCodeAt(at));
  return hash;
}

const TELLING = 6;

/** The hash of the beginning that the first `count` tokens are. */
export function beginningHash(tokens: readonly number[], count: number): number {
  let hash = SEED;
  for (let at = 0; at < count; at++) hash = step(hash, tokens[at]!);
  return hash;
}

/** The hash of the ending that begins with the token at `from`. */
export function endingHash(tokens: readonly number[], from: number): number {
  let hash = ENDING;
  for (let at = from; at < tokens.length; at++) hash = step(hash, tokens[at]!);
  return hash;
}

const SLASH = 47;
/** FNV-1a: the hash of nothing. Two texts may share a hash: it only points to places. */
export const SEED = 0x811c9dc5 | 0;
/** So that the ending of one token is not the beginning of it. */
const ENDING = ~SEED;
export const step = (hash: number, value: number): number => Math.imul(hash ^ value, 0x01000193);

const FEW = 16;

function withoutRepeats(hashes: readonly number[]): readonly number[] {
  if (hashes.length > FEW) return [...new Set(hashes)];
  for (let at = 1; at < hashes.length; at++) {
    for (let before = 0; before < at; before++) if (hashes[before] === hashes[at]) return [...new Set(hashes)];
  }
  return hashes;
}
