import type { ConditionBlock, ConditionValue, Effect } from './document.js';
import { each } from './document.js';
import { pointerTo } from './issue.js';
import { isAboutPrincipal } from './keys.js';
import { type Operator, operators, type Test } from './operators.js';
import type { AccessRequest, ContextEntry, ContextValue } from './request.js';
import { parseBoolean, textOf } from './values.js';

/** An operator as a policy writes it, taken apart: `[ForAllValues:|ForAnyValue:]Base[IfExists]`. */
export interface OperatorName {
  readonly qualifier: 'ForAllValues' | 'ForAnyValue' | null;
  readonly base: string;
  readonly ifExists: boolean;
  /** Null for `Null`, which compares nothing. */
  readonly operator: Operator | null;
}

const QUALIFIED = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/;

/** @returns undefined for an operator that AWS does not have; names are case-sensitive (reading U20) */
export function parseOperator(text: string): OperatorName | undefined {
  const [, qualifier = null, base = '', suffix] = QUALIFIED.exec(text) ?? [];
  const ifExists = suffix !== undefined;
  const operator = operators.get(base) ?? null;
  if (operator === null && (base !== 'Null' || ifExists)) return undefined;
  return { qualifier: qualifier as OperatorName['qualifier'], base, ifExists, operator };
}

/** One operator on one key, with the values of the policy. */
export interface Condition {
  readonly pointer: string;
  /** As the policy writes it. */
  readonly operatorText: string;
  readonly name: OperatorName;
  /** As the policy writes it. */
  readonly keyText: string;
  readonly key: string;
  readonly aboutPrincipal: boolean;
  readonly operands: readonly Operand[];
}

export interface Operand {
  readonly text: string;
  readonly test: Test;
}

/** @param block a Condition element that has been parsed: every operator is known, every value readable */
export function compileConditions(block: ConditionBlock, pointer: string, variables: boolean): Condition[] {
  return Object.entries(block).flatMap(([operatorText, keys]) => {
    const name = parseOperator(operatorText);
    if (name === undefined) return [];
    return Object.entries(keys).map(([keyText, values]): Condition => {
      const operands = [...each<ConditionValue>(values)].map(([value]) => operand(name, textOf(value), variables));
      const key = keyText.toLowerCase();
      return {
        pointer: pointerTo(pointerTo(pointer, operatorText), keyText),
        operatorText,
        name,
        keyText,
        key,
        aboutPrincipal: isAboutPrincipal(key),
        operands,
      };
    });
  });
}

function operand(name: OperatorName, text: string, variables: boolean): Operand {
  if (name.operator === null) return { text, test: () => false };
  const read = name.operator.operand(text, variables);
  // An operand that cannot be read equals nothing, which denies through a negated operator too.
  return { text, test: read.ok ? read.value : () => false };
}

/**
 * IAM User Guide, "Conditions with multiple context keys or values" and "Single-valued vs. multivalued context keys".
 * @param entry what the request holds under the condition's key
 * @param effect of the statement: a set under an operator without qualifier fails closed (reading U10)
 * @param request for the values of variables
 */
export function holds(
  { name, operands }: Condition,
  entry: ContextEntry | undefined,
  effect: Effect,
  request: AccessRequest,
): boolean {
  const { qualifier, operator } = name;
  const absent = entry === undefined || entry.values.length === 0;
  if (operator === null) {
    if (qualifier !== null) return qualifier === 'ForAllValues';
    return operands.some(({ text }) => parseBoolean(text) === absent);
  }
  if (qualifier === null) {
    if (entry === undefined) return operator.negated || name.ifExists;
    return entry.multivalued ? effect === 'Deny' : matchesAny(operands, entry.values[0]!, request) !== operator.negated;
  }
  if (absent) return qualifier === 'ForAllValues' || name.ifExists;
  // ForAllValues asks for no value that fails, ForAnyValue for one that does not.
  const wanted = qualifier === 'ForAnyValue';
  for (const value of entry.values) {
    if ((matchesAny(operands, value, request) !== operator.negated) === wanted) return wanted;
  }
  return !wanted;
}

/** Whether a value equals one of the policy's, in the operator's positive form. */
export function matchesAny(operands: readonly Operand[], value: ContextValue, request: AccessRequest): boolean {
  for (const { test } of operands) if (test(value, request)) return true;
  return false;
}
