import { type Arn, MAX_ARN_BYTES, parseArn } from './arn.js';
import { charactersOf, utf8Length } from './characters.js';
import { type ConditionKey, conditionKey, isConditionKey, type KeyType, keySpelled } from './condition-keys.js';
import { type Address, parseAddress } from './ip.js';
import { type Issue, pointerTo, quoted } from './issue.js';
import { Subject } from './positions.js';
import type { Principal } from './principal.js';
import { type Decimal, type Instant, parseBase64, parseBoolean, parseDecimal, parseInstant, textOf } from './values.js';
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

/** What a request holds under one condition key: a value, or a set of them (even of one, or of none). */
export type ContextEntry = ContextValue | ContextSet;

export const contextEntry = (value: string | readonly string[]): ContextEntry =>
  typeof value === 'string' ? new ContextValue(value) : new ContextSet(value.map((text) => new ContextValue(text)));

class ContextSet {
  constructor(readonly values: readonly ContextValue[]) {}

  get multivalued(): true {
    return true;
  }
  /** As it was given but for numbers and Booleans, which are texts. */
  get given(): readonly string[] {
    return this.values.map(({ text }) => text);
  }
}

/** One value and the forms in which operators compare it (undefined: it has no such form), read when first asked for. */
export class ContextValue extends Subject {
  private _lower: string | undefined;
  private _decimal: Decimal | undefined | null = null;
  private _instant: Instant | undefined | null = null;
  private _address: Address | undefined | null = null;
  private _arn: Arn | undefined | null = null;
  private _base64: string | undefined | null = null;

  get multivalued(): false {
    return false;
  }
  get values(): readonly [ContextValue] {
    return [this];
  }
  get given(): string {
    return this.text;
  }
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
  get base64(): string | undefined {
    if (this._base64 === null) this._base64 = parseBase64(this.text);
    return this._base64;
  }
}

/** What variables stand for in a request: single values only. */
export const lookupIn =
  ({ context }: AccessRequest): Lookup =>
  (key) => {
    const entry = context.get(key);
    return entry instanceof ContextValue ? entry.text : undefined;
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
      if ('code' in read) issues.push({ pointer: pointerTo(base, name), ...read });
      else entries.set(key, read);
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
    return known?.multivalued && read instanceof ContextValue ? new ContextSet([read]) : read;
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
  return new ContextSet(values);
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
  if (known === undefined || known.type === 'string' || isOfType(known.type, value)) return value;
  const detail = `${quoted(text)} is no value of ${known.name}: write ${SAY[known.type]}`;
  return { code: 'malformed-context-value', detail };
}

/** Numbers and Booleans are compared as text. */
function scalarText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'boolean' || typeof value === 'number' ? textOf(value) : undefined;
}

/** What a value of a documented key must be. A malformed address is refused: to skip it could skip a Deny. */
function isOfType(type: Exclude<KeyType, 'string'>, value: ContextValue): boolean {
  switch (type) {
    case 'arn':
      return value.arn !== undefined;
    case 'ip':
      return value.address !== undefined;
    case 'numeric':
      return value.decimal !== undefined;
    case 'date':
      return value.instant !== undefined;
    case 'epoch':
      return value.instant !== undefined || value.decimal !== undefined;
    case 'bool':
      return parseBoolean(value.text) !== undefined;
  }
}

const SAY: Readonly<Record<Exclude<KeyType, 'string'>, string>> = {
  arn: 'an ARN',
  ip: 'an IPv4 or IPv6 address',
  numeric: 'a decimal number',
  date: 'a date such as `2026-06-01T00:00:00Z` or epoch seconds',
  epoch: 'epoch seconds or a date',
  bool: '`true` or `false`',
};

const ACTION = /^[A-Za-z0-9-]{1,64}:[A-Za-z0-9]{1,128}$/;

/** `prefix:Name`, without wildcards. */
export const isAction = (text: string): boolean => ACTION.test(text);

/** Why `text` cannot be the ARN of a request; undefined if it can. */
export const arnTooLong = (text: string): string | undefined =>
  text.length * 3 > MAX_ARN_BYTES && utf8Length(text) > MAX_ARN_BYTES
    ? `an ARN has at most ${MAX_ARN_BYTES} bytes`
    : undefined;
