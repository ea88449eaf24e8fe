import { ArnPattern } from './arn-pattern.js';
import { inRange, parseCidr } from './ip.js';
import { fault, ok, quoted, type Result } from './issue.js';
import { Glob } from './pattern.js';
import { type AccessRequest, type ContextValue, lookupIn } from './request.js';
import type { Token } from './token.js';
import { compareDecimals, compareInstants, parseBase64, parseBoolean, parseDecimal, parseInstant } from './values.js';
import { isTokens, parseTemplate, substitute } from './variables.js';

/**
 * The condition operators: IAM User Guide, "IAM JSON policy elements: Condition operators". An operator compares one
 * value of the request with each value of the policy; a negated one holds when its positive form does not, which
 * covers lists (NOR), absent keys and values that cannot be read (reading U15).
 */
export interface Operator {
  readonly family: Family;
  readonly negated: boolean;
  /** Reads one value of the policy. @returns how it compares, or why it is no value for this operator */
  readonly operand: (text: string, variables: boolean) => Result<Comparison>;
  /** Of an operator that asks whether texts are the same: which text of a value that is. */
  readonly form: Form | null;
}

/** How one value of the policy compares with a value of a request. */
export interface Comparison {
  readonly test: Test;
  /** The one text for which `test` holds, in the operator's form; null where there is none. */
  readonly only: string | null;
}

type Form = (value: ContextValue) => string | undefined;

export type Family = 'string' | 'numeric' | 'date' | 'bool' | 'binary' | 'ip' | 'arn';
/** The request is there for the values of variables. */
export type Test = (value: ContextValue, request: AccessRequest) => boolean;

const positive = (family: Family, operand: Operator['operand'], form: Form | null = null): Operator => ({
  family,
  negated: false,
  operand,
  form,
});

const not = (operator: Operator): Operator => ({ ...operator, negated: true });

/** Operands in which variables stand for the request's values. @param compile undefined: no operand can be made */
const templated =
  <T>(
    wildcards: boolean,
    compile: (tokens: readonly Token[]) => T | undefined,
    compare: (value: ContextValue, operand: T) => boolean,
  ) =>
  (text: string, variables: boolean): Result<Comparison> => {
    const template = parseTemplate(text, { wildcards, variables });
    if (!template.ok) return template;
    const pieces = template.value;
    if (isTokens(pieces)) {
      const operand = compile(pieces);
      if (operand === undefined) return fault('type-mismatch', `${quoted(text)} is no ARN: write all six parts`);
      return ok(comparison(operand, (value) => compare(value, operand)));
    }
    // Made anew for each value: only policies with variables pay for it.
    const test: Test = (value, request) => {
      const tokens = substitute(pieces, lookupIn(request), LONGEST_FOLD * value.text.length);
      if (typeof tokens === 'string') return false;
      const operand = compile(tokens);
      return operand !== undefined && compare(value, operand);
    };
    return ok({ test, only: null });
  };

const comparison = (operand: unknown, test: Test): Comparison => ({
  test,
  only: typeof operand === 'string' ? operand : null,
});

/** Lower-casing can make a text longer, by less than this factor. */
const LONGEST_FOLD = 3;

const plain = (tokens: readonly Token[]): string => tokens.map((token) => ('text' in token ? token.text : '')).join('');

/** Operands of one type, compared with the same form of the request's value. */
const typed =
  <T>(
    say: string,
    read: (text: string) => T | undefined,
    form: (value: ContextValue) => T | undefined,
    compare: (value: T, operand: T) => boolean,
  ) =>
  (text: string, variables: boolean): Result<Comparison> => {
    const operand = read(text);
    if (operand === undefined) {
      const why = variables && text.includes('${') ? ', and only String and Arn operators take variables' : '';
      return fault('type-mismatch', `${quoted(text)} is not ${say}${why}`);
    }
    const test: Test = (value) => {
      const given = form(value);
      return given !== undefined && compare(given, operand);
    };
    return ok(comparison(operand, test));
  };

/** Whether texts are the same. */
const sameText = (form: (value: ContextValue) => string, fold: (text: string) => string): Operator =>
  positive(
    'string',
    templated(
      false,
      (tokens) => fold(plain(tokens)),
      (value, wanted) => form(value) === wanted,
    ),
    form,
  );

const numeric = (holds: (order: number) => boolean): Operator =>
  positive(
    'numeric',
    typed(
      'a decimal number',
      parseDecimal,
      ({ decimal }) => decimal,
      (a, b) => holds(compareDecimals(a, b)),
    ),
  );

const DATE = 'a date: write `2026-06-01T00:00:00Z`, `2026-06-01` or epoch seconds';
const date = (holds: (order: number) => boolean): Operator =>
  positive(
    'date',
    typed(
      DATE,
      parseInstant,
      ({ instant }) => instant,
      (a, b) => holds(compareInstants(a, b)),
    ),
  );

const equal = (order: number): boolean => order === 0;
const less = (order: number): boolean => order < 0;
const lessOrEqual = (order: number): boolean => order <= 0;
const greater = (order: number): boolean => order > 0;
const greaterOrEqual = (order: number): boolean => order >= 0;

const base = {
  StringEquals: sameText(
    ({ text }) => text,
    (text) => text,
  ),
  StringEqualsIgnoreCase: sameText(
    ({ lower }) => lower,
    (text) => text.toLowerCase(),
  ),
  StringLike: positive(
    'string',
    templated(
      true,
      (tokens) => new Glob(tokens),
      (value, glob) => glob.matches(value),
    ),
  ),
  NumericEquals: numeric(equal),
  DateEquals: date(equal),
  IpAddress: positive('ip', (text) => {
    const range = parseCidr(text);
    if (!range.ok) return range;
    return ok({ test: inRange(range.value), only: null });
  }),
  ArnLike: positive(
    'arn',
    templated(true, ArnPattern.of, ({ arn }, pattern) => arn !== undefined && pattern.matches(arn)),
  ),
};

/** By the name that a policy writes, without `ForAllValues:`, `ForAnyValue:` and `IfExists`. `Null` is no comparison. */
export const operators: ReadonlyMap<string, Operator> = new Map(
  Object.entries({
    ...base,
    StringNotEquals: not(base.StringEquals),
    StringNotEqualsIgnoreCase: not(base.StringEqualsIgnoreCase),
    StringNotLike: not(base.StringLike),
    NumericNotEquals: not(base.NumericEquals),
    NumericLessThan: numeric(less),
    NumericLessThanEquals: numeric(lessOrEqual),
    NumericGreaterThan: numeric(greater),
    NumericGreaterThanEquals: numeric(greaterOrEqual),
    DateNotEquals: not(base.DateEquals),
    DateLessThan: date(less),
    DateLessThanEquals: date(lessOrEqual),
    DateGreaterThan: date(greater),
    DateGreaterThanEquals: date(greaterOrEqual),
    Bool: positive(
      'bool',
      typed(
        '`true` or `false`',
        parseBoolean,
        ({ text }) => parseBoolean(text),
        (a, b) => a === b,
      ),
    ),
    BinaryEquals: positive(
      'binary',
      typed(
        'base64',
        parseBase64,
        ({ base64 }) => base64,
        (a, b) => a === b,
      ),
      ({ base64 }) => base64,
    ),
    NotIpAddress: not(base.IpAddress),
    ArnNotLike: not(base.ArnLike),
    // AWS: "ArnEquals and ArnLike behave identically."
    ArnEquals: base.ArnLike,
    ArnNotEquals: not(base.ArnLike),
  }),
);
