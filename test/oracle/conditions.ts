/** One entry of a Condition element (IAM: Condition operators; Single-valued vs. multivalued context keys). */
import { type Lookup, matches, readPattern, splitArn, splitArnPattern } from './glob.js';
import type { Context, ContextValue, Scalar } from './types.js';
import { compareDecimals, type Decimal, isInside, readAddress, readBytes, readDecimal, readInstant } from './values.js';

/** Whether one request value passes against one policy value. A value that does not parse matches nothing (reading U15). */
type Test = (requested: string, listed: string, lookup: Lookup | undefined) => boolean;

function ordered(read: (text: string) => Decimal | undefined, accepts: (order: number) => boolean): Test {
  return (requested, listed) => {
    const [left, right] = [read(requested), read(listed)];
    return left !== undefined && right !== undefined && accepts(compareDecimals(left, right));
  };
}

/** The policy's text with its variables replaced, no wildcards. */
function literalText(listed: string, lookup: Lookup | undefined): string | undefined {
  const tokens = readPattern(listed, false, lookup);
  return tokens?.map((token) => (token.is === 'character' ? token.character : '')).join('');
}

const stringEquals: Test = (requested, listed, lookup) => requested === literalText(listed, lookup);

const stringEqualsIgnoreCase: Test = (requested, listed, lookup) =>
  requested.toLowerCase() === literalText(listed, lookup)?.toLowerCase();

const stringLike: Test = (requested, listed, lookup) => {
  const tokens = readPattern(listed, true, lookup);
  return tokens !== undefined && matches(tokens, requested);
};

/** The six parts are compared one by one, after the variables have been replaced. */
const arnLike: Test = (requested, listed, lookup) => {
  const tokens = readPattern(listed, true, lookup);
  const patterns = tokens && splitArnPattern(tokens);
  const parts = splitArn(requested);
  if (!patterns || !parts) return false;
  return patterns.every((pattern, index) => matches(pattern, parts[index]!));
};

const bool: Test = (requested, listed) => (requested === 'true' || requested === 'false') && requested === listed;

const binaryEquals: Test = (requested, listed) => {
  const bytes = readBytes(requested);
  return bytes !== undefined && bytes === readBytes(listed);
};

const ipAddress: Test = (requested, listed) => {
  const address = readAddress(requested);
  return address !== undefined && isInside(address, listed);
};

const positive: Readonly<Record<string, Test>> = {
  StringEquals: stringEquals,
  StringEqualsIgnoreCase: stringEqualsIgnoreCase,
  StringLike: stringLike,
  NumericEquals: ordered(readDecimal, (order) => order === 0),
  NumericLessThan: ordered(readDecimal, (order) => order < 0),
  NumericLessThanEquals: ordered(readDecimal, (order) => order <= 0),
  NumericGreaterThan: ordered(readDecimal, (order) => order > 0),
  NumericGreaterThanEquals: ordered(readDecimal, (order) => order >= 0),
  DateEquals: ordered(readInstant, (order) => order === 0),
  DateLessThan: ordered(readInstant, (order) => order < 0),
  DateLessThanEquals: ordered(readInstant, (order) => order <= 0),
  DateGreaterThan: ordered(readInstant, (order) => order > 0),
  DateGreaterThanEquals: ordered(readInstant, (order) => order >= 0),
  Bool: bool,
  BinaryEquals: binaryEquals,
  IpAddress: ipAddress,
  ArnEquals: arnLike,
  ArnLike: arnLike,
};

/** A negated operator and the one that it negates. */
const negated: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  NumericNotEquals: 'NumericEquals',
  DateNotEquals: 'DateEquals',
  NotIpAddress: 'IpAddress',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
};

/** Every operator but Null, without qualifier and IfExists. */
export const baseOperators: readonly string[] = [...Object.keys(positive), ...Object.keys(negated)];

export interface Operator {
  qualifier: 'ForAllValues' | 'ForAnyValue' | undefined;
  base: string;
  ifExists: boolean;
}

/** `[ForAllValues:|ForAnyValue:]Base[IfExists]` */
export function readOperator(name: string): Operator {
  const colon = name.indexOf(':');
  const qualifier = colon === -1 ? undefined : name.slice(0, colon);
  const rest = name.slice(colon + 1);
  const ifExists = rest.endsWith('IfExists');
  return {
    qualifier: qualifier === 'ForAllValues' || qualifier === 'ForAnyValue' ? qualifier : undefined,
    base: ifExists ? rest.slice(0, -'IfExists'.length) : rest,
    ifExists,
  };
}

/** Condition key names compare without case, the tag part too (IAM: Condition). */
export function contextValue(context: Context, key: string): ContextValue | undefined {
  return Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
}

/** Only a single value can be put in for a variable; a key with several has none to give. */
export function variablesOf(context: Context): Lookup {
  return (key) => {
    const value = contextValue(context, key);
    return value === undefined || isSet(value) ? undefined : String(value);
  };
}

function isSet(value: ContextValue): value is readonly Scalar[] {
  return Array.isArray(value);
}

interface ConditionEntry {
  operator: string;
  key: string;
  values: readonly Scalar[];
}

/** Whether one operator is content with one key. `lookup` is given when the policy's Version knows variables. */
export function conditionHolds(
  entry: ConditionEntry,
  effect: 'Allow' | 'Deny',
  context: Context,
  lookup: Lookup | undefined,
): boolean {
  const { qualifier, base, ifExists } = readOperator(entry.operator);
  const value = contextValue(context, entry.key);
  // An empty set is an absent key (settled for Null and for ForAnyValue…IfExists).
  const absent = value === undefined || (isSet(value) && value.length === 0);

  if (base === 'Null') {
    if (qualifier === 'ForAllValues') return true;
    if (qualifier === 'ForAnyValue') return false;
    return entry.values.some((wanted) => String(wanted) === String(absent));
  }

  const isNegated = base in negated;
  const test = positive[negated[base] ?? base]!;
  const passes = (requested: Scalar) => {
    const listed = entry.values.some((one) => test(String(requested), String(one), lookup));
    return isNegated ? !listed : listed;
  };

  if (qualifier === 'ForAllValues') return absent || asSet(value).every(passes);
  if (qualifier === 'ForAnyValue') return absent ? ifExists : asSet(value).some(passes);
  // Reading U10: a set under a plain operator fails closed, an empty one too.
  if (value !== undefined && isSet(value)) return effect === 'Deny';
  if (value === undefined) return ifExists || isNegated;
  return passes(value);
}

/** A single-valued key under a set operator is a set of one. */
function asSet(value: ContextValue): readonly Scalar[] {
  return isSet(value) ? value : [value];
}
