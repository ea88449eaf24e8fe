import { MOST_ERROR_TEXT, MOST_ERRORS } from './first-errors.js';
import { pointerTo } from './issue.js';

/** Where a text stops being JSON, and what would have had to stand there. */
export interface Flaw {
  readonly at: number;
  readonly expected: string;
}

/** What divides a JSON text (RFC 8259, section 2), by its character codes. */
export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;
export const COLON = 0x3a;
export const OPEN_ARRAY = 0x5b;
export const CLOSE_ARRAY = 0x5d;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;

/** An object or array that is open: the names seen in it (true: reported), and the step of a pointer to where we are. */
interface Frame {
  readonly names: Map<string, boolean> | undefined;
  step: string | number;
}

type Expecting = 'value' | 'first-element' | 'first-name' | 'name' | 'next';

/** Reads the text by the grammar of RFC 8259: the first flaw, and the repeated names before it, of very many the first. */
export function scan(text: string): { readonly flaw: Flaw | undefined; readonly duplicates: readonly string[] } {
  const open: Frame[] = [];
  const duplicates = new Set<string>();
  let pointerText = 0;
  let isEnough = false;
  let expecting: Expecting = 'value';
  let at = 0;

  const stopped = (expected: string, where = at) => ({ flaw: { at: where, expected }, duplicates: [...duplicates] });

  for (;;) {
    at = skipSpace(text, at);
    const frame = open.at(-1);
    const code = text.charCodeAt(at);

    if (expecting === 'next') {
      if (frame === undefined && at < text.length) return stopped('the end of the text');
      if (frame === undefined) return { flaw: undefined, duplicates: [...duplicates] };
      if (code === (frame.names ? CLOSE_OBJECT : CLOSE_ARRAY)) {
        open.pop();
      } else if (text[at] === ',') {
        expecting = frame.names ? 'name' : 'value';
        if (typeof frame.step === 'number') frame.step++;
      } else {
        return stopped(frame.names ? '`,` or `}`' : '`,` or `]`');
      }
      at++;
    } else if (expecting === 'name' || expecting === 'first-name') {
      if (expecting === 'first-name' && code === CLOSE_OBJECT) {
        open.pop();
        expecting = 'next';
        at++;
        continue;
      }
      if (code !== QUOTE || frame?.names === undefined) return stopped('a member name in double quotes');
      const end = endOfString(text, at);
      if (typeof end !== 'number') return stopped(end.expected, end.at);
      const written = text.slice(at + 1, end - 1);
      const name: string = written.includes('\\') ? JSON.parse(`"${written}"`) : written;
      frame.step = name;
      const reported = frame.names.get(name);
      if (reported !== true) frame.names.set(name, reported === false);
      if (reported === false && !isEnough) {
        // One more than is told, so that it is seen that there are more.
        isEnough = duplicates.size === MOST_ERRORS || pointerText >= MOST_ERROR_TEXT;
        const pointer = open.reduce((base, { step }) => pointerTo(base, step), '');
        duplicates.add(pointer);
        pointerText += pointer.length;
      }
      at = skipSpace(text, end);
      if (text.charCodeAt(at) !== COLON) return stopped('`:`');
      at++;
      expecting = 'value';
    } else if (code === OPEN_OBJECT) {
      open.push({ names: new Map(), step: '' });
      expecting = 'first-name';
      at++;
    } else if (code === OPEN_ARRAY) {
      open.push({ names: undefined, step: 0 });
      expecting = 'first-element';
      at++;
    } else if (code === CLOSE_ARRAY && expecting === 'first-element') {
      open.pop();
      expecting = 'next';
      at++;
    } else {
      const end = code === QUOTE ? endOfString(text, at) : endOfAtom(text, at);
      if (typeof end !== 'number') return stopped(end.expected, end.at);
      expecting = 'next';
      at = end;
    }
  }
}

function skipSpace(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return at;
    at++;
  }
}

const ATOM = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;

/** After the literal or number that starts here. */
function endOfAtom(text: string, at: number): number | Flaw {
  ATOM.lastIndex = at;
  return ATOM.test(text) ? ATOM.lastIndex : { at, expected: 'a value' };
}

const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** After the string that starts here. */
function endOfString(text: string, open: number): number | Flaw {
  let at = open + 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code < 0x20) return { at, expected: 'an escape such as `\\n` for a control character' };
    if (code === BACKSLASH) {
      ESCAPE.lastIndex = at;
      if (!ESCAPE.test(text)) return { at, expected: 'an escape that JSON knows' };
      at = ESCAPE.lastIndex;
    } else {
      at++;
    }
  }
  return { at, expected: 'the end of a string' };
}
