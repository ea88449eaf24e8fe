import type { Elements } from './elements.js';

/** The places of a statement in two lists. */
export type Pair = readonly [before: number, after: number];

/**
 * Which statements of two lists are the same one: first those that have not changed, then those with the same Sid, then
 * those that say the same under another, and of the rest, where at most one of the two has a Sid, those that are alike.
 */
export function pairStatements(before: readonly Elements[], after: readonly Elements[]): Pair[] {
  const left = { before: new Set(before.keys()), after: new Set(after.keys()) };
  const pairs: Pair[] = [];
  const pair = (b: number, a: number): void => {
    left.before.delete(b);
    left.after.delete(a);
    pairs.push([b, a]);
  };

  const says = new Map([...before, ...after].map((elements) => [elements, meaning(elements)]));
  const keys: readonly ((elements: Elements) => string | undefined)[] = [
    (elements) => JSON.stringify([sidOf(elements), says.get(elements)]),
    sidOf,
    (elements) => says.get(elements),
  ];
  for (const keyOf of keys) {
    const places = new Map<string | undefined, number[]>();
    // From the end, so that the first of several is the one on top.
    for (const a of [...left.after].reverse()) {
      const key = keyOf(after[a]!);
      const same = places.get(key);
      if (same !== undefined) same.push(a);
      else if (key !== undefined) places.set(key, [a]);
    }
    for (const b of left.before) {
      const a = places.get(keyOf(before[b]!))?.pop();
      if (a !== undefined) pair(b, a);
    }
  }
  for (const { b, a } of alike(before, after, left)) if (left.before.has(b) && left.after.has(a)) pair(b, a);
  return pairs;
}

const SID = '/Sid';
const sidOf = (elements: Elements): string | undefined => elements.get(SID)?.values.keys().next().value;

/** Equal texts, equal meaning. */
const meaning = (elements: Elements): string =>
  JSON.stringify(
    [...elements]
      .filter(([key]) => key !== SID)
      .map(([key, { values }]) => [key, ...[...values.keys()].sort()])
      .sort(([a = ''], [b = '']) => (a < b ? -1 : 1)),
  );

/** Steps that comparing every statement with every other may take; beyond, a policy has been written anew. */
const MOST_STEPS = 250_000;

/** Above this, two statements are one that has changed. Effect, Action and Principal are mostly the same in all. */
const ALIKE = 0.5;

interface Likeness {
  readonly b: number;
  readonly a: number;
  readonly share: number;
}

/** The most alike first; of equals, those that stand nearest. */
function alike(
  before: readonly Elements[],
  after: readonly Elements[],
  left: { readonly before: ReadonlySet<number>; readonly after: ReadonlySet<number> },
): Likeness[] {
  const sizes = (places: ReadonlySet<number>, list: readonly Elements[]): number =>
    [...places].reduce((sum, at) => sum + [...list[at]!.values()].reduce((n, { values }) => n + values.size, 0), 0);
  const steps = sizes(left.before, before) * left.after.size + sizes(left.after, after) * left.before.size;
  if (steps > MOST_STEPS) return [];
  const found: Likeness[] = [];
  for (const b of left.before) {
    for (const a of left.after) {
      if (before[b]!.has(SID) && after[a]!.has(SID)) continue;
      const share = likeness(before[b]!, after[a]!);
      if (share > ALIKE) found.push({ b, a, share });
    }
  }
  return found.sort((x, y) => y.share - x.share || Math.abs(x.b - x.a) - Math.abs(y.b - y.a));
}

/** From 0 to 1: of each element the share of values that both have, and of those shares the mean. */
function likeness(before: Elements, after: Elements): number {
  const keys = new Set([...before.keys(), ...after.keys()]);
  keys.delete(SID);
  let sum = 0;
  for (const key of keys) {
    const b = before.get(key)?.values;
    const a = after.get(key)?.values;
    if (b === undefined || a === undefined) continue;
    let both = 0;
    for (const value of b.keys()) if (a.has(value)) both++;
    sum += both / (b.size + a.size - both);
  }
  return sum / keys.size;
}
