import { moved, movedByFour } from './moved.js';
import { occurrences } from './occurrences.js';
import type { Token } from './token.js';
import { work } from './work.js';

/**
 * Patterns of any kind against one text, all places of the text at once: for each character of the text the places
 * where it stands are kept as a set of bits; a set of places reached so far goes through the pattern token by token
 * (Myers, "A four Russians algorithm for regular expression pattern matching", in its bit-parallel form; the run of a
 * class is icGrep's MatchStar). 32 places are one step, so no pattern can make this slow: steps are at most characters
 * of the pattern times places over 32.
 *
 * What a variable stands for is not the pattern's own, and may be long and stand in many patterns: where it begins is
 * found once, and then it is as good as one character.
 */
class Positions {
  /** Code points; places are between them, 0 to their number. */
  private readonly _characters: Int32Array;
  private readonly _words: number;
  /** For each character that occurs, where: those of ASCII by their code, others looked up. */
  private readonly _ascii: Int32Array[];
  private readonly _others = new Map<number, Int32Array>();
  private readonly _given = new Map<string, Given>();
  private readonly _nowhere: Int32Array;
  private readonly _anywhere: Int32Array;
  private readonly _outsideColons: Int32Array;
  /** For each place in UTF-16 units the place in characters, -1 within one; null: they are the same. */
  private readonly _ofUnit: Int32Array | null;
  private readonly _reached: Int32Array;
  /** The first and the last place that may be reached. */
  private _front = 0;
  private _back = 0;
  /** How far behind the first one may be, for the rest of the pattern still to fit in. */
  private _slack = 0;
  /** Where the next characters of the pattern stand, until there are enough to take at once; and how many there are. */
  private readonly _next: Int32Array[];
  private _waiting = 0;

  constructor(text: string) {
    const characters = codePoints(text);
    this._characters = characters;
    this._words = (characters.length >>> 5) + 1;
    this._nowhere = new Int32Array(this._words);
    this._anywhere = new Int32Array(this._words).fill(-1);
    this._reached = new Int32Array(this._words);
    this._next = new Array<Int32Array>(AT_ONCE).fill(this._nowhere);
    this._ascii = new Array<Int32Array>(ASCII).fill(this._nowhere);
    let char = -1;
    let places = this._nowhere;
    for (let at = 0; at < characters.length; at++) {
      if (characters[at] !== char) {
        char = characters[at]!;
        places = this._placesOf(char);
        if (places === this._nowhere) {
          places = new Int32Array(this._words);
          if (char < ASCII) this._ascii[char] = places;
          else this._others.set(char, places);
        }
      }
      places[at >>> 5]! |= 1 << (at & 31);
    }
    this._outsideColons = this._placesOf(COLON).map((word) => ~word);
    this._ofUnit = characters.length === text.length ? null : placesOfUnits(text, characters);
    work.steps += text.length;
  }

  /**
   * Whether the tokens cover the text between two places, in UTF-16 units.
   * The characters of a pattern are code points; a place within one is none.
   */
  covers(tokens: readonly Token[], from: number, to: number): boolean {
    const start = this._ofUnit === null ? from : this._ofUnit[from]!;
    const end = this._ofUnit === null ? to : this._ofUnit[to]!;
    this._front = start;
    this._back = start;
    this._slack = end - start - this._leastOf(tokens);
    if (start < 0 || end > this._characters.length || this._slack < 0) return false;
    this._waiting = 0;
    this._reached.fill(0);
    this._reached[start >>> 5] = 1 << (start & 31);
    for (let at = 0; at < tokens.length; at++) if (!this._take(tokens[at]!)) return false;
    return this._settle() && ((this._reached[end >>> 5]! >>> (end & 31)) & 1) === 1;
  }

  /** @returns whether a place is left, as far as is known */
  private _take(token: Token): boolean {
    if (!('text' in token)) {
      if (token.wildcard === 'one') return this._step(this._anywhere);
      if (token.wildcard === 'oneWithin') return this._step(this._outsideColons);
      if (!this._settle()) return false;
      if (token.wildcard === 'any') this._fill();
      else this._run(this._outsideColons);
      return true;
    }
    const { text, given } = token;
    if (given === true) return this._settle() && this._move(this._givenOf(text));
    for (let unit = 0; unit < text.length; unit++) {
      let char = text.charCodeAt(unit);
      if (char >= ASCII) {
        char = text.codePointAt(unit)!;
        if (char > 0xffff) unit++;
      }
      if (!this._step(this._placesOf(char))) return false;
    }
    return true;
  }

  private _placesOf(char: number): Int32Array {
    return char < ASCII ? this._ascii[char]! : (this._others.get(char) ?? this._nowhere);
  }

  /** Every place is to move on by one character, if that is in the set. */
  private _step(set: Int32Array): boolean {
    if (set === this._nowhere) return false;
    this._next[this._waiting++] = set;
    return this._waiting < AT_ONCE || this._settle();
  }

  /** Takes the characters that wait. @returns whether a place is left */
  private _settle(): boolean {
    // Four at once: a word is then brought and put back once for all of them.
    const next = this._next;
    const count = this._waiting;
    if (count === 0) return true;
    this._waiting = 0;
    const reached = this._reached;
    const first = this._front >>> 5;
    const last = Math.min((this._back + count) >>> 5, this._words - 1);
    let alive = 0;
    if (count === AT_ONCE) alive = movedByFour(reached, next[0]!, next[1]!, next[2]!, next[3]!, first, last);
    else for (let at = 0; at < count; at++) alive = moved(reached, next[at]!, first, last);
    work.steps += count * (last - first + 1);
    this._front += count;
    this._back += count;
    return alive !== 0;
  }

  /** Every place moves on by a text that a variable stands for. @returns whether one is left */
  private _move({ length, beginnings }: Given): boolean {
    const reached = this._reached;
    const [words, bits] = [length >>> 5, length & 31];
    const first = this._front >>> 5;
    const last = Math.min((this._back + length) >>> 5, this._words - 1);
    let alive = 0;
    // From the last word on, so that what is written has been read.
    for (let word = last; word >= first; word--) {
      const from = word - words;
      const low = from < first ? 0 : reached[from]! & beginnings[from]!;
      const below = from <= first || bits === 0 ? 0 : (reached[from - 1]! & beginnings[from - 1]!) >>> (32 - bits);
      const next = (low << bits) | below;
      reached[word] = next;
      alive |= next;
    }
    work.steps += last - first + 1;
    this._front += length;
    this._back += length;
    return alive !== 0;
  }

  /** From the first place that is reached, all are. */
  private _fill(): void {
    const reached = this._reached;
    this._back = this._front + this._slack;
    const last = this._back >>> 5;
    let word = this._front >>> 5;
    work.steps += last - word + 1;
    while (reached[word] === 0) word++;
    const first = reached[word]!;
    // All bits from the lowest that is set on.
    reached[word] = first | -first;
    reached.fill(-1, word + 1, last + 1);
  }

  /** Every place, and those after it as long as characters are in the set. The addition's carry is what runs. */
  private _run(set: Int32Array): void {
    const reached = this._reached;
    const first = this._front >>> 5;
    const furthest = this._front + this._slack;
    let carried = 0;
    let word = first;
    for (; word <= this._back >>> 5 || (carried === 1 && word <= furthest >>> 5); word++) {
      const open = set[word]!;
      const here = reached[word]!;
      const running = here & open;
      const sum = (running + open + carried) | 0;
      reached[word] = (sum ^ open) | here;
      carried = ((running & open) | ((running | open) & ~sum)) >>> 31;
    }
    this._back = Math.min(word * 32 - 1, furthest);
    work.steps += word - first;
  }

  private _givenOf(text: string): Given {
    let given = this._given.get(text);
    if (given === undefined) {
      const wanted = codePoints(text);
      given = { length: wanted.length, beginnings: occurrences(wanted, this._characters) };
      this._given.set(text, given);
      work.steps += wanted.length + this._characters.length;
    }
    return given;
  }

  /** Of how many characters the shortest text is that the tokens cover. */
  private _leastOf(tokens: readonly Token[]): number {
    let least = 0;
    for (let at = 0; at < tokens.length; at++) {
      const token = tokens[at]!;
      if ('text' in token) least += token.given === true ? this._givenOf(token.text).length : charactersIn(token.text);
      else if (token.wildcard === 'one' || token.wildcard === 'oneWithin') least++;
    }
    return least;
  }
}

const ASCII = 128;
const AT_ONCE = 4;

/** A text that a variable stands for: of how many characters it is, and where it begins in this text. */
interface Given {
  readonly length: number;
  readonly beginnings: Int32Array;
}

const COLON = 58;

function codePoints(text: string): Int32Array {
  const characters = new Int32Array(text.length);
  let count = 0;
  for (let unit = 0; unit < text.length; unit++) {
    const char = text.codePointAt(unit)!;
    if (char > 0xffff) unit++;
    characters[count++] = char;
  }
  return count === text.length ? characters : characters.subarray(0, count);
}

function charactersIn(text: string): number {
  let count = 0;
  for (let unit = 0; unit < text.length; unit++, count++) if (text.codePointAt(unit)! > 0xffff) unit++;
  return count;
}

function placesOfUnits(text: string, characters: Int32Array): Int32Array {
  const places = new Int32Array(text.length + 1).fill(-1);
  let unit = 0;
  for (let place = 0; place < characters.length; place++) {
    places[unit] = place;
    unit += characters[place]! > 0xffff ? 2 : 1;
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
