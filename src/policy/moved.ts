/**
 * Moves places on by one character, those where it stands; all are sets of bits, and none is reached beyond the last word.
 * @returns 0 when no place is left
 */
export function moved(reached: Int32Array, set: Int32Array, first: number, last: number): number {
  let carried = 0;
  let alive = 0;
  for (let word = first; word <= last; word++) {
    const going = reached[word]! & set[word]!;
    const next = (going << 1) | carried;
    carried = going >>> 31;
    reached[word] = next;
    alive |= next;
  }
  return alive;
}

/** The same for four characters, one after the other. */
export function movedByFour(
  reached: Int32Array,
  a: Int32Array,
  b: Int32Array,
  c: Int32Array,
  d: Int32Array,
  first: number,
  last: number,
): number {
  // What went beyond the word before, after each of the four.
  let [pa, pb, pc, pd] = [0, 0, 0, 0];
  let alive = 0;
  for (let word = first; word <= last; word++) {
    const ga = reached[word]! & a[word]!;
    const gb = ((ga << 1) | pa) & b[word]!;
    const gc = ((gb << 1) | pb) & c[word]!;
    const gd = ((gc << 1) | pc) & d[word]!;
    const next = (gd << 1) | pd;
    pa = ga >>> 31;
    pb = gb >>> 31;
    pc = gc >>> 31;
    pd = gd >>> 31;
    reached[word] = next;
    alive |= next;
  }
  return alive;
}
