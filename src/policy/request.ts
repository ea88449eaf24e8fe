import { type Arn, MAX_ARN_BYTES, parseArn } from './arn.js';
import { charactersOf, utf8Length } from './characters.js';
import { type Address, parseAddress } from './ip.js';
import { type Issue, pointerTo, quoted } from './issue.js';
import { type ConditionKey, conditionKey, isConditionKey, type KeyType, keySpelled } from './keys.js';
import type { Principal } from './principal.js';
import { type Decimal, type Instant, parseBoolean, parseDecimal, parseInstant, textOf } from './values.js';
import type { Lookup } from './variables.js';

/** What a policy is asked. Everything in it has been parsed: evaluation cannot fail. */
export interface AccessRequest {
  readonly principal: Principal;
  /** Lower case: actions compare without it. */
  readonly action: string;
  readonly resource: Arn;
  readonly context: Context;
  /** A NotPrincipal never exempts a principal that has a permissions boundary. */
  readonly hasBoundary: boolean;
}

/** The condition keys of a request, by lower-case name. */
export interface Context {
  get(key: string): ContextEntry | undefined;
}

/** The values of one condition key; the forms that operators want are read once, when first asked for. */
export class ContextEntry {
  /** @param multivalued whether the request gave a set, even of one */
  constructor(
    readonly values: readonly ContextValue[],
    readonly multivalued: boolean,
  ) {}

  static of(value: string | readonly string[]): ContextEntry {
    return typeof value === 'string'
      ? new ContextEntry([new ContextValue(value)], false)
      : new ContextEntry(
          value.map((text) => new ContextValue(text)),
          true,
        );
  }

  /** What the entry holds, as it was given but for numbers and Booleans, which are texts. */
  get given(): string | readonly string[] {
    return this.multivalued ? this.values.map(({ text }) => text) : this.values[0]!.text;
  }
}

/** One value and the forms in which operators compare it; undefined: it has no such form. */
export class ContextValue {
  private _lower: string | undefined;
  private _decimal: Decimal | undefined | null = null;
  private _instant: Instant | undefined | null = null;
  private _address: Address | undefined | null = null;
  private _arn: Arn | undefined | null = null;

  constructor(readonly text: string) {}

  get lower(): string {
    this._lower ??= this.text.toLowerCase();
    return this._lower;
  }
  get decimal(): Decimal | undefined {
    if (this._decimal === null) this._decimal = parseDecimal(this.text);
    return this._decimal;
  }
  get instant(): Instant | undefined {
    if (this._instant === null) this._instant = parseInstant(this.text);
    return this._instant;
  }
  get address(): Address | undefined {
    if (this._address === null) this._address = parseAddress(this.text);
    return this._address;
  }
  get arn(): Arn | undefined {
    if (this._arn === null) this._arn = parseArn(this.text);
    return this._arn;
  }
}

/** What variables stand for in a request: single values only. */
export const lookupIn =
  ({ context }: AccessRequest): Lookup =>
  (key) => {
    const entry = context.get(key);
    return entry === undefined || entry.multivalued ? undefined : entry.values[0]!.text;
  };

export const MAX_CONTEXT_KEYS = 100;
export const MAX_CONTEXT_VALUES = 100;
export const MAX_CONTEXT_VALUE = 4096;

/**
 * Reads a `context` object: values are strings, numbers, Booleans, or lists of them for keys that hold sets.
 * @param base pointer of the object, for the issues
 * @returns the entries by lower-case name, and every issue found
 */
export function parseContext(
  context: Readonly<Record<string, unknown>>,
  base: string,
): { entries: Map<string, ContextEntry>; issues: Issue[] } {
  const entries = new Map<string, ContextEntry>();
  const issues: Issue[] = [];
  const names = Object.keys(context);
  if (names.length > MAX_CONTEXT_KEYS) {
    issues.push({ pointer: base, code: 'too-many', detail: `context has more than ${MAX_CONTEXT_KEYS} keys` });
    return { entries, issues };
  }
  for (const name of names) {
    const spelled = keySpelled(name);
    const key = spelled?.key ?? name.toLowerCase();
    const issue = spelled === undefined ? nameIssue(name) : undefined;
    if (issue !== undefined) {
      issues.push({ pointer: pointerTo(base, name), ...issue });
    } else if (entries.has(key)) {
      const detail = `${quoted(name)} stands twice: names of condition keys compare without case`;
      issues.push({ pointer: pointerTo(base, name), code: 'duplicate-context-key', detail });
    } else {
      const read = readEntry(spelled ?? conditionKey(key), context[name]);
      if (read instanceof ContextEntry) entries.set(key, read);
      else issues.push({ pointer: pointerTo(base, name), ...read });
    }
  }
  return { entries, issues };
}

type Complaint = Omit<Issue, 'pointer'>;

function nameIssue(name: string): Complaint | undefined {
  if (isConditionKey(name)) return undefined;
  const detail = `${quoted(name)} is no condition key: write \`prefix:name\`, at most 256 characters`;
  return { code: 'malformed-context-key', detail };
}

function readEntry(known: ConditionKey | undefined, value: unknown): ContextEntry | Complaint {
  if (!Array.isArray(value)) {
    const read = readValue(known, value);
    return read instanceof ContextValue ? new ContextEntry([read], known?.multivalued === true) : read;
  }
  if (known?.multivalued === false) {
    return { code: 'single-valued-key', detail: `${known.name} holds one value: write it without a list` };
  }
  if (value.length > MAX_CONTEXT_VALUES) {
    return { code: 'too-many', detail: `at most ${MAX_CONTEXT_VALUES} values are allowed` };
  }
  const values: ContextValue[] = [];
  for (const element of value as readonly unknown[]) {
    const read = readValue(known, element);
    if (!(read instanceof ContextValue)) return read;
    values.push(read);
  }
  return new ContextEntry(values, true);
}

function readValue(known: ConditionKey | undefined, given: unknown): ContextValue | Complaint {
  const text = scalarText(given);
  if (text === undefined) {
    return { code: 'wrong-type', detail: 'write a string, a number, true, false, or a list of these' };
  }
  if (charactersOf(text, MAX_CONTEXT_VALUE) > MAX_CONTEXT_VALUE) {
    return { code: 'too-long', detail: `a value has at most ${MAX_CONTEXT_VALUE} characters` };
  }
  const value = new ContextValue(text);
  if (known === undefined || known.type === 'string' || forms[known.type].holds(value)) return value;
  const detail = `${quoted(text)} is no value of ${known.name}: write ${forms[known.type].say}`;
  return { code: 'malformed-context-value', detail };
}

/** Numbers and Booleans are compared as text. */
function scalarText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'boolean' || typeof value === 'number' ? textOf(value) : undefined;
}

/** What a value of a documented key must be. A malformed address is refused: to skip it could skip a Deny. */
const forms: Readonly<Record<KeyType, { readonly say: string; holds(value: ContextValue): boolean }>> = {
  string: { say: 'a string', holds: () => true },
  arn: { say: 'an ARN', holds: ({ arn }) => arn !== undefined },
  ip: { say: 'an IPv4 or IPv6 address', holds: ({ address }) => address !== undefined },
  numeric: { say: 'a decimal number', holds: ({ decimal }) => decimal !== undefined },
  date: {
    say: 'a date such as `2026-06-01T00:00:00Z` or epoch seconds',
    holds: ({ instant }) => instant !== undefined,
  },
  epoch: {
    say: 'epoch seconds or a date',
    holds: ({ instant, decimal }) => instant !== undefined || decimal !== undefined,
  },
  bool: { say: '`true` or `false`', holds: ({ text }) => parseBoolean(text) !== undefined },
};

const ACTION = /^[A-Za-z0-9-]{1,64}:[A-Za-z0-9]{1,128}$/;

/** `prefix:Name`, without wildcards. */
export const isAction = (text: string): boolean => ACTION.test(text);

/** Why `text` cannot be the ARN of a request; undefined if it can. */
export const arnTooLong = (text: string): string | undefined =>
  utf8Length(text) > MAX_ARN_BYTES ? `an ARN has at most ${MAX_ARN_BYTES} bytes` : undefined;
