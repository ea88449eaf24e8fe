import type { Budget } from './budget.js';
import { finding } from './finding.js';
import { quoted } from './issue.js';
import { type ConditionTest, type DocumentRule, holdsFor, type LintedStatement } from './linted.js';
import { witnesses } from './witnesses.js';

/** Allows of which nothing is left: one Deny matches all that they match, or two Denies do together. */
export const shadowRules: readonly DocumentRule[] = [
  function* shadows({ statements, budget }) {
    const denies = statements.filter(({ isAllow }) => !isAllow);
    for (const allow of statements) {
      if (!allow.isAllow) continue;
      const deny = denies.find((other) => implies(allow, other, budget) && other.reach.covers(allow.reach, budget));
      if (deny === undefined) continue;
      const detail = `every call that this Allow matches is denied by ${named(deny)}: narrow the Deny, or drop one of the two`;
      yield finding('shadowed-by-deny', allow.pointer, detail);
    }
  },
  // API Gateway's examples list several endpoints in one Deny; one Deny for each denies the calls through the others.
  function* exceptions({ statements, variables, budget }) {
    const seen: LintedStatement[] = [];
    for (const deny of statements) {
      const [test, ...others] = deny.isAllow ? [] : deny.tests;
      if (test === undefined || others.length > 0 || !isException(test, variables)) continue;
      const other = seen.find((one) => leaveNothing(one, deny, budget) && overlap(one, deny, budget));
      seen.push(deny);
      if (other === undefined) continue;
      const detail =
        `a call that this Deny spares is denied by ${named(other)}, and the other way round: list all values of ` +
        `${quoted(test.keyText)} in one Deny`;
      yield finding('denies-leave-nothing', test.pointer, detail);
    }
  },
];

const named = ({ element, pointer }: LintedStatement): string =>
  `\`${pointer}\`${element.Sid ? ` (${quoted(element.Sid)})` : ''}`;

/** A negated test in a Deny spares those whom it lists. */
const isException = ({ name, values }: ConditionTest, variables: boolean): boolean =>
  (name.base === 'StringNotEquals' || name.base === 'NotIpAddress') &&
  name.qualifier === null &&
  !(variables && values.some(({ text }) => text.includes('${')));

/** Whether every call meets one of two tests: the values that the one spares, and those that stand for all others. */
function leaveNothing(one: LintedStatement, other: LintedStatement, budget: Budget): boolean {
  const [first, second] = [one.tests[0]!, other.tests[0]!];
  if (first.key !== second.key || first.name.base !== second.name.base) return false;
  const texts = [...first.values, ...second.values].map(({ text }) => text);
  if (!budget.spend(texts.length ** 2)) return false;
  const spared = first.name.base === 'NotIpAddress' ? witnesses.ip(texts) : texts;
  return spared?.every((value) => holdsFor(first, value, one) || holdsFor(second, value, other)) ?? false;
}

const overlap = (one: LintedStatement, other: LintedStatement, budget: Budget): boolean =>
  one.reach.covers(other.reach, budget) || other.reach.covers(one.reach, budget);

/** Whether the conditions of one statement hold wherever those of the other do. A yes is certain. */
const implies = (narrow: LintedStatement, wide: LintedStatement, budget: Budget): boolean =>
  budget.spend(1) && wide.tests.every((test) => narrow.tests.some((other) => impliesTest(other, test, budget)));

function impliesTest(narrow: ConditionTest, wide: ConditionTest, budget: Budget): boolean {
  if (narrow.key !== wide.key || narrow.name.base !== wide.name.base) return false;
  if (narrow.name.qualifier !== wide.name.qualifier) return false;
  // IfExists holds wherever the plain operator does, not the other way round.
  if (narrow.name.ifExists && !wide.name.ifExists) return false;
  if (!budget.spend(narrow.values.length + wide.values.length)) return false;
  // A value more makes a positive test wider and a negated one narrower.
  const [more, fewer] = wide.name.operator?.negated ? [narrow, wide] : [wide, narrow];
  const all = new Set(more.values.map(({ text }) => text));
  return fewer.values.every(({ text }) => all.has(text));
}
