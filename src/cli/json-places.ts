import { pointerTo } from '../policy/issue.js';

/** A place in a text as editors count: both from 1, columns in UTF-16 units. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/**
 * Where things stand that JSON Pointers name, in their order: a member at its name, an element at its value. What is not there is told at the nearest thing around
 * it that is: a member that is missing at its object. Of a member that stands twice it is the last, which is the one that
 * counts.
 * @param text JSON: `JSON.parse` takes it
 */
export function placesIn(text: string, pointers: readonly string[]): Place[] {
  const found = new Map(valuesOf(text, new Set(pointers.flatMap(withAncestors))));
  const offsets = pointers.map(
    (pointer) => found.get(withAncestors(pointer).find((each) => found.has(each)) ?? '') ?? 0,
  );
  return placesAt(text, offsets);
}

/** @param offsets in any order; the text is gone through once for all of them */
export function placesAt(text: string, offsets: readonly number[]): Place[] {
  const places = new Map<number, Place>();
  let line = 1;
  let lineStart = 0;
  let next = text.indexOf('\n');
  for (const offset of [...offsets].sort((a, b) => a - b)) {
    for (; next !== -1 && next < offset; next = text.indexOf('\n', lineStart)) {
      line++;
      lineStart = next + 1;
    }
    places.set(offset, { line, column: offset - lineStart + 1 });
  }
  return offsets.map((offset) => places.get(offset)!);
}

/** A pointer and what lies around it, from within. */
function withAncestors(pointer: string): string[] {
  const steps = pointer.split('/');
  return steps.map((_, at) => steps.slice(0, steps.length - at).join('/'));
}

/** An array or object that is open; `pointer` is null where nothing below it is wanted. */
interface Frame {
  readonly pointer: string | null;
  step: string | number;
  /** Of an object: where the name of the member stands that is being read. */
  name: number;
}

const ATOM = /[^\s,:{}[\]"]+/y;

/** The wanted values in the order of the text. Without recursion, and with pointers only for what leads to them. */
function* valuesOf(text: string, wanted: ReadonlySet<string>): Generator<[pointer: string, offset: number]> {
  const open: Frame[] = [];
  let isName = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    const frame = open.at(-1);
    if (char === '"' && isName) {
      const end = endOfString(text, at);
      if (frame !== undefined && frame.pointer !== null) {
        frame.step = JSON.parse(text.slice(at, end)) as string;
        frame.name = at;
      }
      isName = false;
      at = end - 1;
    } else if (char === ',') {
      if (typeof frame?.step === 'number') frame.step++;
      else isName = true;
    } else if (char === '}' || char === ']') {
      open.pop();
      isName = false;
    } else if (char === ':' || char === ' ' || char === '\n' || char === '\r' || char === '\t') {
      isName = isName && char !== ':';
    } else {
      const around = frame === undefined ? '' : frame.pointer;
      const pointer = frame === undefined || around === null ? around : pointerTo(around, frame.step);
      const leads = pointer !== null && wanted.has(pointer);
      if (leads) yield [pointer, typeof frame?.step === 'string' ? frame.name : at];
      isName = char === '{';
      if (char === '{' || char === '[')
        open.push({ pointer: leads ? pointer : null, step: char === '{' ? '' : 0, name: at });
      else at = (char === '"' ? endOfString(text, at) : endOfAtom(text, at)) - 1;
    }
  }
}

/** After the string that starts here: a quote with an even number of backslashes before it. */
function endOfString(text: string, open: number): number {
  for (let at = text.indexOf('"', open + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let before = at - 1;
    while (text[before] === '\\') before--;
    if ((at - before) % 2 === 1) return at + 1;
  }
  return text.length;
}

function endOfAtom(text: string, at: number): number {
  ATOM.lastIndex = at;
  return ATOM.test(text) ? ATOM.lastIndex : at + 1;
}
