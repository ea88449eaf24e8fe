import type { Subject } from './positions.js';
import type { Token } from './token.js';
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

/** Up to here every place can be tried: a real ARN is shorter. */
const SHORT = 128;

export class Glob {
  /** What the pattern begins with, up to its first wildcard. */
  private readonly _head: string;
  /** What it ends with, after its last wildcard. */
  private readonly _tail: string;
  /** Between the two, from the first wildcard to the last: empty for a text without any. */
  private readonly _middle: readonly Token[];
  /** The texts of the middle, where its wildcards are all `*`; null: there are others. */
  private readonly _texts: readonly string[] | null;
  private readonly _shortest: number;

  /** @param tokens the pattern; neighbouring `text` tokens may be split anyhow */
  constructor(tokens: readonly Token[]) {
    let first = 0;
    let head = '';
    for (; first < tokens.length && 'text' in tokens[first]!; first++) head += textOf(tokens[first]!);
    let last = tokens.length;
    let tail = '';
    for (; last > first && 'text' in tokens[last - 1]!; last--) tail = textOf(tokens[last - 1]!) + tail;
    this._head = flat(head);
    this._tail = flat(tail);
    this._middle = tokens.slice(first, last);
    this._texts = textsBetweenStars(this._middle);
    this._shortest = head.length + tail.length + shortestOf(this._middle);
  }

  /** Whether the pattern covers all of a text from one index to another. */
  matches(subject: Subject, from = 0, to = subject.text.length): boolean {
    const length = to - from;
    if (length < this._shortest || length > LONGEST_TEXT) return false;
    const { text } = subject;
    const [start, end] = [from + this._head.length, to - this._tail.length];
    work.steps++;
    if (!stands(this._head, text, from, start)) return false;
    if (end < to && !stands(this._tail, text, end, to)) return false;
    const texts = this._texts;
    if (texts === null) return subject.positions.covers(this._middle, start, end);
    if (texts.length === 0) return start === end || this._middle.length > 0;
    return end - start <= SHORT
      ? standInTurn(texts, text, start, end)
      : subject.positions.covers(this._middle, start, end);
  }
}

const NO_TEXTS: readonly string[] = [];

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

function textsBetweenStars(middle: readonly Token[]): readonly string[] | null {
  if (middle.length <= 1) return middle.length === 0 || isStar(middle[0]!) ? NO_TEXTS : null;
  const texts: string[] = [];
  let text = '';
  for (const token of middle) {
    if ('text' in token) {
      text += token.text;
    } else {
      if (!isStar(token)) return null;
      if (text !== '') texts.push(flat(text));
      text = '';
    }
  }
  return texts;
}

const isStar = (token: Token): boolean => 'wildcard' in token && token.wildcard === 'any';

/** Whether the texts stand between two places one after the other: a star takes any text, so the earliest place will do. */
function standInTurn(texts: readonly string[], text: string, start: number, end: number): boolean {
  let at = start;
  for (let index = 0; index < texts.length; index++) {
    const wanted = texts[index]!;
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

/**
 * The same text as one run of characters. A text put together or cut from a document stays a tree or a window of it,
 * and every comparison would pay for that; short ones are copied anyway.
 */
const flat = (text: string): string => (text.length < 13 ? text : (Object.keys({ [text]: null })[0] ?? ''));
