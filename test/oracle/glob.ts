/** Patterns with `*` and `?`, read as a row of tokens (IAM: Resource; Condition operators; Variables and tags). */

/** One step of a pattern. A wildcard that does not cross colons stays inside its field of an ARN. */
export type Token =
  | { is: 'character'; character: string }
  | { is: 'any'; crossesColons: boolean }
  | { is: 'one'; crossesColons: boolean };

/** The value of a policy variable, or undefined when the request has none. */
export type Lookup = (key: string) => string | undefined;

export function literally(text: string): Token[] {
  return [...text].map((character) => ({ is: 'character', character }));
}

/**
 * Reads text in which wildcards may count and in which variables are replaced when `lookup` is given.
 * Undefined when a variable has no value and no default. What a variable puts in is literal text, so is `${*}`.
 */
export function readPattern(text: string, wildcards: boolean, lookup: Lookup | undefined): Token[] | undefined {
  const tokens: Token[] = [];
  let rest = text;
  while (rest !== '') {
    if (lookup !== undefined && rest.startsWith('${')) {
      const variable = readVariable(rest);
      const value = variable.literal ?? lookup(variable.key) ?? variable.fallback;
      if (value === undefined) return undefined;
      tokens.push(...literally(value));
      rest = rest.slice(variable.length);
      continue;
    }
    const character = String.fromCodePoint(rest.codePointAt(0)!);
    tokens.push(wildcards ? readCharacter(character, true, true) : { is: 'character', character });
    rest = rest.slice(character.length);
  }
  return tokens;
}

/** `${key}`, `${key, 'text'}`, `${*}`, `${?}` or `${$}` at the start of the text. */
function readVariable(text: string): { length: number; key: string; fallback?: string; literal?: string } {
  const end = text.indexOf('}');
  const comma = text.indexOf(", '");
  if (comma !== -1 && comma < end) {
    const quote = text.indexOf("'}", comma + 3);
    return { length: quote + 2, key: text.slice(2, comma), fallback: text.slice(comma + 3, quote) };
  }
  const key = text.slice(2, end);
  return key === '*' || key === '?' || key === '$' ? { length: end + 1, key, literal: key } : { length: end + 1, key };
}

function readCharacter(character: string, anyCrosses: boolean, oneCrosses: boolean): Token {
  if (character === '*') return { is: 'any', crossesColons: anyCrosses };
  if (character === '?') return { is: 'one', crossesColons: oneCrosses };
  return { is: 'character', character };
}

/**
 * A Resource pattern: the first five colons delimit. Before the fifth, a wildcard stays inside its field, except that a
 * `*` that ends its field may run on over colons (reading U21); after it everything crosses and variables count.
 */
export function readResourcePattern(pattern: string, lookup: Lookup | undefined): Token[] | undefined {
  const fields = pattern.split(':');
  const head = fields.slice(0, 5);
  const tokens: Token[] = [];
  head.forEach((field, index) => {
    if (index > 0) tokens.push(...literally(':'));
    const characters = [...field];
    characters.forEach((character, place) => {
      tokens.push(readCharacter(character, place === characters.length - 1, false));
    });
  });
  if (fields.length <= 5) return tokens;
  const tail = readPattern(fields.slice(5).join(':'), true, lookup);
  return tail && [...tokens, ...literally(':'), ...tail];
}

/** Whole-text match. `reached` holds the places in the text up to which the tokens so far can have consumed it. */
export function matches(tokens: readonly Token[], text: string): boolean {
  const characters = [...text];
  let reached = [0];
  for (const token of tokens) {
    if (token.is === 'any') {
      const starts = new Set(reached);
      for (let place = reached[0]!; place < characters.length; place++) {
        if (starts.has(place) && consumes(token, characters[place])) starts.add(place + 1);
      }
      reached = [...starts].sort((a, b) => a - b);
    } else {
      reached = reached.filter((place) => consumes(token, characters[place])).map((place) => place + 1);
    }
    if (reached.length === 0) return false;
  }
  return reached.includes(characters.length);
}

/** Whether the token can consume this character, of which there is none at the end of the text. */
function consumes(token: Token, character: string | undefined): boolean {
  if (character === undefined) return false;
  return token.is === 'character' ? character === token.character : token.crossesColons || character !== ':';
}

/** Splits a pattern at its first five literal colons; undefined when it has fewer. */
export function splitArnPattern(tokens: readonly Token[]): Token[][] | undefined {
  const parts: Token[][] = [[]];
  for (const token of tokens) {
    if (parts.length < 6 && token.is === 'character' && token.character === ':') parts.push([]);
    else parts[parts.length - 1]!.push(token);
  }
  return parts.length === 6 ? parts : undefined;
}

/** The six parts of an ARN, the last one keeping its further colons; undefined when the text is no ARN. */
export function splitArn(text: string): string[] | undefined {
  const parts = text.split(':');
  if (parts.length < 6 || parts[0] !== 'arn') return undefined;
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}
