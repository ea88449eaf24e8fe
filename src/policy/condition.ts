import { lowerKey } from './condition-keys.js';
import { type ConditionBlock, type ConditionValue, type Effect, many, type OneOrMany } from './document.js';
import { type Comparison, type Operator, operators, type Test } from './operators.js';
import { type AccessRequest, type ContextEntry, ContextValue } from './request.js';
import { exactly, Shared } from './shared.js';
import { parseBoolean, textOf } from './values.js';
import { work } from './work.js';

/** An operator as a policy writes it, taken apart: `[ForAllValues:|ForAnyValue:]Base[IfExists]`. */
export interface OperatorName {
  /** As a policy writes it. */
  readonly text: string;
  readonly qualifier: 'ForAllValues' | 'ForAnyValue' | null;
  readonly base: string;
  readonly ifExists: boolean;
  /** Null for `Null`, which compares nothing. */
  readonly operator: Operator | null;
}

const QUALIFIED = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/;

/** @returns undefined for an operator that AWS does not have; names are case-sensitive (reading U20) */
export const parseOperator = (text: string): OperatorName | undefined =>
  names.of(text, () => readOperator(text) ?? null) ?? undefined;

const names = new Shared<OperatorName | null>();

function readOperator(text: string): OperatorName | undefined {
  const [, qualifier = null, base = '', suffix] = QUALIFIED.exec(text) ?? [];
  const ifExists = suffix !== undefined;
  const operator = operators.get(base) ?? null;
  if (operator === null && (base !== 'Null' || ifExists)) return undefined;
  return { text, qualifier: qualifier as OperatorName['qualifier'], base, ifExists, operator };
}

/** One operator on one key, with the values of the policy. What every call reads comes first, to be in one cache line. */
export interface Condition {
  readonly key: string;
  readonly name: OperatorName;
  /** Whether a value equals one of the policy's, in the operator's positive form. */
  readonly test: Test;
  readonly operands: readonly Operand[];
  /** As the policy writes it. */
  readonly keyText: string;
}

/** One value of the policy. */
export interface Operand extends Comparison {
  readonly text: string;
}

/** @param block a Condition element that has been parsed: every operator is known, every value readable */
export function compileConditions(block: ConditionBlock, variables: boolean): readonly Condition[] {
  const conditions: Condition[] = [];
  for (const operatorText in block) {
    const name = parseOperator(operatorText);
    const keys = block[operatorText];
    if (name === undefined || keys === undefined) continue;
    for (const keyText in keys) {
      const values = keys[keyText]!;
      // Neither the operator nor JSON leaves open where it ends.
      const says = `${operatorText} ${variables} ${JSON.stringify(values)} ${keyText}`;
      conditions.push(known.of(says, () => compileCondition(name, keyText, values, variables)));
    }
  }
  return exactly(conditions);
}

const known = new Shared<Condition>();

function compileCondition(
  name: OperatorName,
  keyText: string,
  values: OneOrMany<ConditionValue>,
  variables: boolean,
): Condition {
  const operands = many(values).map((value) => operand(name, textOf(value), variables));
  return Object.freeze({ key: lowerKey(keyText), name, test: anyOf(operands, name.operator), operands, keyText });
}

function anyOf(operands: readonly Operand[], operator: Operator | null): Test {
  const [first] = operands;
  if (first === undefined) return () => false;
  if (operands.length === 1) return first.test;
  if (operands.length > FEW && operator?.form) return oneOf(operands, operator.form);
  return (value, request) => {
    work.steps += operands.length;
    for (let at = 0; at < operands.length; at++) if (operands[at]!.test(value, request)) return true;
    return false;
  };
}

/** Up to here, comparing is faster than to look up a text that nobody has hashed. */
const FEW = 8;

/** Texts that a value is, or is not: looked up, whatever their number, but for those with variables. */
function oneOf(operands: readonly Operand[], form: NonNullable<Operator['form']>): Test {
  const texts = new Set(operands.map(({ only }) => only));
  texts.delete(null);
  const others = operands.filter(({ only }) => only === null);
  return (value, request) => {
    work.steps += others.length + 1;
    const text = form(value);
    return text !== undefined && (texts.has(text) || others.some(({ test }) => test(value, request)));
  };
}

function operand(name: OperatorName, text: string, variables: boolean): Operand {
  if (name.operator === null) return { text, ...NEVER };
  const read = name.operator.operand(text, variables);
  // An operand that cannot be read equals nothing, which denies through a negated operator too.
  return { text, ...(read.ok ? read.value : NEVER) };
}

const NEVER: Comparison = { test: () => false, only: null };

/**
 * IAM User Guide, "Conditions with multiple context keys or values" and "Single-valued vs. multivalued context keys".
 * @param entry what the request holds under the condition's key
 * @param effect of the statement: a set under an operator without qualifier fails closed (reading U10)
 * @param request for the values of variables
 */
export function holds(
  { name, operands, test }: Condition,
  entry: ContextEntry | undefined,
  effect: Effect,
  request: AccessRequest,
): boolean {
  const { qualifier, operator } = name;
  const absent = entry === undefined || (entry.multivalued && entry.values.length === 0);
  if (operator === null) {
    if (qualifier !== null) return qualifier === 'ForAllValues';
    return operands.some(({ text }) => parseBoolean(text) === absent);
  }
  if (qualifier === null) {
    if (entry === undefined) return operator.negated || name.ifExists;
    return entry instanceof ContextValue ? test(entry, request) !== operator.negated : effect === 'Deny';
  }
  if (absent) return qualifier === 'ForAllValues' || name.ifExists;
  // ForAllValues asks for no value that fails, ForAnyValue for one that does not.
  const wanted = qualifier === 'ForAnyValue';
  for (const value of entry.values) {
    if ((test(value, request) !== operator.negated) === wanted) return wanted;
  }
  return !wanted;
}
