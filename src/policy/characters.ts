import { pointerTo } from './issue.js';

/** How texts are counted, and which characters IAM takes in a policy. */

/** Two UTF-16 units may be one character, so only a text that looks longer than `most` is counted. */
export function charactersOf(text: string, most: number): number {
  if (text.length <= most) return text.length;
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** The length of `text` in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char > 0x7f) bytes += char > 0x7ff && (char < 0xd800 || char > 0xdfff) ? 2 : 1;
  }
  return bytes;
}

/** ASCII characters, for texts that are read where a RegExp would cost more than the rest of the decision. */
export class CharacterSet {
  private readonly _has = new Uint8Array(128);

  /** @param expression matches each character of the set by itself */
  constructor(expression: RegExp) {
    for (let char = 0; char < 128; char++) if (expression.test(String.fromCharCode(char))) this._has[char] = 1;
  }

  /** Whether `text` has only these characters from `from` until before `to`. */
  spans(text: string, from: number, to: number): boolean {
    for (let at = from; at < to; at++) if (this._has[text.charCodeAt(at)] !== 1) return false;
    return true;
  }
}

export const DIGITS = new CharacterSet(/\d/);

// biome-ignore lint/suspicious/noControlCharactersInRegex: the characters that IAM takes are the rule here
const ACCEPTED = /^[\u0009\u000A\u000D\u0020-\u00FF]*$/;

/** Where the texts of a JSON value have characters that IAM does not take, at most `limit` places. */
export function foreignCharacters(value: unknown, limit: number, pointer = ''): { pointer: string }[] {
  if (typeof value === 'string') return ACCEPTED.test(value) ? [] : [{ pointer }];
  if (typeof value !== 'object' || value === null) return [];
  const found: { pointer: string }[] = [];
  for (const [name, member] of Object.entries(value)) {
    if (found.length >= limit) break;
    const at = pointerTo(pointer, name);
    if (!ACCEPTED.test(name)) found.push({ pointer: at });
    else found.push(...foreignCharacters(member, limit - found.length, at));
  }
  return found;
}
