import { METHOD_FORM, SCHEME, splitArn } from './arn.js';
import { fault, ok, quoted, type Result } from './issue.js';
import { ANY, type Token } from './token.js';
import { hasVariables, parseTemplate, type Template } from './variables.js';

/**
 * One entry of a Resource element: every ARN, ARNs of a form, or (`tail`, in resource policies only) the API being
 * called from its stage on.
 */
export type ResourcePattern =
  | { readonly form: 'all' }
  | { readonly form: 'arn'; readonly template: Template }
  | { readonly form: 'tail'; readonly template: Template };

const SHORT_FORM = 'execute-api:/';
/** Longer than any field of a real ARN, short enough that the head of a pattern costs little. */
const MAX_FIELD = 128;

/**
 * IAM User Guide, "IAM JSON policy elements: Resource". In the first five fields a wildcard stays within its field,
 * except a `*` that ends it (reading U21); after the fifth colon wildcards cross everything.
 * @param options.shortForm whether `execute-api:/stage/VERB/path` is allowed: API resource policies only
 */
export function parseResourcePattern(
  text: string,
  options: { readonly shortForm: boolean; readonly variables: boolean },
): Result<ResourcePattern> {
  if (text === '*' || text === '*:*') return ok({ form: 'all' });
  const { variables } = options;
  if (text.startsWith(SHORT_FORM) && text.length > SHORT_FORM.length) {
    if (!options.shortForm) {
      return fault('short-form', 'only the resource policy of an API may say `execute-api:/…`: write the whole ARN');
    }
    const tail = parseTemplate(text.slice(SHORT_FORM.length), { wildcards: true, variables });
    return tail.ok ? ok({ form: 'tail', template: tail.value }) : tail;
  }
  // Without wildcards in its head a pattern is one text with wildcards that cross everything.
  if (hasPlainHead(text)) return arnPattern(parseTemplate(text, { wildcards: true, variables }));
  const fields = splitArn(text);
  if (fields === undefined && !text.endsWith('*')) {
    return fault('malformed-resource', `${quoted(text)} is no ARN: write ${METHOD_FORM} or \`*\``);
  }
  const parts: readonly string[] = fields ?? text.split(':');
  const head = parts.slice(0, 5);
  if (parts[0] !== 'arn') return fault('malformed-resource', `${quoted(text)} does not begin with \`arn:\``);
  if (variables && head.some((field) => field.includes('${'))) {
    return fault('variable-in-arn', `${quoted(text)} has a variable before its fifth colon: variables go after it`);
  }
  if (/[*?]/.test(parts[2] ?? '')) {
    return fault('malformed-resource', `the service of ${quoted(text)} takes no wildcard: write \`execute-api\``);
  }
  if (head.some((field) => field.length > MAX_FIELD)) {
    return fault('malformed-resource', `a field of ${quoted(text)} has more than ${MAX_FIELD} characters`);
  }
  const tail = parseTemplate(parts[5] ?? '', { wildcards: true, variables });
  if (!tail.ok) return tail;
  const tokens = head.flatMap((field, index) => [
    ...fieldTokens(field),
    ...(index < parts.length - 1 ? [{ text: ':' }] : []),
  ]);
  return ok({ form: 'arn', template: [...tokens, ...tail.value] });
}

const arnPattern = (read: Result<Template>): Result<ResourcePattern> =>
  read.ok ? ok({ form: 'arn', template: read.value }) : read;

/** Whether all is well with the first five fields, and no wildcard or variable stands in them: nearly always. */
function hasPlainHead(text: string): boolean {
  if (!text.startsWith(SCHEME)) return false;
  let field = 0;
  for (let at = 0, colons = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === COLON) {
      if (++colons === 5) return true;
      field = at + 1;
    } else if (char === STAR || char === QUESTION || char === DOLLAR || at - field >= MAX_FIELD) {
      return false;
    }
  }
  return false;
}

const [COLON, STAR, QUESTION, DOLLAR] = [58, 42, 63, 36];

/** The wildcards of one of the first five fields: they match no colon, but for a `*` at the end. */
function fieldTokens(field: string): Token[] {
  const parsed = parseTemplate(field, { wildcards: true, variables: false });
  const pieces = parsed.ok && !hasVariables(parsed.value) ? (parsed.value as readonly Token[]) : [];
  return pieces.map((token, index): Token => {
    if (!('wildcard' in token)) return token;
    if (token.wildcard === 'one') return { wildcard: 'oneWithin' };
    return index === pieces.length - 1 ? ANY : { wildcard: 'anyWithin' };
  });
}
