import { parseArn } from './arn.js';
import type { Condition, Operand } from './condition.js';
import { quoted } from './issue.js';
import { missOfText } from './miss.js';
import type { Family } from './operators.js';
import type { AccessRequest, ContextEntry, ContextValue } from './request.js';
import type { Asked } from './trace.js';
import { type Compared, missOfTemplate, nearestBy } from './trace-miss.js';
import { parseBase64, parseBoolean } from './values.js';
import { parseTemplate } from './variables.js';

/**
 * What a condition compared, and the rule that decided where it was none of the operator's own: IAM User Guide,
 * "Conditions with multiple context keys or values", "Condition operators" (IfExists, Null, absent keys).
 */
export function conditionDetail(condition: Condition, entry: ContextEntry | undefined, asked: Asked): string {
  const { name, keyText } = condition;
  const key = quoted(keyText);
  if (name.operator === null) return nullDetail(condition, entry === undefined || entry.values.length === 0);
  const absent = `${key} is absent from the request${absenceRule(condition)}`;
  if (entry === undefined) return absent;
  if (name.qualifier !== null) return entry.values.length === 0 ? absent : setDetail(condition, entry, asked);
  if (entry.multivalued) {
    return `${key} holds a set, which ${quoted(condition.name.text)} cannot compare without ForAnyValue or ForAllValues: a Deny applies, an Allow does not`;
  }
  return `${key} holds ${comparison(condition, entry.values[0]!, asked, ', which')}`;
}

function nullDetail({ name, operands, keyText }: Condition, absent: boolean): string {
  if (name.qualifier !== null) {
    return `\`${name.qualifier}:Null\` is ${String(name.qualifier === 'ForAllValues')} of every request`;
  }
  const state = `${quoted(keyText)} is ${absent ? 'absent from' : 'present in'} the request`;
  const wanted = operands.map(({ text }) => (parseBoolean(text) === true ? 'absent' : 'present'));
  return `${state}, and Null asks for it to be ${wanted.includes('absent') && wanted.includes('present') ? 'either' : wanted[0]}`;
}

function absenceRule({ name: { qualifier, operator, ifExists } }: Condition): string {
  if (qualifier === 'ForAllValues') return ', and ForAllValues is true of an absent key';
  if (qualifier === 'ForAnyValue') {
    return ifExists ? ', and IfExists is true of an absent key' : ', and ForAnyValue is false of an absent key';
  }
  if (operator?.negated) return ', and a negated operator is true of an absent key';
  return ifExists
    ? ', and IfExists is true of an absent key'
    : ', and only a negated operator is true of an absent key';
}

/** A set under ForAllValues or ForAnyValue: the value that decided. */
function setDetail(condition: Condition, { values }: ContextEntry, asked: Asked): string {
  const { name, operands, keyText } = condition;
  const all = name.qualifier === 'ForAllValues';
  const passes = (value: ContextValue): boolean =>
    condition.test(value, asked.request) !== (name.operator?.negated ?? false);
  const deciding = values.find((value) => passes(value) !== all);
  if (deciding !== undefined)
    return `of the values of ${quoted(keyText)}, ${comparison(condition, deciding, asked, '')}`;
  const each = all !== (name.operator?.negated ?? false);
  return `of the values of ${quoted(keyText)}, ${each ? 'each' : 'none'} ${relationOf(name.base).is} ${list(operands)}`;
}

/** One value against the policy's: the positive form is told, and what a negated operator makes of it. */
function comparison(condition: Condition, value: ContextValue, asked: Asked, which: string): string {
  const { name, operands } = condition;
  const said = `${quoted(value.text)}${which}`;
  const relation = relationOf(name.base);
  const hit = operands.find(({ test }) => test(value, asked.request));
  const negated = name.operator?.negated === true;
  if (hit !== undefined) {
    return `${said} ${relation.is} ${quoted(hit.text)}${negated ? ', which the negated operator rules out' : ''}`;
  }
  if (!readable(name.operator!.family, value)) {
    return `${said} is ${KINDS[name.operator!.family]}, so it compares with nothing${negated ? ', and a negated operator is true' : ''}`;
  }
  const difference = operands.length > 0 ? nearest(condition, value, asked) : null;
  const one = `${relation.isNot} ${list(operands)}`;
  if (negated) return `${said} ${one}, so the negated operator matches`;
  return difference === null ? `${said} ${one}` : `${said} ${one}: ${difference}`;
}

/** How a sentence says that a value passes the positive form of an operator, or does not. */
const RELATIONS: Readonly<Record<string, { readonly is: string; readonly isNot: string }>> = {
  StringEqualsIgnoreCase: { is: 'is, but for letter case,', isNot: 'is not, in whatever case,' },
  StringLike: { is: 'is like', isNot: 'is not like' },
  NumericEquals: { is: 'equals', isNot: 'does not equal' },
  NumericLessThan: { is: 'is less than', isNot: 'is not less than' },
  NumericLessThanEquals: { is: 'is at most', isNot: 'is more than' },
  NumericGreaterThan: { is: 'is greater than', isNot: 'is not greater than' },
  NumericGreaterThanEquals: { is: 'is at least', isNot: 'is less than' },
  DateEquals: { is: 'is the same instant as', isNot: 'is not the same instant as' },
  DateLessThan: { is: 'is before', isNot: 'is not before' },
  DateLessThanEquals: { is: 'is not after', isNot: 'is after' },
  DateGreaterThan: { is: 'is after', isNot: 'is not after' },
  DateGreaterThanEquals: { is: 'is not before', isNot: 'is before' },
  IpAddress: { is: 'lies in', isNot: 'does not lie in' },
  ArnEquals: { is: 'is like', isNot: 'is not like' },
  ArnLike: { is: 'is like', isNot: 'is not like' },
};

/** `StringNotLike` tests what `StringLike` tests. */
const relationOf = (base: string): { readonly is: string; readonly isNot: string } =>
  RELATIONS[base.replace('Not', '')] ?? { is: 'is', isNot: 'is not' };

/** What a value is that its operator cannot read (reading U15). */
const KINDS: Readonly<Record<Family, string>> = {
  string: 'no text',
  numeric: 'no number',
  date: 'no date',
  bool: 'neither true nor false',
  binary: 'no base64',
  ip: 'no address',
  arn: 'no ARN',
};

function readable(family: Family, value: ContextValue): boolean {
  if (family === 'numeric') return value.decimal !== undefined;
  if (family === 'date') return value.instant !== undefined;
  if (family === 'ip') return value.address !== undefined;
  if (family === 'arn') return value.arn !== undefined;
  if (family === 'bool') return parseBoolean(value.text) !== undefined;
  return family !== 'binary' || parseBase64(value.text) !== undefined;
}

const SHOWN = 3;

/** `a`, `b` or `c`. */
function list(operands: readonly Operand[]): string {
  const shown = operands.slice(0, SHOWN).map(({ text }) => quoted(text));
  const more = operands.length - SHOWN;
  if (more > 0) return `${shown.join(', ')} or ${more} more`;
  return [shown.slice(0, -1).join(', '), shown.at(-1)].filter((part) => part !== '').join(` or `);
}

/** Where a text parts from the value of the policy that comes nearest; null for what is not compared by characters. */
function nearest({ name, operands }: Condition, value: ContextValue, { request, variables }: Asked): string | null {
  const family = name.operator?.family;
  if (family === 'arn') return arnDifference(operands, value, request, variables);
  if (family !== 'string') return null;
  const folds = name.base.includes('IgnoreCase');
  const fold = (text: string): string => (folds ? text.toLowerCase() : text);
  const said = fold(value.text);
  const wildcards = name.base.includes('Like');
  const compare = (text: string): Compared => {
    const template = parseTemplate(text, { wildcards, variables });
    return template.ok ? missOfTemplate(template.value, request, said) : null;
  };
  const texts = operands.map(({ text }) => fold(text));
  return nearestBy(texts, 'the request', said, compare)?.difference ?? null;
}

const PARTS = ['partition', 'service', 'region', 'account', 'resource'] as const;

/** ARNs compare part by part; only a lone operand without variables is told apart so. */
function arnDifference(
  operands: readonly Operand[],
  value: ContextValue,
  request: AccessRequest,
  variables: boolean,
): string | null {
  const [operand] = operands;
  if (operands.length !== 1 || operand === undefined || value.arn === undefined) return null;
  if (variables && operand.text.includes('${')) {
    const template = parseTemplate(operand.text, { wildcards: true, variables });
    const compared = template.ok ? missOfTemplate(template.value, request, value.text) : null;
    return compared !== null && 'unread' in compared ? `${quoted(operand.text)}: ${compared.unread}` : null;
  }
  const wanted = parseArn(operand.text);
  if (wanted === undefined) return null;
  for (const part of PARTS) {
    const said = value.arn[part];
    const nearest = nearestBy([wanted[part]], 'the request', said, (text) => missOfText(text, said));
    if (nearest !== null) return `in the ${part}, ${nearest.difference}`;
  }
  return null;
}
