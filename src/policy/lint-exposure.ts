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
      const pointer = statement.principals.find(({ type, text }) => type === 'AWS' && text === '*')!.pointer;
      if (!isNarrowed(statement, policy)) {
        const detail =
          'everyone may call, also unsigned, and no boundary or session policy limits callers of the same account: add ' +
          'a condition on aws:SourceVpce, aws:SourceVpc or the caller, or a Deny that does';
        yield finding('allows-everyone', pointer, detail);
      } else if (!isSaid && !statement.tests.some(({ aboutPrincipal }) => aboutPrincipal)) {
        isSaid = true;
        const detail =
          "on AWS_IAM methods this Allow is enough for callers of the API's account, whatever their permissions boundary or " +
          'session policy leaves out (AWS says so of `"*"` with aws:PrincipalArn): name roles to keep to those limits';
        yield finding('everyone-past-boundary', pointer, detail);
      }
    }
  },
];

/** A test of where the call comes from that something fails. */
const testsNetwork = (test: ConditionTest): boolean =>
  (test.key === 'aws:sourcevpc' || test.key === 'aws:sourcevpce') && test.name.operator !== null && !takesAll(test);

/** Whether the statement, or a Deny about all that it allows, keeps it to some callers or places. */
function isNarrowed(statement: LintedStatement, { statements, budget }: Linted): boolean {
  if (statement.tests.some((test) => keepsOut(test, statement))) return true;
  for (const deny of statements) {
    if (deny.isAllow || !deniesTheRest(deny)) continue;
    // Without the budget to look closer, the Deny is given the benefit of the doubt.
    if (!budget.spend(1) || deny.reach.coversTargets(statement.reach, budget)) return true;
  }
  return false;
}

/** A Deny of everyone who is not somebody, or not somewhere. */
function deniesTheRest(deny: LintedStatement): boolean {
  const tests = deny.tests.filter((test) => !holdsForPeople(test));
  if (deny.element.NotPrincipal !== undefined) return tests.length === 0 && !namesEveryone(deny);
  return deny.reach.everyone && tests.length > 0 && tests.every((test) => keepsOut(test, deny));
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

/** Keys that tell neither who calls nor from where, or that the caller chooses. */
const SAYS_NOTHING: readonly string[] = [
  ...[
    'aws:currenttime',
    'aws:epochtime',
    'aws:securetransport',
    'aws:viaawsservice',
    'aws:calledvia',
    'aws:requestedregion',
  ],
  ...['aws:resource', 'aws:requesttag/', 'aws:tagkeys', 'aws:referer', 'aws:useragent', 'aws:principaltype'],
  ...['aws:principalisawsservice', 'aws:tokenissuetime', 'aws:multifactorauth'],
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
