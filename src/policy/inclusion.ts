import type { Budget } from './budget.js';
import type { Token, Wildcard } from './token.js';

/**
 * Whether one pattern matches all that another one matches. The narrower pattern is read as if it were a text in which
 * each wildcard is a character of its own: a wildcard of the wider one may take it if it takes whatever the narrower
 * one takes there. So a yes is certain; a no may be a yes that does not show.
 */
export function includes(wide: Shape, narrow: Shape, budget: Budget): boolean {
  let from = 0;
  while (from < wide.length && from < narrow.length && wide[from]! >= 0 && wide[from] === narrow[from]) from++;
  const [rows, columns] = [narrow.length - from, wide.length - from];
  if (!budget.spend(from + 1)) return false;
  if (columns === 1 && wide[from] === SYMBOLS.any) return true;
  if (rows === 0 || columns === 0) return rows === columns || (rows === 0 && columns === 1 && isStar(wide[from]!));
  if (wide[from]! >= 0 || !budget.spend(rows * columns)) return false;
  return absorbs(wide, narrow, from);
}

/** A pattern as numbers: code points, and the wildcards below zero. */
export type Shape = readonly number[];

const SYMBOLS: Readonly<Record<Wildcard, number>> = { one: -1, oneWithin: -2, any: -3, anyWithin: -4 };
const COLON = 58;

const isStar = (symbol: number): boolean => symbol === SYMBOLS.any || symbol === SYMBOLS.anyWithin;

/** @returns undefined for a pattern with half a surrogate pair, whose characters cannot be told apart */
export function shapeOf(tokens: readonly Token[]): Shape | undefined {
  const shape: number[] = [];
  for (const token of tokens) {
    if ('wildcard' in token) {
      shape.push(SYMBOLS[token.wildcard]);
      continue;
    }
    if (/\p{Surrogate}/u.test(token.text)) return undefined;
    for (const char of token.text) shape.push(char.codePointAt(0)!);
  }
  return inOrder(shape);
}

/** `*?` and `?*` say the same, and so do `**` and `*`: in a run of wildcards the single ones come first. */
function inOrder(shape: readonly number[]): Shape {
  const ordered: number[] = [];
  for (const symbol of shape) {
    const star = ordered.at(-1);
    if (star === SYMBOLS.any && symbol === SYMBOLS.any) continue;
    if (star === SYMBOLS.anyWithin && symbol === SYMBOLS.anyWithin) continue;
    const swaps =
      (star === SYMBOLS.any && symbol === SYMBOLS.one) || (star === SYMBOLS.anyWithin && symbol === SYMBOLS.oneWithin);
    if (swaps) ordered.splice(-1, 1, symbol, star!);
    else ordered.push(symbol);
  }
  return ordered;
}

/** Whether the wide pattern gets from `from` to its end over all symbols of the narrow one: all its places at once. */
function absorbs(wide: Shape, narrow: Shape, from: number): boolean {
  const columns = wide.length - from;
  let places = new Uint8Array(columns + 1);
  let next = new Uint8Array(columns + 1);
  places[0] = 1;
  skipStars(places, wide, from);
  for (let row = from; row < narrow.length; row++) {
    const symbol = narrow[row]!;
    next.fill(0);
    for (let column = 0; column < columns; column++) {
      if (places[column] === 0) continue;
      const pattern = wide[from + column]!;
      if (takes(pattern, symbol)) next[isStar(pattern) ? column : column + 1] = 1;
    }
    skipStars(next, wide, from);
    [places, next] = [next, places];
  }
  return places[columns] === 1;
}

/** A star may take nothing. */
function skipStars(places: Uint8Array, wide: Shape, from: number): void {
  for (let column = 0; column < places.length - 1; column++) {
    if (places[column] === 1 && isStar(wide[from + column]!)) places[column + 1] = 1;
  }
}

function takes(pattern: number, symbol: number): boolean {
  if (pattern >= 0) return pattern === symbol;
  if (pattern === SYMBOLS.any) return true;
  if (pattern === SYMBOLS.one) return !isStar(symbol);
  const within = symbol >= 0 ? symbol !== COLON : symbol === SYMBOLS.oneWithin || symbol === SYMBOLS.anyWithin;
  return within && (pattern === SYMBOLS.anyWithin || !isStar(symbol));
}
