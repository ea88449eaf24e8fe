import { ArnPattern } from './arn.js';
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
  /** Reads one value of the policy. @returns its test, or why it is no value for this operator */
  readonly operand: (text: string, variables: boolean) => Result<Test>;
}

export type Family = 'string' | 'numeric' | 'date' | 'bool' | 'binary' | 'ip' | 'arn';
/** The request is there for the values of variables. */
export type Test = (value: ContextValue, request: AccessRequest) => boolean;

const positive = (family: Family, operand: Operator['operand']): Operator => ({ family, negated: false, operand });

const not = (operator: Operator): Operator => ({ ...operator, negated: true });

/** Operands in which variables stand for the request's values. @param compile undefined: no operand can be made */
const templated =
  (wildcards: boolean, compile: (tokens: readonly Token[]) => ((value: ContextValue) => boolean) | undefined) =>
  (text: string, variables: boolean): Result<Test> => {
    const template = parseTemplate(text, { wildcards, variables });
    if (!template.ok) return template;
    const pieces = template.value;
    if (isTokens(pieces)) {
      const test = compile(pieces);
      return test === undefined ? fault('type-mismatch', `${quoted(text)} is no ARN: write all six parts`) : ok(test);
    }
    // Made anew for each request: only policies with variables pay for it.
    return ok((value, request) => {
      const tokens = substitute(pieces, lookupIn(request), LONGEST_FOLD * value.text.length);
      return typeof tokens !== 'string' && compile(tokens)?.(value) === true;
    });
  };

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
  (text: string): Result<Test> => {
    const operand = read(text);
    if (operand === undefined) return fault('type-mismatch', `${quoted(text)} is not ${say}`);
    return ok((value) => {
      const given = form(value);
      return given !== undefined && compare(given, operand);
    });
  };

const string = (wildcards: boolean, compile: Parameters<typeof templated>[1]): Operator =>
  positive('string', templated(wildcards, compile));

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
  StringEquals: string(false, (tokens) => {
    const wanted = plain(tokens);
    return ({ text }) => text === wanted;
  }),
  StringEqualsIgnoreCase: string(false, (tokens) => {
    const wanted = plain(tokens).toLowerCase();
    return ({ lower }) => lower === wanted;
  }),
  StringLike: string(true, (tokens) => {
    const glob = new Glob(tokens);
    return (value) => glob.matches(value);
  }),
  NumericEquals: numeric(equal),
  DateEquals: date(equal),
  IpAddress: positive('ip', (text) => {
    const range = parseCidr(text);
    if (!range.ok) return range;
    return ok(inRange(range.value));
  }),
  ArnLike: positive(
    'arn',
    templated(true, (tokens) => {
      const pattern = ArnPattern.of(tokens);
      return pattern && (({ arn }) => arn !== undefined && pattern.matches(arn));
    }),
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
        ({ text }) => parseBase64(text),
        (a, b) => a === b,
      ),
    ),
    NotIpAddress: not(base.IpAddress),
    ArnNotLike: not(base.ArnLike),
    // AWS: "ArnEquals and ArnLike behave identically."
    ArnEquals: base.ArnLike,
    ArnNotEquals: not(base.ArnLike),
  }),
);
