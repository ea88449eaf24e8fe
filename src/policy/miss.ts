import type { Token } from './token.js';

/** Where a text leaves a pattern that does not cover it. */
export interface Miss {
  /** Index in the text of the first character that the pattern cannot take; the text's length if it ends too early. */
  readonly at: number;
  /** Index in `pattern` of what stands there instead; its length if the pattern ends where the text goes on. */
  readonly wanted: number;
  /** The pattern with its variables filled in, as a person would write it. */
  readonly pattern: string;
}

/**
 * Explains what `Glob.matches` has refused: the longest way into the pattern that the text goes. Each part between two
 * stars is taken at its earliest place, which is where a match would have it; the first part without a place is the
 * miss, at the character where it got furthest.
 * @returns null where the pattern covers the text from `from` on
 */
export function missOf(tokens: readonly Token[], text: string, from = 0): Miss | null {
  const { segments, pattern } = cut(tokens);
  const last = segments.length - 1;
  let at = from;
  for (let index = 0; index <= last; index++) {
    const segment = segments[index]!;
    const found = search(segment, text, at, { floating: index > 0, toEnd: index === last });
    if (found.end < 0) return { at: found.reached, wanted: segment.start + offsetOf(segment, found.taken), pattern };
    at = found.end;
  }
  return null;
}

/**
 * The same for a pattern as written, without variables, in which a `*` crosses everything; cheaper by far, for it stops
 * reading the pattern where the text leaves it.
 */
export function missOfText(pattern: string, text: string, from = 0): Miss | null {
  let at = from;
  for (let start = 0; ; ) {
    const star = pattern.indexOf('*', start);
    const toEnd = star < 0;
    const part = toEnd ? pattern.slice(start) : pattern.slice(start, star);
    const segment = part.includes('?') ? questioned(part, start) : { start, plain: part, places: NOWHERE, loops: NONE };
    const found = search(segment, text, at, { floating: start > 0, toEnd });
    if (found.end < 0) return { at: found.reached, wanted: start + offsetOf(segment, found.taken), pattern };
    if (toEnd) return null;
    at = found.end;
    start = star + 1;
  }
}

/** A part of a pattern between two stars: what each of its places takes, and where runs within a field may stand. */
interface Segment {
  /** Where it begins in the pattern as written. */
  readonly start: number;
  /** The characters of a part without wildcards; null for one that has some. */
  readonly plain: string | null;
  readonly places: readonly (string | 'one' | 'oneWithin')[];
  /** How many places stand before a run within a field. */
  readonly loops: ReadonlySet<number>;
}

/** How many characters of the pattern a number of places is: a run within a field takes one more. */
function offsetOf({ plain, places, loops }: Segment, taken: number): number {
  if (plain !== null) return taken;
  let offset = 0;
  for (let place = 0; place < taken; place++) offset += places[place]!.startsWith('one') ? 1 : places[place]!.length;
  for (const loop of loops) if (loop <= taken) offset++;
  return offset;
}

function cut(tokens: readonly Token[]): { segments: Segment[]; pattern: string } {
  const segments: Segment[] = [];
  let pattern = '';
  let run: Token[] = [];
  let start = 0;
  const close = (): void => {
    segments.push(segmentOf(run, start));
    run = [];
  };
  for (const token of tokens) {
    if ('text' in token) {
      pattern += token.text;
      run.push(token);
    } else {
      pattern += token.wildcard === 'one' || token.wildcard === 'oneWithin' ? '?' : '*';
      if (token.wildcard === 'any') {
        close();
        start = pattern.length;
      } else {
        run.push(token);
      }
    }
  }
  close();
  return { segments, pattern };
}

function segmentOf(tokens: readonly Token[], start: number): Segment {
  if (tokens.every((token) => 'text' in token)) {
    return {
      start,
      plain: tokens.map((token) => ('text' in token ? token.text : '')).join(''),
      places: [],
      loops: NONE,
    };
  }
  const places: (string | 'one' | 'oneWithin')[] = [];
  const loops = new Set<number>();
  for (const token of tokens) {
    if ('text' in token) places.push(...token.text);
    else if (token.wildcard === 'anyWithin') loops.add(places.length);
    else if (token.wildcard !== 'any') places.push(token.wildcard);
  }
  return { start, plain: null, places, loops };
}

const NONE: ReadonlySet<number> = new Set();
const NOWHERE: Segment['places'] = [];

const questioned = (part: string, start: number): Segment => ({
  start,
  plain: null,
  places: [...part].map((char) => (char === '?' ? 'one' : char)),
  loops: NONE,
});

/** Where a part ends, or (`end` below 0) how far it got: `taken` of it, up to `reached` in the text. */
interface Found {
  readonly end: number;
  readonly reached: number;
  readonly taken: number;
}

interface Anchors {
  /** Whether the part may begin later than `from`. */
  readonly floating: boolean;
  /** Whether it must end with the text. */
  readonly toEnd: boolean;
}

function search(segment: Segment, text: string, from: number, anchors: Anchors): Found {
  if (segment.plain === null) return searchWild(segment, text, from, anchors);
  return anchors.floating
    ? searchPlain(segment.plain, text, from, anchors.toEnd)
    : compare(segment.plain, text, from, anchors.toEnd);
}

function compare(wanted: string, text: string, from: number, toEnd: boolean): Found {
  let taken = 0;
  while (taken < wanted.length && wanted[taken] === text[from + taken]) taken++;
  const done = taken === wanted.length && (!toEnd || from + taken === text.length);
  return { end: done ? from + taken : -1, reached: from + taken, taken };
}

/** Knuth, Morris, Pratt, keeping the furthest that a beginning of `wanted` got. */
function searchPlain(wanted: string, text: string, from: number, toEnd: boolean): Found {
  if (wanted === '') return { end: toEnd ? text.length : from, reached: from, taken: 0 };
  if (toEnd && text.length - wanted.length >= from && text.endsWith(wanted)) {
    return { end: text.length, reached: text.length, taken: wanted.length };
  }
  const borders = bordersOf(wanted);
  let best: Found = { end: -1, reached: from, taken: 0 };
  let taken = 0;
  for (let at = from; at < text.length; at++) {
    while (taken > 0 && wanted[taken] !== text[at]) taken = borders[taken - 1]!;
    if (wanted[taken] === text[at]) taken++;
    if (taken > best.taken || taken === wanted.length) best = { end: -1, reached: at + 1, taken };
    if (taken < wanted.length) continue;
    if (!toEnd) return { end: at + 1, reached: at + 1, taken };
    taken = borders[taken - 1]!;
  }
  return best;
}

function bordersOf(text: string): Int32Array {
  const lengths = new Int32Array(text.length);
  let border = 0;
  for (let at = 1; at < text.length; at++) {
    while (border > 0 && text[at] !== text[border]) border = lengths[border - 1]!;
    if (text[at] === text[border]) border++;
    lengths[at] = border;
  }
  return lengths;
}

/** More than this would make an explanation dearer than it is worth: the miss is then told without its place. */
const MOST_STEPS = 100_000;

/** The places that the text may have come to, all at once. A `?` is one code point. */
function searchWild({ places, loops }: Segment, text: string, from: number, { floating, toEnd }: Anchors): Found {
  let states = new Set([0]);
  let best: Found = { end: -1, reached: from, taken: 0 };
  let at = from;
  for (let steps = 0; ; ) {
    if (states.has(places.length) && (!toEnd || at === text.length))
      return { end: at, reached: at, taken: places.length };
    if (at >= text.length || states.size === 0 || steps > MOST_STEPS) return best;
    const char = String.fromCodePoint(text.codePointAt(at)!);
    const next = new Set<number>();
    for (const state of states) {
      steps++;
      const place = places[state];
      if (place !== undefined && takes(place, char)) next.add(state + 1);
      if (loops.has(state) && char !== ':') next.add(state);
    }
    at += char.length;
    const furthest = Math.max(-1, ...next);
    if (furthest > best.taken || furthest === places.length) best = { end: -1, reached: at, taken: furthest };
    if (floating) next.add(0);
    states = next;
  }
}

const takes = (place: string, char: string): boolean =>
  place === char || place === 'one' || (place === 'oneWithin' && char !== ':');
