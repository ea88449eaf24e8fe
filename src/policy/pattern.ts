/**
 * Matching of `*` and `?`, in time proportional to text plus pattern; a run with `?` between two stars takes the text
 * times a thirty-second of its own length.
 *
 * Not a RegExp: six stars over 120 characters took 18 s. Not the loop with two indexes that restarts at the last
 * star either: it is quadratic on `*a…ab`. A pattern is cut at its stars into segments; because a star may take any
 * text, it is enough to find each segment at its earliest place after the one before. A segment of plain text is
 * found with `indexOf` while short and with Knuth-Morris-Pratt beyond, one with `?` by simulating it as an automaton,
 * 32 characters to a machine word.
 */

/** One character or any run of characters; `within` wildcards do not match a colon (the fields of an ARN). */
export type Wildcard = 'one' | 'any' | 'oneWithin' | 'anyWithin';
export type Token = { readonly text: string } | { readonly wildcard: Wildcard };

/** No text that is matched is longer: ARNs have 1,600 bytes, context values 4,096 characters of one or two units. */
const LONGEST_TEXT = 8192;

export class Glob {
  /** What the pattern begins with, where that is plain text: nearly all are `head*` or `head*tail`. */
  private readonly _head: string | null;
  /** What it ends with after its last star, where that is plain text. */
  private readonly _tail: string | null;
  private readonly _first: Segment;
  /** What comes after the first star, star by star; empty for a pattern without one. */
  private readonly _rest: readonly Segment[];
  private readonly _shortest: number;

  /** @param tokens the pattern; neighbouring `text` tokens may be split anyhow */
  constructor(tokens: readonly Token[]) {
    const segments: Segment[] = [];
    let run: Token[] = [];
    for (const token of tokens) {
      if ('wildcard' in token && token.wildcard === 'any') {
        segments.push(segment(run));
        run = [];
      } else {
        run.push(token);
      }
    }
    segments.push(segment(run));
    const [first, last] = [segments[0]!, segments.at(-1)!];
    this._first = first;
    this._rest = segments.length === 1 ? NO_SEGMENTS : segments.slice(1);
    this._head = first instanceof PlainSegment ? first.text : null;
    this._tail = last instanceof PlainSegment ? last.text : null;
    let shortest = 0;
    for (const { shortest: length } of segments) shortest += length;
    this._shortest = shortest;
  }

  /** Whether the pattern covers all of `text` from index `from` on. */
  matches(text: string, from = 0): boolean {
    if (text.length - from < this._shortest || this._shortest > LONGEST_TEXT) return false;
    const head = this._head;
    const rest = this._rest;
    const last = rest.length - 1;
    if (last < 0) return head === null ? this._first.covers(text, from) : isRest(text, from, head);
    let at = head === null ? this._first.prefix(text, from) : endOf(head, text, from);
    if (at < 0) return false;
    const tail = this._tail;
    // The cheap look first: nothing has to be searched where the end is wrong.
    if (tail !== null && !isRest(text, text.length - tail.length, tail)) return false;
    for (let index = 0; index < last; index++) {
      at = rest[index]!.find(text, at);
      if (at < 0) return false;
    }
    return tail === null ? rest[last]!.suffix(text, at) : at <= text.length - tail.length;
  }
}

/** Where `wanted` ends when it stands at `from`, else -1; there is enough text. */
function endOf(wanted: string, text: string, from: number): number {
  const end = from + wanted.length;
  return stands(wanted, text, from, end) ? end : -1;
}

/** Whether `wanted` is all of the text from `from` on. */
const isRest = (text: string, from: number, wanted: string): boolean =>
  text.length - from === wanted.length && stands(wanted, text, from, text.length);

/** Patterns and ARNs begin alike and differ at the end: one look there tells most apart. */
function stands(wanted: string, text: string, from: number, end: number): boolean {
  if (from === end) return true;
  return text.charCodeAt(end - 1) === wanted.charCodeAt(wanted.length - 1) && text.slice(from, end) === wanted;
}

const NO_SEGMENTS: readonly Segment[] = [];

/** The part of a pattern between two stars. Places are indexes into the text; -1 says that there is none. */
interface Segment {
  /** Length of the shortest text that the segment matches, in UTF-16 units. */
  readonly shortest: number;
  /** Where the segment ends when it stands at `from`: the earliest such place. */
  prefix(text: string, from: number): number;
  /** Where the segment ends when it stands anywhere after `from`: the earliest such place. */
  find(text: string, from: number): number;
  /** Whether the segment stands at the end of the text, from `from` or later on. */
  suffix(text: string, from: number): boolean;
  /** Whether the segment is all of the text after `from`. */
  covers(text: string, from: number): boolean;
}

function segment(tokens: readonly Token[]): Segment {
  let text = '';
  for (const token of tokens) {
    if ('wildcard' in token) return new WildSegment(tokens);
    text += token.text;
  }
  return text === '' ? EMPTY : new PlainSegment(text);
}

/**
 * The same text as one run of characters. A text put together or cut from a document stays a tree or a window of it,
 * and every comparison would pay for that; short ones are copied anyway.
 */
const flat = (text: string): string => (text.length < 13 ? text : (Object.keys({ [text]: null })[0] ?? ''));

/** Beyond this length `indexOf` could cost more than a few steps a character. */
const SHORT = 8;

class PlainSegment implements Segment {
  readonly shortest: number;
  readonly text: string;
  private _failures: Int32Array | null = null;

  constructor(text: string) {
    this.text = flat(text);
    this.shortest = text.length;
  }

  prefix(text: string, from: number): number {
    return endOf(this.text, text, from);
  }

  suffix(text: string, from: number): boolean {
    const at = text.length - this.shortest;
    return at >= from && stands(this.text, text, at, text.length);
  }

  covers(text: string, from: number): boolean {
    return isRest(text, from, this.text);
  }

  find(text: string, from: number): number {
    if (this.text.length > SHORT) return this._search(text, from);
    const at = text.indexOf(this.text, from);
    return at < 0 ? -1 : at + this.text.length;
  }

  /** Knuth, Morris, Pratt: no character of the text is read twice in vain. */
  private _search(text: string, from: number): number {
    const wanted = this.text;
    this._failures ??= failures(wanted);
    let matched = 0;
    for (let at = from; at < text.length; at++) {
      const char = text.charCodeAt(at);
      while (matched > 0 && wanted.charCodeAt(matched) !== char) matched = this._failures[matched - 1]!;
      if (wanted.charCodeAt(matched) === char) matched++;
      if (matched === wanted.length) return at + 1;
    }
    return -1;
  }
}

/** Before a star that begins a pattern, after one that ends it, and between two. */
const EMPTY = new PlainSegment('');

/** For each prefix of `text`, the length of its longest border. */
function failures(text: string): Int32Array {
  const lengths = new Int32Array(text.length);
  let border = 0;
  for (let at = 1; at < text.length; at++) {
    while (border > 0 && text.charCodeAt(at) !== text.charCodeAt(border)) border = lengths[border - 1]!;
    if (text.charCodeAt(at) === text.charCodeAt(border)) border++;
    lengths[at] = border;
  }
  return lengths;
}

const COLON = 58;

/** A position of a segment: a character that must stand there, or a wildcard for one. */
type Position = number | 'one' | 'oneWithin';

/**
 * A segment with wildcards other than `any`, as an automaton whose states are bits: bit i is set when the first i
 * characters of the segment match up to here (Baeza-Yates and Gonnet, "A new approach to text searching"). A run that
 * stays within its field is a state that keeps itself. `?` is one code point. Where the segment's place is known it is
 * compared there, and a text without one of its characters is not searched.
 */
class WildSegment implements Segment {
  readonly shortest: number;
  private readonly _positions: readonly Position[];
  /** The characters that every text must have, as far as it is worth looking: the last few. */
  private readonly _needed: readonly string[];
  /** Whether every text that matches has as many characters as the segment. */
  private readonly _fixed: boolean;
  private readonly _words: number;
  /** For each character that the segment names, the positions that accept it; for all others `_others`. */
  private readonly _accepting = new Map<number, Uint32Array>();
  private readonly _others: Uint32Array;
  /** Positions after which a run within the field may go on; bit i: after the first i characters. */
  private readonly _loops: Uint32Array;

  constructor(tokens: readonly Token[]) {
    const positions: Position[] = [];
    const loops: number[] = [];
    for (const token of tokens) {
      if ('text' in token) for (const char of token.text) positions.push(char.codePointAt(0) ?? 0);
      else if (token.wildcard === 'anyWithin') loops.push(positions.length);
      else if (token.wildcard !== 'any') positions.push(token.wildcard);
    }
    this.shortest = positions.length;
    this._positions = positions;
    const characters = positions.filter((position) => typeof position === 'number');
    this._needed = [...new Set(characters.reverse())].slice(0, 8).map((char) => String.fromCodePoint(char));
    this._fixed = loops.length === 0;
    this._words = (positions.length >>> 5) + 1;
    this._loops = this._bits(loops);
    const ones = positions.flatMap((position, at) => (typeof position === 'string' ? [at + 1] : []));
    this._others = this._bits(ones);
    this._accepting.set(COLON, this._bits(ones.filter((at) => positions[at - 1] === 'one')));
    for (const [at, position] of positions.entries()) {
      if (typeof position !== 'number') continue;
      const accepting = this._accepting.get(position) ?? this._others.slice();
      this._accepting.set(position, accepting);
      accepting[(at + 1) >>> 5]! |= 1 << ((at + 1) & 31);
    }
  }

  prefix(text: string, from: number): number {
    return this._fixed ? this._forth(text, from) : this._run(text, from, false, false);
  }

  find(text: string, from: number): number {
    for (const char of this._needed) if (text.indexOf(char, from) < 0) return -1;
    return this._run(text, from, true, false);
  }

  suffix(text: string, from: number): boolean {
    return this._fixed ? this._back(text) >= from : this._run(text, from, true, true) >= 0;
  }

  covers(text: string, from: number): boolean {
    return this._fixed ? this._forth(text, from) === text.length : this._run(text, from, false, true) >= 0;
  }

  /** Where the segment ends when its characters stand one by one from `from` on; -1 when they do not. */
  private _forth(text: string, from: number): number {
    let at = from;
    for (const position of this._positions) {
      const char = text.codePointAt(at);
      if (char === undefined || !accepts(position, char)) return -1;
      at += char > 0xffff ? 2 : 1;
    }
    return at;
  }

  /** Where the segment begins when it ends the text; -1 when it does not. */
  private _back(text: string): number {
    let at = text.length;
    for (let index = this._positions.length - 1; index >= 0; index--) {
      const low = text.charCodeAt(at - 1);
      const isPair = low >= 0xdc00 && low <= 0xdfff && at > 1;
      const pair = isPair ? text.codePointAt(at - 2)! : 0;
      const char = pair > 0xffff ? pair : low;
      if (at === 0 || !accepts(this._positions[index]!, char)) return -1;
      at -= char > 0xffff ? 2 : 1;
    }
    return at;
  }

  private _bits(positions: readonly number[]): Uint32Array {
    const bits = new Uint32Array(this._words);
    for (const at of positions) bits[at >>> 5]! |= 1 << (at & 31);
    return bits;
  }

  /** Where the segment ends; it may begin later than `from` if `floating`, and must end with the text if `toEnd`. */
  private _run(text: string, from: number, floating: boolean, toEnd: boolean): number {
    const words = this._words;
    const states = new Uint32Array(words);
    states[0] = 1;
    const [last, bit] = [this.shortest >>> 5, this.shortest & 31];
    const loops = this._loops;
    let at = from;
    while (at < text.length) {
      if (!toEnd && ((states[last]! >>> bit) & 1) === 1) return at;
      const char = text.codePointAt(at)!;
      at += char > 0xffff ? 2 : 1;
      const accepting = this._accepting.get(char) ?? this._others;
      const within = char !== COLON && !this._fixed;
      let carried = 0;
      let alive = 0;
      for (let word = 0; word < words; word++) {
        const before = states[word]!;
        // The shift moves each state on by one character; `carried` comes from the word before.
        const next = (((before << 1) | carried) & accepting[word]!) | (within ? before & loops[word]! : 0);
        states[word] = next;
        carried = before >>> 31;
        alive |= next;
      }
      if (floating) states[0]! |= 1;
      else if (alive === 0) return -1;
    }
    return ((states[last]! >>> bit) & 1) === 1 ? at : -1;
  }
}

const accepts = (position: Position, char: number): boolean =>
  position === char || position === 'one' || (position === 'oneWithin' && char !== COLON);
