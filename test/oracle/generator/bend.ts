/** Policy text made from a request's own text: wildcards, variables, other spellings, or a little off. */
import { splitArn } from '../glob.js';
import { type Context, listOf, type Scalar } from '../types.js';
import { readAddress } from '../values.js';
import type { Random } from './random.js';
import { keys } from './vocabulary.js';

/** What a document's text may hold: variables under 2012-10-17 only, and in identity policies no more than U+00FF. */
export interface Dialect {
  version: '2008-10-17' | '2012-10-17' | undefined;
  latin: boolean;
}

/** Flips the case of some letters; only of those whose case is a simple pair. */
export function caseFlipped(random: Random, text: string): string {
  const flip = (letter: string) => {
    if (!/[a-zA-ZäöüéèÄÖÜÉÈ]/.test(letter) || random.chance(0.5)) return letter;
    return letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
  };
  return [...text].map(flip).join('');
}

/**
 * The text as pieces of policy text that each stand for one character (or one `${…}`), so that wildcards can replace
 * whole pieces. Undefined when the dialect cannot spell it without wildcards.
 */
function spelled(random: Random, text: string, dialect: Dialect, wildcards: boolean): string[] | undefined {
  const variables = dialect.version === '2012-10-17';
  const pieces = variables ? [...text] : (text.match(/\$\{[A-Za-z:*?$]+\}|[\s\S]/gu) ?? []);
  const spelling = pieces.map((piece, index) => {
    if (dialect.latin && !/^[\t\n\r\u0020-\u00ff]+$/.test(piece)) return wildcards ? '?' : undefined;
    if (piece === '$' && pieces[index + 1] === '{') return variables ? '${$}' : undefined;
    if (variables && (piece === '*' || piece === '?')) {
      return wildcards || random.chance(0.5) ? `\${${piece}}` : piece;
    }
    return piece;
  });
  return spelling.every((piece) => piece !== undefined) ? spelling : undefined;
}

/** Puts a few wildcards in, each in place of some pieces or of none. */
function globbed(random: Random, pieces: readonly string[]): string[] {
  let result = [...pieces];
  for (let i = random.weighted(wildcardCounts); i > 0; i--) {
    const start = random.below(result.length + 1);
    const wildcard = random.chance(0.75) ? '*' : '?';
    const length = wildcard === '?' ? 1 : random.pick([0, 1, 2, 4, 8, result.length]);
    result = [...result.slice(0, start), wildcard, ...result.slice(start + length)];
  }
  return result;
}

const wildcardCounts = [
  [2, 0],
  [5, 1],
  [2, 2],
  [1, 3],
] as const;

const variableKeys = keys.filter((key) => !key.many);

interface Replacement {
  before: string;
  variable: string;
  after: string;
}

/** Replaces a stretch of the text by a variable that (mostly) stands for it. */
function withVariable(random: Random, text: string, context: Context): Replacement {
  const known = Object.entries(context).filter(([name]) =>
    variableKeys.some((key) => key.name.toLowerCase() === name.toLowerCase()),
  );
  const empty = known.filter(([, value]) => value === '');
  if (empty.length > 0 && random.chance(0.12)) {
    const place = random.below(text.length + 1);
    return { before: text.slice(0, place), variable: `\${${random.pick(empty)[0]}, 'none'}`, after: text.slice(place) };
  }
  // A set has no single value, so that this one stays without a value.
  const single = known.map(
    ([name, value]) => [name, String(listOf<Scalar>(value)[0] ?? ''), Array.isArray(value)] as const,
  );
  const fitting = single.filter(([, value]) => value !== '' && text.includes(value));
  if (fitting.length > 0 && random.chance(0.7)) {
    const [name, value, isArray] = random.pick(fitting);
    const place = text.indexOf(value);
    const key = random.chance(0.2) ? caseFlipped(random, name) : name;
    const fallback = !isArray && random.chance(0.25) ? `, '${random.pick(['none', 'a*b', '', 'x y'])}'` : '';
    return {
      before: text.slice(0, place),
      variable: `\${${key}${fallback}}`,
      after: text.slice(place + value.length),
    };
  }
  const start = random.below(text.length + 1);
  const end = start + random.below(text.length - start + 1);
  const key = random.pick(variableKeys).name;
  const replaced = text.slice(start, end);
  const isPlain = /^[\u0020-\u00ff]*$/.test(replaced) && !/['{}$]/.test(replaced);
  const isArray = single.some(([name, , array]) => array && name.toLowerCase() === key.toLowerCase());
  const fallback = isPlain && !isArray && random.chance(0.75) ? `, '${replaced}'` : '';
  return { before: text.slice(0, start), variable: `\${${key}${fallback}}`, after: text.slice(end) };
}

/** Policy text for a String operator or the tail of a Resource. Undefined when the dialect has no way to write it. */
export function textNear(
  random: Random,
  text: string,
  context: Context,
  dialect: Dialect,
  wildcards: boolean,
): string | undefined {
  // In an older version a variable is plain text, and is seldom what anybody means.
  if (/^[\u0020-\ud7ff]*$/.test(text) && random.chance(dialect.version === '2012-10-17' ? 0.3 : 0.04)) {
    const { before, variable, after } = withVariable(random, text, context);
    const left = spelled(random, before, dialect, wildcards);
    const right = spelled(random, after, dialect, wildcards);
    // Not before `{`: the text around must not join with the variable to another one.
    if (!left || !right || before.endsWith('$')) return undefined;
    const pieces = [...left, variable, ...right];
    return (wildcards && random.chance(0.3) ? globbed(random, pieces) : pieces).join('');
  }
  const pieces = spelled(random, text, dialect, wildcards);
  return pieces && (wildcards ? globbed(random, pieces) : pieces).join('');
}

/** A decimal near the one that a request holds. */
export function numberNear(random: Random, text: string): string {
  if (!/^-?\d+(\.\d+)?$/.test(text)) return random.pick(['0', '5', '3600', '-1.50']);
  const dotted = text.includes('.');
  return random.weighted([
    [5, text],
    [1, dotted ? `${text}0` : `${text}.000`],
    [1, dotted ? `${text}1` : `${text}.00000000000000000000001`],
    [1, text.startsWith('-') ? text.slice(1) : `-${text}`],
    [1, dotted ? text : String(BigInt(text) + 1n)],
    [1, dotted ? text : String(BigInt(text) - 1n)],
    [1, random.pick(['0', '900', '3600', '10.25'])],
  ]);
}

/** A CIDR block or an address around the one that a request holds. */
export function cidrNear(random: Random, text: string): string {
  const address = readAddress(text);
  if (!address || random.chance(0.2)) {
    return random.pick([
      '0.0.0.0/0',
      '::/0',
      '10.0.0.0/8',
      '203.0.113.77/24',
      '2001:DB8:1234:5678::/64',
      '::ffff:0:0/96',
    ]);
  }
  const flipped = random.chance(0.35) ? address.bits ^ (1n << BigInt(random.below(address.width))) : address.bits;
  const spelling = address.width === 32 ? ipv4Text(flipped) : ipv6Text(random, flipped);
  const length = random.weighted([
    [2, address.width],
    [2, address.width === 32 ? 24 : 64],
    [3, random.below(address.width + 1)],
  ]);
  return random.chance(0.25) ? spelling : `${spelling}/${length}`;
}

function ipv4Text(bits: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((bits >> shift) & 255n)).join('.');
}

function ipv6Text(random: Random, bits: bigint): string {
  const groups = Array.from({ length: 8 }, (_, i) => ((bits >> BigInt(112 - 16 * i)) & 65535n).toString(16));
  const text = random.weighted([
    [2, groups.map((group) => group.padStart(4, '0')).join(':')],
    [2, groups.join(':')],
    [
      6,
      groups
        .join(':')
        .replace(/(^|:)0(:0)+(?=:|$)/, '::')
        .replace(/:{3,}/, '::'),
    ],
    [1, `${groups.slice(0, 6).join(':')}:${ipv4Text(bits & 0xffffffffn)}`],
  ]);
  return random.chance(0.3) ? text.toUpperCase() : text;
}

/** A six-part pattern near the ARN that a request holds, or a variable that gives one. */
export function arnNear(random: Random, text: string, context: Context, dialect: Dialect): string {
  const parts = splitArn(text);
  if (!parts)
    return random.pick(['arn:aws:iam::*:role/*', 'arn:aws:sns:us-west-2:777788889999:topic-id', 'arn:*:*:*:*:*']);
  const variables = dialect.version === '2012-10-17';
  if (variables && random.chance(0.1)) return random.pick(['${aws:PrincipalArn}', `\${aws:SourceArn, '${text}'}`]);
  const inner = (part: string, index: number) => {
    if (index === 0 || random.chance(index === 5 ? 0.4 : 0.75)) return part;
    if (random.chance(0.3)) return '*';
    if (!variables && part.includes('$')) return part;
    const bent = textNear(random, part, context, dialect, true) ?? part;
    return !variables && bent.includes('${') ? part : bent;
  };
  return parts.map(inner).join(':');
}
