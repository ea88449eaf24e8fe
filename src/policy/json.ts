import type { Issue } from './issue.js';
import { isKept } from './json-number.js';
import {
  BACKSLASH,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  type Flaw,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
  scan,
} from './json-scan.js';

interface JsonLimits {
  /** How many arrays and objects may lie within one another. */
  readonly maxDepth: number;
}

export type JsonResult =
  | {
      readonly ok: true;
      readonly value: unknown;
      /** JSON Pointers of members whose name occurs more than once in their object; of very many, the first. */
      readonly duplicates: readonly string[];
    }
  | {
      readonly ok: false;
      readonly errors: readonly Issue[];
      /** Where the text stops being JSON, where that is what is wrong with it. */
      readonly at?: number;
    };

/**
 * `JSON.parse` for text of strangers: it bounds the depth before anything recurses, and reports what `JSON.parse` drops
 * without a word: repeated member names (a second `Effect` must never win silently), and digits of numbers that no double
 * has (RFC 7493, section 2.2). Linear in the text, and without recursion.
 */
export function parseJson(text: string, limits: JsonLimits): JsonResult {
  const written = lookOver(text, limits.maxDepth);
  if (written === undefined) {
    return refused('too-deep', `arrays and objects are nested more than ${limits.maxDepth} deep`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const { flaw } = scan(text);
    return refused('malformed-json', describe(text, flaw), flaw?.at);
  }
  if (written.inexact >= 0) {
    const detail = `the number in ${placeOf(text, written.inexact)} has more digits than are kept: write it as a string`;
    return refused('inexact-number', detail, written.inexact);
  }
  // Every member that was written is an own member of the value, or there was one of that name already. So the
  // slow look at each name is only taken where it will find something.
  return { ok: true, value, duplicates: countMembers(value) === written.members ? [] : scan(text).duplicates };
}

const refused = (code: string, detail: string, at?: number): JsonResult => ({
  ok: false,
  errors: [{ pointer: '', code, detail }],
  ...(at === undefined ? {} : { at }),
});

const NEWLINE = 0x0a;
const [ZERO, NINE, POINT, PLUS, MINUS, LETTER_E] = [0x30, 0x39, 0x2e, 0x2b, 0x2d, 0x65];

/** What is seen of a text without reading it. */
interface Written {
  /** Colons outside strings, which in JSON are the members. */
  readonly members: number;
  /** Where the first number begins that would not be kept; -1: there is none. */
  readonly inexact: number;
}

/** @returns undefined where the text is nested too deep */
function lookOver(text: string, maxDepth: number): Written | undefined {
  let depth = 0;
  let members = 0;
  let inexact = -1;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    switch (code) {
      case QUOTE:
        at = closingQuote(text, at);
        break;
      case COLON:
        members++;
        break;
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        if (++depth > maxDepth) return undefined;
        break;
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        depth--;
        break;
      default:
        if (code >= ZERO && code <= NINE) {
          const end = endOfNumber(text, at);
          if (inexact < 0 && !isKept(text.slice(at, end))) inexact = at;
          at = end - 1;
        }
    }
  }
  return { members, inexact };
}

/** After the digits, points, exponents and signs that stand here; whether they are a number, JSON.parse says. */
function endOfNumber(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && isOfNumber(text.charCodeAt(at))) at++;
  return at;
}

const isOfNumber = (code: number): boolean =>
  (code >= ZERO && code <= NINE) || code === POINT || code === PLUS || code === MINUS || (code | 0x20) === LETTER_E;

/** Where the string that starts at `open` ends; the end of the text if it does not. */
function closingQuote(text: string, open: number): number {
  let at = open;
  for (;;) {
    at = text.indexOf('"', at + 1);
    if (at === -1) return text.length;
    // A quote is escaped by an odd number of backslashes. Each backslash is looked at once: no other quote follows it.
    let before = at - 1;
    while (text.charCodeAt(before) === BACKSLASH) before--;
    if ((at - before) % 2 === 1) return at;
  }
}

function countMembers(value: unknown): number {
  const pending: unknown[] = [value];
  let members = 0;
  while (pending.length > 0) {
    const container = pending.pop();
    if (Array.isArray(container)) {
      for (const child of container) if (typeof child === 'object') pending.push(child);
    } else if (container !== null && typeof container === 'object') {
      // What JSON.parse makes inherits nothing enumerable, and has `__proto__` as a member like any other.
      for (const name in container) {
        members++;
        const child = (container as Record<string, unknown>)[name];
        if (typeof child === 'object') pending.push(child);
      }
    }
  }
  return members;
}

function describe(text: string, flaw: Flaw | undefined): string {
  if (flaw === undefined) return 'the text is not JSON';
  if (flaw.at >= text.length) return `the text ends where ${flaw.expected} was expected`;
  return `expected ${flaw.expected} in ${placeOf(text, flaw.at)}`;
}

function placeOf(text: string, index: number): string {
  let line = 1;
  let lineStart = 0;
  for (let at = 0; at < index; at++) {
    if (text.charCodeAt(at) !== NEWLINE) continue;
    line++;
    lineStart = at + 1;
  }
  return `line ${line}, column ${index - lineStart + 1}`;
}
