import type { Subject } from './positions.js';
import { ANY, type Token } from './token.js';
import { work } from './work.js';

/**
 * Matching of `*` and `?`.
 *
 * Not a RegExp: six stars over 120 characters took 18 s. Nearly all patterns are `head*`, or `head*tail`: two
 * comparisons. What else is in the middle is looked for with `indexOf` while that is cheap, and beyond that with sets
 * of positions (`positions.ts`), whose cost is bounded by text times pattern over 32.
 */

/** No text that is matched is longer: ARNs have 1,600 bytes, context values 4,096 characters of one or two units. */
const LONGEST_TEXT = 8192;

/** Characters looked at times characters looked for: up to here every place can be tried. */
const CHEAP = 2048;

export class Glob {
  /** What the pattern begins with, up to its first wildcard. */
  private readonly _head: string;
  /** What it ends with, after its last wildcard. */
  private readonly _tail: string;
  /** Between the two, from the first wildcard to the last; null for a text without any. */
  private readonly _middle: Middle | null;

  /** @param tokens the pattern; neighbouring `text` tokens may be split anyhow */
  constructor(tokens: readonly Token[]) {
    let first = 0;
    let head = '';
    for (; first < tokens.length && 'text' in tokens[first]!; first++) head += textOf(tokens[first]!);
    let last = tokens.length;
    let tail = '';
    for (; last > first && 'text' in tokens[last - 1]!; last--) tail = textOf(tokens[last - 1]!) + tail;
    this._head = head;
    this._tail = tail;
    this._middle = first === last ? null : middleOf(tokens.slice(first, last));
  }

  /** Of how many texts and wildcards it is, from its first wildcard to its last. */
  get pieces(): number {
    return this._middle === null ? 0 : this._middle.tokens.length;
  }

  /** Whether the pattern covers all of a text from one index to another. */
  matches(subject: Subject, from = 0, to = subject.text.length): boolean {
    const { text } = subject;
    const [start, end] = [from + this._head.length, to - this._tail.length];
    const middle = this._middle;
    work.steps++;
    if (start > end || (middle === null && start < end)) return false;
    if (!stands(this._head, text, from, start)) return false;
    if (end < to && !stands(this._tail, text, end, to)) return false;
    return middle === null || middle === STAR || between(middle, subject, start, end);
  }
}

/** What stands from the first wildcard of a pattern to its last. */
interface Middle {
  readonly tokens: readonly Token[];
  /** Whether it is texts with a `*` before and after each. */
  readonly isPlain: boolean;
  /** In UTF-16 units. */
  readonly shortest: number;
}

/** Nearly all patterns have one star and no other wildcard. */
const STAR: Middle = { tokens: [ANY], isPlain: true, shortest: 0 };

const middleOf = (tokens: readonly Token[]): Middle =>
  tokens.length === 1 && isStar(tokens[0]!) ? STAR : { tokens, isPlain: isPlain(tokens), shortest: shortestOf(tokens) };

function between({ tokens, isPlain, shortest }: Middle, subject: Subject, start: number, end: number): boolean {
  const length = end - start;
  if (length < shortest || length > LONGEST_TEXT) return false;
  return isPlain && length * shortest <= CHEAP
    ? standInTurn(tokens, subject.text, start, end)
    : subject.positions.covers(tokens, start, end);
}

const textOf = (token: Token): string => ('text' in token ? token.text : '');

/** In UTF-16 units: each wildcard for one character takes at least one. */
function shortestOf(tokens: readonly Token[]): number {
  let length = 0;
  for (const token of tokens) {
    if ('text' in token) length += token.text.length;
    else if (token.wildcard === 'one' || token.wildcard === 'oneWithin') length++;
  }
  return length;
}

const isPlain = (tokens: readonly Token[]): boolean =>
  tokens.every((token, at) => isStar(token) || ('text' in token && !('text' in tokens[at - 1]!)));

const isStar = (token: Token): boolean => 'wildcard' in token && token.wildcard === 'any';

/** Whether the texts stand between two places one after the other: a star takes any text, so the earliest place will do. */
function standInTurn(tokens: readonly Token[], text: string, start: number, end: number): boolean {
  let at = start;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]!;
    if (!('text' in token)) continue;
    const wanted = token.text;
    const found = text.indexOf(wanted, at);
    work.steps += (found < 0 ? end : found) - at + wanted.length;
    if (found < 0) return false;
    at = found + wanted.length;
  }
  return at <= end;
}

/** Patterns and ARNs begin alike and differ at the end: one look there tells most apart. */
function stands(wanted: string, text: string, from: number, end: number): boolean {
  if (from === end) return true;
  return text.charCodeAt(end - 1) === wanted.charCodeAt(wanted.length - 1) && text.slice(from, end) === wanted;
}
