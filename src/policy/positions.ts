import type { Token } from './token.js';
import { work } from './work.js';

/**
 * Patterns of any kind against one text, all places of the text at once: for each character of the text the places
 * where it stands are kept as a set of bits; a set of places reached so far goes through the pattern token by token
 * (Myers, "A four Russians algorithm for regular expression pattern matching", in its bit-parallel form; the run of a
 * class is icGrep's MatchStar). 32 places are one step, so no pattern can make this slow: steps are at most characters
 * of the pattern times places over 32.
 */
export class Positions {
  /** In characters; places are between them, 0 to this. */
  private readonly _length: number;
  private readonly _words: number;
  /** For each character that occurs, where. */
  private readonly _places = new Map<number, Uint32Array>();
  private readonly _none: Uint32Array;
  /** For each place in UTF-16 units the place in characters, -1 within one; null: they are the same. */
  private readonly _ofUnit: Int32Array | null;
  private readonly _reached: Uint32Array;

  constructor(text: string) {
    const characters: number[] = [];
    let pairs = 0;
    for (let at = 0; at < text.length; at++) {
      const char = text.codePointAt(at)!;
      characters.push(char);
      if (char > 0xffff) {
        at++;
        pairs++;
      }
    }
    this._length = characters.length;
    this._words = (characters.length >>> 5) + 1;
    this._none = new Uint32Array(this._words);
    this._reached = new Uint32Array(this._words);
    for (let at = 0; at < characters.length; at++) {
      let places = this._places.get(characters[at]!);
      if (places === undefined) {
        places = new Uint32Array(this._words);
        this._places.set(characters[at]!, places);
      }
      places[at >>> 5]! |= 1 << (at & 31);
    }
    this._ofUnit = pairs === 0 ? null : placesOfUnits(text, characters);
    work.steps += text.length;
  }

  /**
   * Whether the tokens cover the text between two places, in UTF-16 units.
   * The characters of a pattern are code points; a place within one is none.
   */
  covers(tokens: readonly Token[], from: number, to: number): boolean {
    const start = this._ofUnit === null ? from : this._ofUnit[from]!;
    const end = this._ofUnit === null ? to : this._ofUnit[to]!;
    // How far behind the front a place may be, for the rest of the pattern still to fit in.
    const slack = end - start - leastOf(tokens);
    if (start < 0 || end > this._length || slack < 0) return false;
    const reached = this._reached.fill(0);
    reached[start >>> 5] = 1 << (start & 31);
    let front = start;
    for (const token of tokens) {
      if ('text' in token) {
        for (const char of token.text) {
          if (!this._step(front, front + slack, this._places.get(char.codePointAt(0)!) ?? this._none, 0)) return false;
          front++;
        }
      } else if (token.wildcard === 'any') {
        this._fill(front, front + slack);
      } else if (token.wildcard === 'anyWithin') {
        this._run(front, front + slack, this._places.get(COLON) ?? this._none);
      } else {
        const refused = token.wildcard === 'one' ? this._none : (this._places.get(COLON) ?? this._none);
        if (!this._step(front, front + slack, refused, -1)) return false;
        front++;
      }
    }
    return ((reached[end >>> 5]! >>> (end & 31)) & 1) === 1;
  }

  /**
   * Every place from `front` to `back` moves on by one character, if that is in the set, or is not (`flip` -1); places
   * beyond are never reached.
   * @returns whether one is left
   */
  private _step(front: number, back: number, set: Uint32Array, flip: 0 | -1): boolean {
    const reached = this._reached;
    const last = Math.min((back + 1) >>> 5, this._words - 1);
    let carried = 0;
    let alive = 0;
    for (let word = front >>> 5; word <= last; word++) {
      const going = reached[word]! & (set[word]! ^ flip);
      const next = (going << 1) | carried;
      reached[word] = next;
      carried = going >>> 31;
      alive |= next;
    }
    work.steps += last - (front >>> 5) + 1;
    return alive !== 0;
  }

  /** From the first place that is reached, all are. */
  private _fill(front: number, back: number): void {
    const reached = this._reached;
    let word = front >>> 5;
    while (reached[word] === 0) word++;
    const first = reached[word]!;
    // All bits from the lowest that is set on.
    reached[word] = first | -first;
    reached.fill(0xffffffff, word + 1, (back >>> 5) + 1);
    work.steps += (back >>> 5) - (front >>> 5) + 1;
  }

  /** Every place, and those after it up to a character of the set. The addition's carry is what runs. */
  private _run(front: number, back: number, stops: Uint32Array): void {
    const reached = this._reached;
    const last = Math.min(back >>> 5, this._words - 1);
    let carried = 0;
    for (let word = front >>> 5; word <= last; word++) {
      const open = ~stops[word]! >>> 0;
      const here = reached[word]!;
      const sum = ((here & open) >>> 0) + open + carried;
      reached[word] = (sum ^ open) | here;
      carried = sum > 0xffffffff ? 1 : 0;
    }
    work.steps += last - (front >>> 5) + 1;
  }
}

/** Of how many characters the shortest text is that the tokens cover. */
function leastOf(tokens: readonly Token[]): number {
  let least = 0;
  for (const token of tokens) {
    if ('text' in token) for (const _ of token.text) least++;
    else if (token.wildcard === 'one' || token.wildcard === 'oneWithin') least++;
  }
  return least;
}

const COLON = 58;

function placesOfUnits(text: string, characters: readonly number[]): Int32Array {
  const places = new Int32Array(text.length + 1).fill(-1);
  let unit = 0;
  for (const [place, char] of characters.entries()) {
    places[unit] = place;
    unit += char > 0xffff ? 2 : 1;
  }
  places[unit] = characters.length;
  return places;
}

/** A text that patterns are matched against; its places are worked out once, when a pattern first needs them. */
export class Subject {
  private _positions: Positions | null = null;

  constructor(readonly text: string) {}

  get positions(): Positions {
    this._positions ??= new Positions(this.text);
    return this._positions;
  }
}
