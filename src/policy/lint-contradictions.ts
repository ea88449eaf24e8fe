import { splitArn } from './arn.js';
import { finding } from './finding.js';
import { quoted } from './issue.js';
import { type ConditionTest, holdsFor, type Linted, type LintedStatement, type StatementRule } from './linted.js';
import { witnesses } from './witnesses.js';

/** Tests of one key that no value passes together, nor a call without the key. */
export const contradictionRules: readonly StatementRule[] = [
  function* contradictions(statement, policy) {
    for (const tests of byKey(statement.tests)) {
      const last = tests.at(-1)!;
      const fixed = statement.isAllow ? FIXED.get(last.key) : undefined;
      if (tests.length === 1 && fixed === undefined) continue;
      // A variable may stand for any value, so a test with one is taken to hold.
      const certain = tests.filter(
        ({ values }) => !policy.variables || !values.some(({ text }) => text.includes('${')),
      );
      const values = fixed ?? valuesFor(certain, statement);
      if (values === null || !isAffordable(values, certain, policy)) continue;
      if (values.some((value) => certain.every((test) => holdsFor(test, value, statement)))) continue;
      yield finding('contradictory-conditions', last.pointer, detailOf(last, tests, fixed));
    }
  },
];

function byKey(tests: readonly ConditionTest[]): Iterable<readonly ConditionTest[]> {
  const groups = new Map<string, ConditionTest[]>();
  for (const test of tests) {
    const group = groups.get(test.key);
    if (group === undefined) groups.set(test.key, [test]);
    else group.push(test);
  }
  return groups.values();
}

/** What some keys hold in every call; a Deny that asks for something else is a precaution that many policies take. */
const FIXED: ReadonlyMap<string, readonly string[]> = new Map([
  ['aws:securetransport', ['true']],
  ['aws:viaawsservice', ['false']],
]);

function detailOf(last: ConditionTest, tests: readonly ConditionTest[], fixed: readonly string[] | undefined): string {
  const never = 'the statement never matches';
  if (fixed !== undefined)
    return `${quoted(last.keyText)} is \`${fixed[0]}\` in every call of a private API: ${never}; drop the test`;
  const operators = tests.map(({ operatorText }) => `\`${operatorText}\``).join(' and ');
  return `no value of ${quoted(last.keyText)} passes ${operators}: ${never}; put the alternatives into one list, or into two statements`;
}

/**
 * What a call may hold under a key, as far as it can make a difference: undefined for its absence. Null where that
 * cannot be told.
 */
function valuesFor(
  tests: readonly ConditionTest[],
  statement: LintedStatement,
): readonly (string | undefined)[] | null {
  const [first] = tests;
  if (first === undefined || mayHoldSet(first, tests, statement)) return null;
  const demandsAbsence = tests.some(
    ({ name, values }) =>
      name.operator === null && name.qualifier === null && values.every(({ text }) => text === 'true'),
  );
  if (demandsAbsence) return [undefined];
  const listed = tests.find(listsValues);
  if (listed !== undefined) return [undefined, ...listed.values.map(({ text }) => text)];
  const compared = tests.flatMap(({ name }) => name.operator ?? []);
  const family = compared[0]?.family;
  if (family === undefined || compared.some((operator) => operator.family !== family)) return null;
  const operands = tests.flatMap(({ name, values }) => (name.operator === null ? [] : values.map(({ text }) => text)));
  const values = operands.length > MOST_OPERANDS ? null : witnesses[family](operands);
  return values && [undefined, ...values];
}

/** Beyond this the values to try would be too many anyway. */
const MOST_OPERANDS = 100;

/** A key that may come with a set passes tests in more ways than a value shows. */
function mayHoldSet({ known }: ConditionTest, tests: readonly ConditionTest[], { isAllow }: LintedStatement): boolean {
  if (known !== undefined) return known.multivalued;
  // Without a qualifier a set fails in an Allow, and holds in a Deny (reading U10).
  return !isAllow || !tests.some(({ name }) => name.operator !== null && name.qualifier === null);
}

/** Whether a present value passes only if it is one of those in the policy. */
function listsValues({ name, values }: ConditionTest): boolean {
  if (name.operator?.negated !== false) return false;
  if (name.base === 'StringEquals') return true;
  return (
    name.operator.family === 'arn' && values.every(({ text }) => !/[*?]/.test(text) && splitArn(text) !== undefined)
  );
}

/** A comparison reads the text of its operand. */
const isAffordable = (values: readonly unknown[], tests: readonly ConditionTest[], { budget }: Linted): boolean =>
  budget.spend(values.length * tests.reduce((sum, test) => sum + lengthOf(test), 0));

const lengthOf = ({ values }: ConditionTest): number => values.reduce((sum, { text }) => sum + text.length, 0);
