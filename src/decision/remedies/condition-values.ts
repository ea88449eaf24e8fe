import { type Condition, holds } from '../../policy/condition.js';
import { conditionKey, type KeyType } from '../../policy/condition-keys.js';
import { type ConditionValue, many, type OneOrMany, type Statement } from '../../policy/document.js';
import { quoted } from '../../policy/issue.js';
import type { Family } from '../../policy/operators.js';
import {
  type AccessRequest,
  type ContextEntry,
  type ContextValue,
  lookupIn,
  parseContext,
} from '../../policy/request.js';
import { parseDecimal, parseInstant } from '../../policy/values.js';
import { isTokens, parseTemplate, substitute } from '../../policy/variables.js';
import { literal } from './exactly.js';

/** What a request may hold under a key instead: as JSON, undefined for nothing, and as it is read. */
export interface Alternative {
  readonly value: unknown;
  readonly entry: ContextEntry | undefined;
  /** Whether it stands for any other value. */
  readonly sample: boolean;
}

/** How many values of a policy are tried. */
const TRIED = 3;

/**
 * What the request could hold under a condition's key so that the condition holds, or does not: values of the policy
 * first, then none at all, then some other. Tried with the matcher, not reasoned about.
 */
export function alternatives(
  condition: Condition,
  wanted: boolean,
  request: AccessRequest,
  effect: Statement['Effect'],
): Alternative[] {
  const passes = (entry: ContextEntry | undefined): boolean => holds(condition, entry, effect, request) === wanted;
  return candidates(condition, request, passes).flatMap((value): Alternative[] => {
    const read = value === undefined ? { value, entry: undefined } : readAs(condition.keyText, value);
    return read !== null && passes(read.entry) ? [{ ...read, sample: ALL_SAMPLES.has(value) }] : [];
  });
}

function readAs(name: string, value: unknown): Omit<Alternative, 'sample'> | null {
  const { entries, issues } = parseContext({ [name]: value }, '');
  const entry = entries.get(name.toLowerCase());
  return issues.length > 0 || entry === undefined ? null : { value, entry };
}

function candidates(
  { name, operands, key }: Condition,
  request: AccessRequest,
  passes: (entry: ContextEntry | undefined) => boolean,
): unknown[] {
  const known = conditionKey(key);
  const family = name.operator?.family ?? FAMILIES[known?.type ?? 'string'];
  const values = operands.slice(0, TRIED).flatMap(({ text }) => near(family, name.base, text, request));
  const before = request.context.get(key);
  if (!(before?.multivalued ?? known?.multivalued)) {
    // To send nothing where something was sent is the least likely to be meant.
    const nothingFirst = before === undefined || name.operator === null;
    return [...values, ...(nothingFirst ? [undefined, ...SAMPLES[family]] : [...SAMPLES[family], undefined])];
  }
  // Of a set the values that are in the way may be left out, or one be added.
  const texts = before?.values.map(({ text }) => text) ?? [];
  const harmless = texts.filter((text) => {
    const read = readAs(key, [text]);
    return read !== null && passes(read.entry);
  });
  const more = [...values, ...SAMPLES[family]];
  return [harmless, ...more.map((value) => [...texts, value]), ...more.map((value) => [value]), undefined];
}

/** The operators for a key's type. */
const FAMILIES: Readonly<Record<KeyType, Family>> = {
  string: 'string',
  arn: 'arn',
  ip: 'ip',
  numeric: 'numeric',
  epoch: 'numeric',
  date: 'date',
  bool: 'bool',
};

/** Values that are likely to be none of a policy's. */
const SAMPLES: Readonly<Record<Family, readonly string[]>> = {
  string: ['other'],
  numeric: ['0', '1'],
  date: ['2020-01-01T00:00:00Z', '2040-01-01T00:00:00Z'],
  bool: ['true', 'false'],
  binary: ['AA=='],
  ip: ['192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1'],
  arn: ['arn:aws:iam::000000000000:user/other'],
};

const ALL_SAMPLES: ReadonlySet<unknown> = new Set(
  Object.values(SAMPLES)
    .flat()
    .filter((value) => value !== 'true' && value !== 'false'),
);

/** Values at and around one of the policy's. */
function near(family: Family, base: string, text: string, request: AccessRequest): string[] {
  if (family === 'string' || family === 'arn')
    return instances(text, family === 'arn' || base.includes('Like'), request);
  if (family === 'ip') return [text.split('/', 1)[0]!];
  if (family === 'numeric') {
    const number = parseDecimal(text)?.near;
    const whole = number !== undefined && Number.isSafeInteger(Math.trunc(number)) ? Math.trunc(number) : null;
    return whole === null ? [text] : [text, String(whole + 1), String(whole - 1)];
  }
  if (family === 'date') {
    const ms = parseInstant(text)?.ms;
    return ms === undefined ? [text] : [text, ...[ms + 1000, ms - 1000].flatMap(isoDate)];
  }
  return [text];
}

/** The years that four digits can say. */
const isoDate = (ms: number): string[] =>
  ms > -62_167_219_200_000 && ms < 253_402_300_800_000 ? [new Date(ms).toISOString().replace('.000Z', 'Z')] : [];

/** A text that a pattern covers: each wildcard is an `x`. */
function instances(text: string, wildcards: boolean, request: AccessRequest): string[] {
  // Where the policy has no variables, none of these is a value: they are tried, and fail.
  const template = parseTemplate(text, { wildcards, variables: true });
  if (!template.ok) return [text];
  const tokens = isTokens(template.value) ? template.value : substitute(template.value, lookupIn(request), 4096);
  if (typeof tokens === 'string') return [];
  return [tokens.map((token) => ('text' in token ? token.text : 'x')).join(''), text];
}

/**
 * A statement of which one condition judges the request the other way: its list has the request's value, or has it no
 * more. Null where a value alone does not do it, as for an absent key.
 * @param wanted whether the condition shall hold
 */
export function adjustedCondition(
  written: Statement,
  condition: Condition,
  request: AccessRequest,
  variables: boolean,
  wanted: boolean,
): { readonly statement: Statement; readonly summary: string } | null {
  const { name, keyText, key, operands } = condition;
  const operatorText = name.text;
  const entry = request.context.get(key);
  if (name.operator === null || entry === undefined) return null;
  const { family, negated } = name.operator;
  const before = many(written.Condition?.[operatorText]?.[keyText] as OneOrMany<ConditionValue>);
  const adds = wanted !== negated;
  const hits = (value: ContextValue): boolean => operands.some(({ test }) => test(value, request));
  const moved = entry.values.filter((value) => hits(value) !== adds);
  const texts = (name.qualifier === 'ForAnyValue' && adds ? moved.slice(0, 1) : moved).map(({ text }) => text);
  const after = adds
    ? [...before, ...texts.map((text) => operandFor(family, text, variables))]
    : before.filter((_, at) => !moved.some((value) => operands[at]?.test(value, request)));
  if (after.length === 0 || after.length === before.length) return null;
  const tests = { ...written.Condition?.[operatorText], [keyText]: after };
  const list = texts.slice(0, TRIED).map(quoted).join(', ');
  return {
    statement: { ...written, Condition: { ...written.Condition, [operatorText]: tests } },
    summary: `${adds ? `add ${list} to` : `take ${list} from`} the ${quoted(operatorText)} of ${quoted(keyText)}`,
  };
}

/** A value of a request as one of a policy: text that means itself. */
const operandFor = (family: Family, text: string, variables: boolean): string =>
  family === 'arn'
    ? literal(text, variables, 'resource').text
    : family === 'string' && variables
      ? text.replace(/\$(?=\{)/g, '${$}')
      : text;
