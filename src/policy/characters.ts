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
