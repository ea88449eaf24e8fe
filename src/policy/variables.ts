import { fault, ok, quoted, type Result } from './issue.js';
import { ANY, type Token } from './token.js';

/**
 * Text with policy variables: IAM User Guide, "IAM policy elements: Variables and tags". `${key}` stands for the
 * request's value of a single-valued key, `${key, 'text'}` for that text where the key is absent; `${*}`, `${?}` and
 * `${$}` are the characters themselves. Only in policies of version 2012-10-17.
 */
export type Template = readonly Piece[];
type Piece = Token | Variable;
interface Variable {
  /** Lower-case name of the condition key. */
  readonly variable: string;
  readonly fallback: string | null;
}

/** What a text may hold besides plain characters. */
interface Notation {
  readonly wildcards: boolean;
  readonly variables: boolean;
}

const literals: ReadonlySet<string> = new Set(['*', '?', '$']);

/** @returns the pieces of `text`, or why its variables cannot be read */
export function parseTemplate(text: string, { wildcards, variables }: Notation): Result<Template> {
  const pieces: Piece[] = [];
  let plain = '';
  // Where the plain text begins that has not been taken yet.
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    const wildcard = wildcards && (char === STAR || char === QUESTION);
    if (!wildcard && !(variables && char === DOLLAR && text.charCodeAt(at + 1) === BRACE)) continue;
    plain += text.slice(from, at);
    let piece: string | Piece;
    if (wildcard) {
      piece = char === STAR ? ANY : ONE;
    } else {
      const read = readVariable(text, at);
      if (!read.ok) return read;
      piece = read.value.piece;
      at = read.value.end - 1;
    }
    from = at + 1;
    if (typeof piece === 'string') {
      plain += piece;
    } else {
      if (plain !== '') pieces.push({ text: flat(plain) });
      plain = '';
      pieces.push(piece);
    }
  }
  plain = from === 0 ? text : plain + text.slice(from);
  if (plain !== '') pieces.push({ text: plain === text ? text : flat(plain) });
  return ok(pieces);
}

/**
 * The same text as one run of characters. A text put together, or cut from another, stays a tree or a window of it, and
 * every comparison would pay for that; short ones are copied anyway.
 */
const flat = (text: string): string => (text.length < 13 ? text : [text.slice(0, 1), text.slice(1)].join(''));

const [STAR, QUESTION, DOLLAR, BRACE] = [42, 63, 36, 123];
const ONE: Token = { wildcard: 'one' };

/** Reads the variable that starts at `from`: a plain character for `${*}` and its kind, else a piece. */
function readVariable(text: string, from: number): Result<{ piece: string | Variable; end: number }> {
  let end = from + 2;
  while (end < text.length && text[end] !== '}' && text[end] !== ',') end++;
  const name = text.slice(from + 2, end);
  const unclosed = fault('variable-brace', `${quoted(text.slice(from))} has no closing brace: write \`\${key}\``);
  if (end === text.length || name.includes('${')) return unclosed;
  if (name === '') return fault('variable-empty', 'name a condition key between `${` and `}`, as in `${aws:username}`');
  if (/\s/.test(name)) {
    return fault('variable-space', `${quoted(name)} has a space: a variable's name is a condition key without spaces`);
  }
  if (text[end] === '}') return ok({ piece: literals.has(name) ? name : variable(name, null), end: end + 1 });
  const quote = text.startsWith(", '", end) ? text.indexOf("'", end + 3) : -1;
  if (quote < 0) {
    return fault('variable-default', `the default of ${quoted(name)} is not quoted: write \`\${${name}, 'text'}\``);
  }
  if (text[quote + 1] !== '}') return unclosed;
  return ok({ piece: variable(name, text.slice(end + 3, quote)), end: quote + 2 });
}

const variable = (name: string, fallback: string | null): Variable => ({ variable: name.toLowerCase(), fallback });

export const hasVariables = (template: Template): boolean => template.some((piece) => 'variable' in piece);

/** Pieces without variables are tokens already. */
export const isTokens = (template: Template): template is readonly Token[] => !hasVariables(template);

/** What a variable stands for in a request; undefined when its key is absent or holds a set. */
export type Lookup = (key: string) => string | undefined;

/**
 * Puts the request's values in place of the variables. A value is plain text: a `*` in it is a character.
 * @param longest no longer text can match, so no more than that is built
 * @returns `unresolved` when a variable has neither value nor default, `too-long` when the plain text alone is longer
 *   than `longest`
 */
export function substitute(template: Template, lookup: Lookup, longest: number): Token[] | 'unresolved' | 'too-long' {
  const tokens: Token[] = [];
  let length = 0;
  for (const piece of template) {
    let token: Token;
    if ('variable' in piece) {
      const value = lookup(piece.variable) ?? piece.fallback;
      if (value === null) return 'unresolved';
      token = { text: value, given: true };
    } else {
      token = piece;
    }
    if ('text' in token) length += token.text.length;
    if (length > longest) return 'too-long';
    tokens.push(token);
  }
  return tokens;
}

/** Whether `text` would be read as a variable in a policy that had them. */
export const looksLikeVariable = (text: string): boolean => text.includes('${');
