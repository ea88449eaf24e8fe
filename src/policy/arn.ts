import { type ArnTokens, tokensOf } from './arn-tokens.js';
import { fault, ok, quoted, type Result } from './issue.js';
import { Glob, type Token } from './pattern.js';
import { hasVariables, parseTemplate, type Template } from './variables.js';

/** AWS General Reference, "Amazon Resource Names": `arn:partition:service:region:account:resource`. */
export class Arn {
  private _tokens: ArnTokens | null = null;

  constructor(
    readonly text: string,
    readonly partition: string,
    readonly service: string,
    readonly region: string,
    readonly account: string,
    /** Everything after the fifth colon, further colons included. */
    readonly resource: string,
  ) {}

  /** The ARN as the index of a policy looks it up; worked out once. */
  get tokens(): ArnTokens {
    this._tokens ??= tokensOf(this.text);
    return this._tokens;
  }
}

/** @returns undefined for a text that has not six parts or does not begin with `arn` */
export function parseArn(text: string): Arn | undefined {
  if (!text.startsWith('arn:')) return undefined;
  const partition = text.indexOf(':', 4);
  const service = text.indexOf(':', partition + 1);
  const region = text.indexOf(':', service + 1);
  const account = text.indexOf(':', region + 1);
  // A colon that is not there is found before the first one, so one test tells of all four.
  if (partition < 0 || service < partition || region < service || account < region) return undefined;
  return new Arn(
    text,
    text.slice(4, partition),
    text.slice(partition + 1, service),
    text.slice(service + 1, region),
    text.slice(region + 1, account),
    text.slice(account + 1),
  );
}

type SixParts = readonly [string, string, string, string, string, string];

/** The six parts of an ARN: only the first five colons divide. */
export function splitArn(text: string): SixParts | undefined {
  const parts: string[] = [];
  let from = 0;
  for (let count = 0; count < 5; count++) {
    const colon = text.indexOf(':', from);
    if (colon < 0) return undefined;
    parts.push(text.slice(from, colon));
    from = colon + 1;
  }
  parts.push(text.slice(from));
  return parts as unknown as SixParts;
}

/** As RFC 9110 spells the methods, and RFC 5789. `ANY` is configuration, not a method. */
export const VERBS: readonly string[] = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
];
/** API, stage, verb, and a path that may hold anything. */
const METHOD = /^[A-Za-z0-9]{1,64}\/[A-Za-z0-9_-]{1,128}\/([^/]*)\//;
const FORM = '`arn:aws:execute-api:<region>:<account>:<api>/<stage>/<VERB>/<path>`';

/**
 * The ARN of a call to a REST API's method, wildcards and `${` in it being ordinary characters: Amazon API Gateway
 * Developer Guide, "API Gateway Amazon Resource Name (ARN) reference".
 */
export function parseMethodArn(text: string): Result<Arn> {
  const arn = parseArn(text);
  if (arn === undefined || arn.service !== 'execute-api' || !isPartition(arn.partition)) {
    return fault('malformed-arn', `${quoted(text)} is not the ARN of a method: write ${FORM}`);
  }
  if (!/^[a-z0-9-]{1,64}$/.test(arn.region)) return fault('malformed-arn', `${quoted(arn.region)} is no region`);
  if (!isAccount(arn.account)) return fault('malformed-arn', `the account ${quoted(arn.account)} is not 12 digits`);
  const verb = METHOD.exec(arn.resource)?.[1];
  if (verb === undefined) {
    return fault(
      'malformed-arn',
      `${quoted(arn.resource)} is not \`<api>/<stage>/<VERB>/<path>\` (the root's path is empty)`,
    );
  }
  if (!VERBS.includes(verb)) {
    return fault('malformed-arn', `${quoted(verb)} is no HTTP method: write one of ${VERBS.join(', ')} in upper case`);
  }
  return ok(arn);
}

export const isAccount = (text: string): boolean => /^\d{12}$/.test(text);

/** `aws`, `aws-cn`, `aws-us-gov` and what may come. */
export const isPartition = (text: string): boolean => text === 'aws' || /^aws(-[a-z]+)+$/.test(text);

/** AWS: "Request URI too long" above 1,600 bytes of method ARN. */
export const MAX_ARN_BYTES = 1600;

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
  const fields = splitArn(text);
  if (fields === undefined && !text.endsWith('*')) {
    return fault('malformed-resource', `${quoted(text)} is no ARN: write ${FORM} or \`*\``);
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
  // Without wildcards in its head a pattern is one text with wildcards that cross everything.
  if (fields !== undefined && !head.some((field) => /[*?]/.test(field))) {
    const whole = parseTemplate(text, { wildcards: true, variables });
    return whole.ok ? ok({ form: 'arn', template: whole.value }) : whole;
  }
  const tail = parseTemplate(parts[5] ?? '', { wildcards: true, variables });
  if (!tail.ok) return tail;
  const tokens = head.flatMap((field, index) => [
    ...fieldTokens(field),
    ...(index < parts.length - 1 ? [{ text: ':' }] : []),
  ]);
  return ok({ form: 'arn', template: [...tokens, ...tail.value] });
}

/** The wildcards of one of the first five fields: they match no colon, but for a `*` at the end. */
function fieldTokens(field: string): Token[] {
  const parsed = parseTemplate(field, { wildcards: true, variables: false });
  const pieces = parsed.ok && !hasVariables(parsed.value) ? (parsed.value as readonly Token[]) : [];
  return pieces.map((token, index): Token => {
    if (!('wildcard' in token)) return token;
    if (token.wildcard === 'one') return { wildcard: 'oneWithin' };
    return { wildcard: index === pieces.length - 1 ? 'any' : 'anyWithin' };
  });
}

/**
 * The operand of ArnEquals and ArnLike: six parts, each matched on its own (IAM User Guide, "ARN condition
 * operators"). Undefined when the tokens do not make six parts.
 */
export class ArnPattern {
  private constructor(private readonly parts: readonly Glob[]) {}

  static of(tokens: readonly Token[]): ArnPattern | undefined {
    const parts: Token[][] = [[]];
    for (const token of tokens) {
      if ('wildcard' in token) {
        parts.at(-1)?.push(token);
        continue;
      }
      let rest = token.text;
      for (let colon = rest.indexOf(':'); colon >= 0 && parts.length < 6; colon = rest.indexOf(':')) {
        parts.at(-1)?.push({ text: rest.slice(0, colon) });
        parts.push([]);
        rest = rest.slice(colon + 1);
      }
      parts.at(-1)?.push({ text: rest });
    }
    return parts.length === 6 ? new ArnPattern(parts.map((part) => new Glob(part))) : undefined;
  }

  matches(arn: Arn): boolean {
    const [prefix, partition, service, region, account, resource] = this.parts;
    return (
      prefix!.matches('arn') &&
      partition!.matches(arn.partition) &&
      service!.matches(arn.service) &&
      region!.matches(arn.region) &&
      account!.matches(arn.account) &&
      resource!.matches(arn.resource)
    );
  }
}
