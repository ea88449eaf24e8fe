import { beginningHash, endingHash, SEED, step } from './arn-tokens.js';
import type { ResourcePattern } from './resource-pattern.js';
import type { Template } from './variables.js';

/** What an entry may be filed under: a number of first tokens, of last ones, or one token anywhere. */
export interface Key {
  readonly part: 'beginning' | 'ending' | 'middle';
  /** At most `MOST_TOKENS`. */
  readonly count: number;
  readonly hash: number;
}

/** So that an index can note in one number which counts occur: the 30 first tokens of a pattern tell enough. */
const MOST_TOKENS = 30;

/** The beginning first, if there is one. */
export function keysOf(pattern: ResourcePattern): Key[] {
  if (pattern.form === 'all') return [];
  const { template } = pattern;
  const tail = pattern.form === 'tail';
  const hashes = literalsOf(template, tail);
  const first = hashes.indexOf(null);
  const keys: Key[] = [];
  const leading = Math.min(first < 0 ? hashes.length : first, MOST_TOKENS);
  // A pattern without the API's head does not begin where the ARN does.
  if (!tail && leading > 0) {
    keys.push({ part: 'beginning', count: leading, hash: beginningHash(hashes as readonly number[], leading) });
    if (first < 0) return keys;
  }
  const last = hashes.lastIndexOf(null) + 1;
  const trailing = Math.min(hashes.length - last, MOST_TOKENS);
  if (trailing > 0) {
    const hash = endingHash(hashes as readonly number[], hashes.length - trailing);
    keys.push({ part: 'ending', count: trailing, hash });
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
  literals.push(isOpen || colons < 5 ? null : hash);
  return literals;
}

const [SLASH, COLON] = [47, 58];
