import { finding } from './finding.js';
import { parseCidr } from './ip.js';
import { type ConditionTest, type DocumentRule, holdsFor, type Linted, type LintedStatement } from './linted.js';

/** How far a resource policy opens its API, judged by what its statements mean together. */
export const exposureRules: readonly DocumentRule[] = [
  function* everyVpc({ kind, statements }) {
    if (kind !== 'resource' || statements.some(({ tests }) => tests.some(testsNetwork))) return;
    const detail =
      'nothing here tests aws:SourceVpc or aws:SourceVpce, so the API is reachable from every VPC: add a Deny of ' +
      '`execute-api:/*` to `"*"` with StringNotEquals on one of them, listing yours';
    yield finding('reachable-from-every-vpc', '/Statement', detail);
  },
  function* everyone(policy) {
    if (policy.kind !== 'resource') return;
    let isSaid = false;
    for (const statement of policy.statements) {
      if (!statement.isAllow || !statement.reach.everyone) continue;
      const { pointer } = statement.principals.find(({ type, text }) => type === 'AWS' && text === '*')!;
      const opening = openingOf(statement, policy);
      if (opening === 'wide') {
        const detail =
          'everyone may call, also unsigned, and no boundary or session policy limits callers of the same account: add ' +
          'a condition on aws:SourceVpce, aws:SourceVpc or the caller, or a Deny that does';
        yield finding('allows-everyone', pointer, detail);
      } else if (opening === 'narrow' && !isSaid && !statement.tests.some(({ aboutPrincipal }) => aboutPrincipal)) {
        isSaid = true;
        const detail =
          "on AWS_IAM methods this Allow is enough for callers of the API's account, even where their permissions boundary " +
          'or session policy is silent: name roles to keep to those limits';
        yield finding('everyone-past-boundary', pointer, detail);
      }
    }
  },
];

/** A test of where the call comes from that something fails. */
const testsNetwork = (test: ConditionTest): boolean =>
  (test.key === 'aws:sourcevpc' || test.key === 'aws:sourcevpce') && test.name.operator !== null && !takesAll(test);

/** How much of an Allow to everyone its own conditions leave, and the Denies about all that it allows. */
function openingOf(statement: LintedStatement, { statements, budget }: Linted): 'wide' | 'narrow' | 'shut' {
  let opening: 'wide' | 'narrow' = statement.tests.some((test) => keepsOut(test, statement)) ? 'narrow' : 'wide';
  for (const deny of statements) {
    const left = deny.isAllow ? 'wide' : leftBy(deny);
    if (left === 'wide' || left === opening) continue;
    // Without the budget to look closer, the Deny is given the benefit of the doubt.
    if (budget.spend(1) && !deny.reach.coversTargets(statement.reach, budget)) continue;
    if (left === 'shut') return 'shut';
    opening = left;
  }
  return opening;
}

/** To whom a Deny leaves what it is about: to anybody, to somebody or somewhere, or to nobody. */
function leftBy(deny: LintedStatement): 'wide' | 'narrow' | 'shut' {
  const tests = deny.tests.filter((test) => !holdsForPeople(test));
  if (deny.element.NotPrincipal !== undefined) return tests.length === 0 && !namesEveryone(deny) ? 'narrow' : 'wide';
  if (!deny.reach.everyone || !tests.every((test) => keepsOut(test, deny))) return 'wide';
  return tests.length === 0 ? 'shut' : 'narrow';
}

const namesEveryone = ({ principals }: LintedStatement): boolean =>
  principals.some(({ type, text }) => type === 'AWS' && text === '*');

/** A test of the caller or the place that some calls fail, those without the key included. */
function keepsOut(test: ConditionTest, statement: LintedStatement): boolean {
  const { name, key, known } = test;
  if (name.operator === null || name.operator.negated === statement.isAllow || takesAll(test)) return false;
  if (SAYS_NOTHING.some((prefix) => key.startsWith(prefix))) return false;
  return known?.presence === 'always' || holdsFor(test, undefined, statement) !== statement.isAllow;
}

/** How the names of keys begin that tell neither who calls nor from where, or that the caller chooses. */
const SAYS_NOTHING: readonly string[] = [
  'aws:currenttime',
  'aws:epochtime',
  'aws:securetransport',
  'aws:viaawsservice',
  'aws:calledvia',
  'aws:requestedregion',
  'aws:resource',
  'aws:requesttag/',
  'aws:tagkeys',
  'aws:referer',
  'aws:useragent',
  'aws:principaltype',
  'aws:principalisawsservice',
  'aws:tokenissuetime',
  'aws:multifactorauth',
];

/** Operators under which a wildcard alone takes every value. */
const takesAll = ({ name, values }: ConditionTest): boolean =>
  values.some(({ text }) => {
    if (name.operator?.family === 'ip') return text.endsWith('/0') && parseCidr(text).ok;
    const isPattern = name.base.endsWith('Like') || name.operator?.family === 'arn';
    return isPattern && text.includes('*') && /^(?:arn)?[*:]+$/.test(text);
  });

/** The usual exception for calls of AWS services, which are not made here: it holds for everybody else. */
const holdsForPeople = ({ key, name, values }: ConditionTest): boolean =>
  name.base === 'Bool' &&
  values.every(({ text }) => text === 'false') &&
  (key === 'aws:viaawsservice' || (key === 'aws:principalisawsservice' && name.ifExists));
