import { quoted } from './issue.js';
import { type Miss, missOf, missOfText } from './miss.js';
import { type AccessRequest, lookupIn } from './request.js';
import { parseResourcePattern } from './resource-pattern.js';
import { isTokens, substitute, type Template } from './variables.js';

/** The entry that comes nearest to a text, and where the two part. */
interface Nearest {
  readonly pattern: string;
  readonly difference: string;
}

/** No text that is compared is longer: context values have 4,096 characters. */
const LONGEST = 4096;

export function actionMiss(texts: readonly string[], action: string): Missed {
  const lower = action.toLowerCase();
  return missed(
    `${quoted(action)} is not listed`,
    nearestBy(texts, 'the action', action, (text) => {
      const miss = missOfText(text.toLowerCase(), lower);
      return miss && { ...miss, pattern: text };
    }),
  );
}

export function resourceMiss(texts: readonly string[], request: AccessRequest, variables: boolean): Missed {
  const { text } = request.resource;
  const from = text.indexOf('/') + 1;
  const compare = (entry: string): Compared => {
    if (!(variables && entry.includes('${'))) {
      const miss = entry.startsWith(SHORT_FORM)
        ? missOfText(entry.slice(SHORT_FORM.length), text, from)
        : missOfText(entry, text);
      // In the first five fields a wildcard takes less than elsewhere: what it seems to cover is read exactly.
      if (miss !== null) return miss;
    }
    const parsed = parseResourcePattern(entry, { shortForm: true, variables });
    if (!parsed.ok || parsed.value.form === 'all') return null;
    return missOfTemplate(parsed.value.template, request, text, parsed.value.form === 'tail' ? from : 0);
  };
  return missed('no entry covers the ARN', nearestBy(texts, 'the ARN', text, compare));
}

const SHORT_FORM = 'execute-api:/';

const missed = (who: string, nearest: Nearest | null): Missed =>
  nearest === null ? { detail: who } : { pattern: nearest.pattern, detail: `${who}: ${nearest.difference}` };

export interface Missed {
  readonly pattern?: string;
  readonly detail: string;
}

/** Where a text leaves an entry; or, in words, why the entry compares with nothing; null if nothing can be said. */
export type Compared = Miss | { readonly unread: string } | null;

/** As `missOf`, with the request's values in the template. */
export function missOfTemplate(template: Template, request: AccessRequest, text: string, from = 0): Compared {
  if (isTokens(template)) return missOf(template, text, from);
  const lookup = lookupIn(request);
  const tokens = substitute(template, lookup, LONGEST);
  if (tokens === 'too-long') return { unread: 'with its variables filled in it is longer than any value' };
  if (tokens !== 'unresolved') return missOf(tokens, text, from);
  const absent = template.flatMap((piece) =>
    'variable' in piece && piece.fallback === null && lookup(piece.variable) === undefined ? [piece.variable] : [],
  );
  return { unread: `\`\${${absent[0] ?? ''}}\` in it has no value, so it matches nothing` };
}

/** The entry that takes most of a text, and how the two part. */
export function nearestBy(
  texts: readonly string[],
  subject: string,
  text: string,
  compare: (entry: string) => Compared,
): Nearest | null {
  let best: { pattern: string; miss: Miss } | null = null;
  let unread: Nearest | null = null;
  for (const pattern of texts) {
    const compared = compare(pattern);
    if (compared === null) continue;
    if ('unread' in compared) unread ??= { pattern, difference: `${quoted(pattern)}: ${compared.unread}` };
    else if (best === null || compared.at > best.miss.at) best = { pattern, miss: compared };
  }
  if (best === null) return unread;
  return { pattern: best.pattern, difference: `${quoted(best.pattern)} ${difference(best.miss, text, subject)}` };
}

/** What a pattern has where a text leaves it: `has `Prod` where the ARN has `prod`, at character 57`. */
function difference({ at, wanted, pattern }: Miss, text: string, subject: string): string {
  if (wanted >= pattern.length)
    return `ends at character ${at}, where ${subject} goes on with ${quoted(text.slice(at))}`;
  if (at >= text.length)
    return `goes on with ${quoted(pattern.slice(wanted))} where ${subject} ends, after character ${at}`;
  const [wants, has] = [word(pattern, wanted), word(text, at)];
  const letters = wants !== has && wants.toLowerCase() === has.toLowerCase() ? ': letter case counts' : '';
  return `has ${quoted(wants)} where ${subject} has ${quoted(has)}, at character ${at + 1}${letters}`;
}

/** The part between slashes and colons in which an index lies, or which ends there. */
function word(text: string, at: number): string {
  let from = at;
  while (from > 0 && !divides(text[from - 1]!)) from--;
  let to = at;
  while (to < text.length && !divides(text[to]!)) to++;
  return from === to ? text.slice(at, at + 1) : text.slice(from, to);
}

const divides = (char: string): boolean => char === '/' || char === ':';
