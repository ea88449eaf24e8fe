/**
 * Where a text begins in another, as a set of bits: Knuth, Morris and Pratt, "Fast pattern matching in strings", which
 * looks at each character about twice, however the texts repeat themselves. Both are given as code points.
 */
export function occurrences(wanted: Int32Array, text: Int32Array): Int32Array {
  const found = new Int32Array((text.length >>> 5) + 1);
  const { length } = wanted;
  if (length === 0) return found.fill(-1);
  if (length > text.length) return found;
  const borders = bordersOf(wanted);
  let matched = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    while (matched > 0 && wanted[matched] !== char) matched = borders[matched - 1]!;
    if (wanted[matched] !== char) continue;
    if (++matched < length) continue;
    const place = at + 1 - length;
    found[place >>> 5]! |= 1 << (place & 31);
    matched = borders[matched - 1]!;
  }
  return found;
}

/** Of each beginning of a text, how long the longest one is that it also ends with, short of itself. */
function bordersOf(text: Int32Array): Int32Array {
  const borders = new Int32Array(text.length);
  let border = 0;
  for (let at = 1; at < text.length; at++) {
    while (border > 0 && text[border] !== text[at]) border = borders[border - 1]!;
    if (text[border] === text[at]) border++;
    borders[at] = border;
  }
  return borders;
}
