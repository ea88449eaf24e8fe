/** Condition elements, drawn from what the request holds. */
import { baseOperators, conditionHolds, contextValue, readOperator } from '../conditions.js';
import { variablesIn } from '../document.js';
import type { ConditionElement, Context, OneOrMany, Scalar } from '../types.js';
import { arnNear, caseFlipped, cidrNear, type Dialect, numberNear, textNear } from './bend.js';
import { dateNear } from './dates.js';
import type { Random } from './random.js';
import { asJson, drawText, type Key, keys, type ValueType } from './vocabulary.js';

interface ConditionWish {
  effect: 'Allow' | 'Deny';
  /** Whether the whole element should hold; undefined for no preference. */
  holds: boolean | undefined;
  context: Context;
  dialect: Dialect;
  epoch: number;
}

interface Entry {
  operator: string;
  key: string;
  values: Scalar[];
}

export function drawCondition(random: Random, wish: ConditionWish): ConditionElement {
  const count = random.weighted(counts);
  // To fail, one entry that fails is enough.
  const failing = random.below(count);
  const element: Record<string, Record<string, OneOrMany<Scalar>>> = {};
  for (let i = 0; i < count; i++) {
    const wanted = wish.holds === false && i !== failing ? undefined : wish.holds;
    const entry = random.until(
      wanted === undefined ? 1 : 8,
      () => drawEntry(random, wish),
      (drawn) => conditionHolds(drawn, wish.effect, wish.context, lookupOf(wish)) === wanted,
    );
    element[entry.operator] ??= {};
    const block = element[entry.operator]!;
    if (Object.keys(block).some((name) => name.toLowerCase() === entry.key.toLowerCase())) continue;
    block[entry.key] = entry.values.length === 1 && random.chance(0.6) ? entry.values[0]! : entry.values;
  }
  if (random.chance(0.01)) element.StringEquals ??= {};
  return element;
}

const counts = [
  [5, 1],
  [4, 2],
  [2, 3],
  [1, 4],
] as const;

function lookupOf(wish: ConditionWish) {
  return variablesIn({ Version: wish.dialect.version, Statement: [] }, wish.context);
}

function drawEntry(random: Random, wish: ConditionWish): Entry {
  if (random.chance(0.09)) {
    const qualifier = random.weighted([
      [70, ''],
      [15, 'ForAllValues:'],
      [15, 'ForAnyValue:'],
    ]);
    const key = drawKey(random, wish, keys);
    return {
      operator: `${qualifier}Null`,
      key: spelledKey(random, key),
      values: [asJson(random.pick(['true', 'false']), { type: 'bool' }, random)],
    };
  }
  const base = random.pick(baseOperators);
  const key = drawKey(random, wish, keysFor(base));
  const qualifier = random.weighted([
    [key.many ? 0 : 55, ''],
    [key.array || key.many ? 60 : 18, 'ForAllValues:'],
    [key.array || key.many ? 60 : 18, 'ForAnyValue:'],
  ]);
  const ifExists = random.chance(0.35) ? 'IfExists' : '';
  const value = contextValue(wish.context, key.name);
  const held = value === undefined ? [] : Array.isArray(value) ? value.map(String) : [String(value)];
  const count = base === 'Bool' ? random.pick([1, 1, 1, 1, 1, 2]) : random.pick([1, 1, 1, 2, 2, 3, 4]);
  const values = random.times(count, () => drawValue(random, base, key, held, wish));
  return { operator: `${qualifier}${base}${ifExists}`, key: spelledKey(random, key), values };
}

function spelledKey(random: Random, key: Key): string {
  return random.chance(0.1) ? caseFlipped(random, key.name) : key.name;
}

/** Keys that the request holds are drawn more often. */
function drawKey(random: Random, wish: ConditionWish, candidates: readonly Key[]): Key {
  return random.until(
    random.pick([1, 4, 4]),
    () => random.pick(candidates),
    (key) => contextValue(wish.context, key.name) !== undefined,
  );
}

type Family = ValueType;

export function familyOf(operator: string): Family {
  const { base } = readOperator(operator);
  if (base.startsWith('String')) return 'string';
  if (base.startsWith('Numeric')) return 'number';
  if (base.startsWith('Date')) return 'date';
  if (base.startsWith('Arn')) return 'arn';
  if (base.endsWith('IpAddress')) return 'ip';
  return base === 'Bool' ? 'bool' : 'binary';
}

/** Keys of the operator's type; seldom others, whose values the operator cannot read. */
function keysFor(base: string): Key[] {
  const family = familyOf(base);
  const own = keys.filter((key) => key.type === family || (family === 'number' && key.name === 'aws:EpochTime'));
  if (family === 'string') return [...own, ...own, ...own, ...keys];
  // One to three digits are no date that anybody has settled, and a word may be base64.
  const readable = family === 'date' || family === 'binary' ? [] : keys.filter((key) => key.free && !key.many);
  return [...own, ...own, ...own, ...own, ...readable];
}

function drawValue(random: Random, base: string, key: Key, held: readonly string[], wish: ConditionWish): Scalar {
  const { context, dialect, epoch } = wish;
  const source = held.length > 0 && random.chance(0.8) ? random.pick(held) : drawText(key, random, epoch);
  switch (familyOf(base)) {
    case 'number':
      return asJson(numberNear(random, source), { type: 'number' }, random);
    case 'date':
      return asJson(dateNear(random, source, epoch), { type: 'date' }, random);
    case 'ip':
      return cidrNear(random, source);
    case 'arn':
      return arnNear(random, source, context, dialect);
    case 'bool':
      return asJson(random.pick(['true', 'false']), { type: 'bool' }, random);
    case 'binary':
      return /^[A-Za-z0-9+/=]*$/.test(source) && source.length % 4 === 0 ? source : 'aGVsbG8=';
    case 'string':
      return drawString(random, base, source, wish);
  }
}

function drawString(random: Random, base: string, source: string, wish: ConditionWish): Scalar {
  const { context, dialect } = wish;
  const isLike = base.endsWith('Like');
  const text = textNear(random, source, context, dialect, isLike) ?? random.pick(['blue', 'red*', 'Alice']);
  if (base.endsWith('IgnoreCase') && !text.includes('${')) return caseFlipped(random, text);
  if (/^(true|false)$/.test(text)) return asJson(text, { type: 'bool' }, random);
  return asJson(text, { type: 'number' }, random);
}
