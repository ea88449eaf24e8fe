import type { Budget } from './budget.js';
import { finding } from './finding.js';
import { quoted } from './issue.js';
import type { ConditionTest, DocumentRule, LintedStatement } from './linted.js';

/** Allows of which nothing is left, because one Deny matches all that they match. */
export const shadowRules: readonly DocumentRule[] = [
  function* shadows({ statements, budget }) {
    const denies = statements.filter(({ isAllow }) => !isAllow);
    for (const allow of statements) {
      if (!allow.isAllow) continue;
      const deny = denies.find((other) => implies(allow, other, budget) && other.reach.covers(allow.reach, budget));
      if (deny === undefined) continue;
      const name = deny.element.Sid ? ` (${quoted(deny.element.Sid)})` : '';
      const detail = `every call that this Allow matches is denied by \`${deny.pointer}\`${name}: narrow the Deny, or drop one of the two`;
      yield finding('shadowed-by-deny', allow.pointer, detail);
    }
  },
];

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
