import { type ConditionValue, each, type OneOrMany, type PolicyDocument, type Statement } from './document.js';
import { type Element, type Elements, elementsOf } from './elements.js';
import { pointerTo } from './issue.js';
import { type Pair, pairStatements } from './statement-pairs.js';

/** What has changed between two documents, by statement. What has not is not listed. */
export interface DocumentDiff {
  /**
   * Whether both answer every request alike. True is certain; false says that they may differ: a statement that another
   * one repeats counts as a change when it goes.
   */
  readonly sameMeaning: boolean;
  /** Version and Id. */
  readonly elements: readonly ElementDiff[];
  /** In the order of the document after; what was removed before what stands at its place. */
  readonly statements: readonly StatementDiff[];
}

/** `moved`: past other statements that are in both, and otherwise as before. */
export interface StatementDiff {
  readonly change: 'added' | 'removed' | 'changed' | 'moved';
  readonly sameMeaning: boolean;
  readonly before: PlacedStatement | null;
  readonly after: PlacedStatement | null;
  /** Of a changed statement, what is different in it; pointers are relative to it. */
  readonly elements: readonly ElementDiff[];
}

export interface PlacedStatement {
  readonly pointer: string;
  /** As a mapped type, which unlike an interface goes for an object of any members. */
  readonly statement: { readonly [element in keyof Statement]: Statement[element] };
}

/** An element, a type of principal or a condition key; null where it is absent. */
export interface ElementDiff {
  readonly pointer: string;
  readonly sameMeaning: boolean;
  readonly before: OneOrMany<ConditionValue> | null;
  readonly after: OneOrMany<ConditionValue> | null;
  /** Values that only one of the two has. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** @param before null for what has no predecessor: all of `after` is added */
export function diffDocuments(before: PolicyDocument | null, after: PolicyDocument): DocumentDiff {
  const elements = diffElements(headOf(before), headOf(after));
  const statements = diffStatements(placed(before), placed(after));
  return { sameMeaning: [...elements, ...statements].every(({ sameMeaning }) => sameMeaning), elements, statements };
}

/** Without Version, variables are off, as in the older language. */
const LANGUAGE = '2008-10-17';

function headOf(document: PolicyDocument | null): Elements {
  const head = new Map<string, Element>();
  for (const name of ['Version', 'Id'] as const) {
    const value = document?.[name];
    if (value === undefined) continue;
    const pointer = pointerTo('', name);
    head.set(pointer, { pointer, value, values: new Map([[value, value]]) });
  }
  return head;
}

const placed = (document: PolicyDocument | null): PlacedStatement[] =>
  document === null
    ? []
    : [...each(document.Statement)].map(([statement, place]) => ({ pointer: `/Statement${place}`, statement }));

function diffStatements(before: readonly PlacedStatement[], after: readonly PlacedStatement[]): StatementDiff[] {
  const elementsBefore = before.map(({ statement }) => elementsOf(statement));
  const elementsAfter = after.map(({ statement }) => elementsOf(statement));
  const pairs = pairStatements(elementsBefore, elementsAfter);
  const moved = new Set(movedOf(pairs));
  const kept = new Set(pairs.map(([at]) => at));
  const pairAfter = new Map(pairs.map((pair) => [pair[1], pair]));

  const removed = before.flatMap((statement, at) =>
    kept.has(at) ? [] : [{ at, diff: whole('removed', statement, null) }],
  );
  const rest = after.flatMap((statement, at): { at: number; diff: StatementDiff }[] => {
    const pair = pairAfter.get(at);
    if (pair === undefined) return [{ at, diff: whole('added', null, statement) }];
    const elements = diffElements(elementsBefore[pair[0]]!, elementsAfter[at]!);
    if (elements.length === 0 && !moved.has(pair)) return [];
    const change = elements.length === 0 ? 'moved' : 'changed';
    const sameMeaning = elements.every((element) => element.sameMeaning);
    return [{ at, diff: { change, sameMeaning, before: before[pair[0]]!, after: statement, elements } }];
  });
  // Stable: at one place, what was removed comes first.
  return [...removed, ...rest].sort((a, b) => a.at - b.at).map(({ diff }) => diff);
}

const whole = (
  change: 'added' | 'removed',
  before: PlacedStatement | null,
  after: PlacedStatement | null,
): StatementDiff => ({ change, sameMeaning: false, before, after, elements: [] });

function diffElements(before: Elements, after: Elements): ElementDiff[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key): ElementDiff[] => {
    const b = before.get(key);
    const a = after.get(key);
    if (b && a && b.pointer === a.pointer && JSON.stringify(b.value) === JSON.stringify(a.value)) return [];
    const added = valuesBeside(a, b);
    const removed = valuesBeside(b, a);
    const sameSet = b !== undefined && a !== undefined && added.length === 0 && removed.length === 0;
    return [
      {
        pointer: (a ?? b)!.pointer,
        sameMeaning: sameSet || key === '/Sid' || key === '/Id' || (key === '/Version' && isOld(b) && isOld(a)),
        before: b?.value ?? null,
        after: a?.value ?? null,
        added,
        removed,
      },
    ];
  });
}

const isOld = (version: Element | undefined): boolean => version === undefined || version.value === LANGUAGE;

const valuesBeside = (one: Element | undefined, other: Element | undefined): string[] =>
  [...(one?.values ?? [])].flatMap(([value, text]) => (other?.values.has(value) ? [] : [text]));

/** The fewest pairs whose move explains the new order: all but a longest run of those that have kept theirs. */
function movedOf(pairs: readonly Pair[]): Pair[] {
  const inOrder = [...pairs].sort(([, a], [, b]) => a - b);
  // Patience sorting: `ends[n]` is the pair with the least place before that ends a run of n + 1.
  const ends: number[] = [];
  const previous = inOrder.map(([place], at) => {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (inOrder[ends[middle]!]![0] < place) low = middle + 1;
      else high = middle;
    }
    ends[low] = at;
    return ends[low - 1];
  });
  const kept = new Set<number>();
  for (let at = ends.at(-1); at !== undefined; at = previous[at]) kept.add(at);
  return inOrder.filter((_, at) => !kept.has(at));
}
