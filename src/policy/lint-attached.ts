import { splitArn } from './arn.js';
import type { PolicyDocument } from './document.js';
import { finding } from './finding.js';
import { type Finding, quoted } from './issue.js';
import { type ConditionTest, holdsFor, type Linted, type LintedStatement, linted } from './linted.js';

/** What a policy is attached to: the APIs of a resource policy; the endpoints of an endpoint policy. */
export interface Attachment {
  /** For an endpoint policy the APIs that it names (`namedApis`). */
  readonly apis: readonly AttachedApi[];
  readonly endpoints: readonly AttachedEndpoint[];
}

export interface AttachedApi {
  readonly id: string;
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  /** How its methods authorize; empty for an API without methods, which nobody can call. */
  readonly authorizationTypes: readonly ('NONE' | 'AWS_IAM' | 'CUSTOM' | 'COGNITO_USER_POOLS')[];
}

interface AttachedEndpoint {
  readonly id: string;
  readonly vpcId: string;
}

type AttachedRule = (policy: Linted, attachment: Attachment) => Iterable<Finding>;

/** What never matches the callers that the attached APIs can tell apart, or is about other APIs and endpoints. */
export const attachedRules: readonly AttachedRule[] = [
  function* principals({ kind, statements }, { apis }) {
    const anonymous = kind === 'resource' ? apis.filter(isAnonymous) : [];
    if (anonymous.length === 0) return;
    const callers = callersOf(anonymous);
    for (const statement of statements) {
      const negated = statement.element.NotPrincipal !== undefined;
      const effect = negated
        ? 'so this denies every call'
        : `so this ${statement.isAllow ? 'allows' : 'denies'} nobody`;
      for (const { type, text, pointer } of statement.principals) {
        if (text === '*' || type === 'Federated' || type === 'CanonicalUser') continue;
        const detail = `${callers}, ${effect}: write \`"*"\` with a condition on aws:SourceVpce, or authorize with AWS_IAM`;
        yield finding('principal-needs-iam', pointer, detail);
      }
    }
  },
  function* principalKeys({ kind, statements }, { apis }) {
    const anonymous = kind === 'resource' ? apis.filter(isAnonymous) : [];
    if (anonymous.length === 0) return;
    const callers = callersOf(anonymous);
    for (const statement of statements) {
      for (const test of statement.tests) {
        if (!test.aboutPrincipal) continue;
        const verdict = holdsFor(test, undefined, statement) ? 'always holds' : 'never holds';
        const detail =
          `${callers}, so ${quoted(test.keyText)} is absent and the test ${verdict}: test aws:SourceVpce ` +
          'or aws:SourceVpc, or authorize with AWS_IAM';
        yield finding('key-needs-iam', test.pointer, detail);
      }
    }
  },
  function* noAnonymousAllow({ kind, statements }, { apis }) {
    const closed = kind === 'resource' ? apis.filter(isDecidedAlone) : [];
    if (closed.length === 0 || statements.some(mayAllowAnonymous)) return;
    const detail =
      `${callersOf(closed)}, and no statement can allow such a call: add an Allow to \`"*"\`, narrowed by ` +
      'aws:SourceVpce or aws:SourceVpc';
    yield finding('allows-no-anonymous-call', '/Statement', detail);
  },
  function* otherApis({ kind, statements, budget }, { apis }) {
    if (kind !== 'resource' || apis.length === 0) return;
    for (const statement of statements) {
      for (const { text, pointer } of statement.entries('Resource')) {
        if (!budget.spend(apis.length) || apis.some(isIn(text))) continue;
        const detail = `${quoted(text)} is no part of ${listed(apis)}: write \`execute-api:/*\` for the API being called`;
        yield finding('resource-of-another-api', pointer, detail);
      }
    }
  },
  function* unsignedCalls({ kind, statements }, { apis }) {
    if (kind !== 'endpoint') return;
    for (const statement of statements) {
      const pointer = statement.isAllow ? signatureNeededAt(statement) : undefined;
      if (pointer === undefined) continue;
      const named = new Set(namedBy(statement));
      const anonymous = apis.filter((api) => named.has(api.id) && isAnonymous(api));
      if (anonymous.length === 0) continue;
      const detail =
        `only signed calls pass here, and ${callersOf(anonymous)} unless the client signs all the same: write \`"*"\` ` +
        'without a test of the caller, or authorize with AWS_IAM';
      yield finding('needs-signed-calls', pointer, detail);
    }
  },
  function* otherEndpoints({ kind, statements, budget }, { endpoints }) {
    if (kind !== 'endpoint' || endpoints.length === 0) return;
    for (const statement of statements) {
      for (const test of statement.tests) {
        const held = HELD[test.key];
        const { operator } = test.name;
        if (held === undefined || operator === null || operator.negated === statement.isAllow) continue;
        if (test.values.some(({ text }) => text.includes('${'))) continue;
        if (!budget.spend(endpoints.length * test.values.length)) continue;
        // A positive test that nobody passes, or a Deny that everybody runs into.
        if (endpoints.some((endpoint) => holdsFor(test, held(endpoint), statement) !== operator.negated)) continue;
        const own = [...new Set(endpoints.map(held))].slice(0, MOST_NAMES).map(quoted).join(', ');
        const verdict = operator.negated ? 'always' : 'never';
        const detail = `${quoted(test.keyText)} is ${own} at the endpoints with this policy, so the test ${verdict} holds: correct the id, or drop the test`;
        yield finding('tests-another-endpoint', test.pointer, detail);
      }
    }
  },
];

/** The ids of APIs that an endpoint policy's resources name in full. */
export const namedApis = (document: PolicyDocument): string[] => [
  ...new Set(linted('endpoint', document).statements.flatMap(namedBy)),
];

const namedBy = (statement: LintedStatement): string[] =>
  statement.entries('Resource').flatMap(({ text }) => /^([A-Za-z0-9]+)\//.exec(splitArn(text)?.[5] ?? '')?.[1] ?? []);

/** Whether no method of an API tells who calls. */
const isAnonymous = ({ authorizationTypes }: AttachedApi): boolean =>
  authorizationTypes.length > 0 && !authorizationTypes.includes('AWS_IAM');

/** Whether nothing but the resource policy can allow: an authorizer can, too. */
const isDecidedAlone = (api: AttachedApi): boolean => isAnonymous(api) && !api.authorizationTypes.includes('CUSTOM');

const mayAllowAnonymous = (statement: LintedStatement): boolean =>
  statement.isAllow &&
  statement.reach.everyone &&
  statement.tests.every((test) => !test.aboutPrincipal || holdsFor(test, undefined, statement));

/** Where an Allow demands a signature; undefined where it does not. */
function signatureNeededAt(statement: LintedStatement): string | undefined {
  if (!statement.reach.everyone) return statement.principals[0]?.pointer;
  const needs = (test: ConditionTest): boolean => test.aboutPrincipal && !holdsFor(test, undefined, statement);
  return statement.tests.find(needs)?.pointer;
}

/** Whether a pattern may match a method of an API: what it says before its first wildcard is compared. */
function isIn(text: string): (api: AttachedApi) => boolean {
  const fields = text.startsWith('arn:') ? splitArn(text) : undefined;
  if (fields === undefined) return () => true;
  const [, , , , , resource] = fields;
  const says = fields.slice(0, 5).map((field) => (/[*?]/.test(field) ? null : field));
  const start = /^[^/*?$]*/.exec(resource)![0];
  const isWhole = start.length === resource.length || resource[start.length] === '/';
  return ({ id, partition, region, accountId }) =>
    ['arn', partition, 'execute-api', region, accountId].every((is, at) => says[at] === null || says[at] === is) &&
    (isWhole ? id === start : id.startsWith(start));
}

/** What a call through an endpoint holds under the keys that tell which endpoint it is. */
const HELD: Readonly<Record<string, (endpoint: AttachedEndpoint) => string>> = {
  'aws:sourcevpce': ({ id }) => id,
  'aws:sourcevpc': ({ vpcId }) => vpcId,
};

const MOST_NAMES = 5;

function listed(apis: readonly AttachedApi[]): string {
  const names = apis.slice(0, MOST_NAMES).map(({ id }) => quoted(id));
  const more = apis.length > MOST_NAMES ? ` and ${apis.length - MOST_NAMES} more` : '';
  return `${apis.length === 1 ? 'the API' : 'the APIs'} ${names.join(', ')}${more}`;
}

function callersOf(apis: readonly AttachedApi[]): string {
  const types = new Set(apis.flatMap(({ authorizationTypes }) => authorizationTypes));
  return `every caller of ${listed(apis)} is anonymous (${[...types].sort().join(', ')})`;
}
