import { quoted } from '../policy/issue.js';
import type { Principal } from '../policy/principal.js';
import { Grant } from '../policy/principal-set.js';
import type { ElementTrace, StatementTrace } from '../policy/trace.js';
import { absentKeys } from './absent-keys.js';
import type { DecisionInput, JudgedPolicy, Verdict } from './decision.js';
import type { PolicyTrace } from './explanation.js';
import { listed, statementName, titleOf } from './names.js';

/** A policy that was asked, and what came of each of its statements. */
export interface Told {
  readonly judged: JudgedPolicy;
  readonly trace: PolicyTrace;
}

/**
 * A decision as sentences: whom the call was seen to come from, then layer by layer what decided, then what a Deny
 * reads and the request lacks. Amazon API Gateway Developer Guide, "Create a private API" (troubleshooting).
 */
export function summarize(
  input: DecisionInput,
  verdict: Verdict,
  message: string | null,
  reached: readonly Told[],
  notReached: readonly Told[],
): string[] {
  return [
    ...callerSentences(input),
    ...reached.flatMap((told) => policySentences(told, input)),
    ...verdictSentences(input, verdict, reached),
    ...notReached.flatMap((told) => laterSentences(told, input)),
    ...absentKeys([...reached, ...notReached].map(({ judged }) => judged)),
    message === null ? 'the call is allowed' : `the call is denied: ${message}`,
  ];
}

/** Whom the layers take for the caller: API Gateway, "Use VPC endpoint policies for private APIs". */
export function callerSentences({
  principal,
  authorizationType,
  scope,
  resource,
}: Pick<DecisionInput, 'principal' | 'resource' | 'scope'> & {
  readonly authorizationType: DecisionInput['authorizationType'] | null;
}): string[] {
  if (principal.type === 'anonymous') {
    return [
      'the caller is anonymous: `principal` says so, as of a call without a valid SigV4 signature (a bearer token is none)',
    ];
  }
  const who = `the caller is seen as ${quoted(principal.text)}, ${KINDS[principal.type](principal)}`;
  if (scope === 'endpoint' || authorizationType === null) return [who];
  if (authorizationType !== 'AWS_IAM') {
    return [
      `${who}, by the endpoint policy alone`,
      `the API sees an anonymous caller: the method's authorization type is ${authorizationType}, and only AWS_IAM tells an API who signed`,
    ];
  }
  if (principal.account === '' || principal.account === resource.account) return [who];
  return [
    `${who}, of the account ${principal.account}; the API belongs to ${resource.account}, so both accounts have to allow the call`,
  ];
}

const KINDS: Readonly<Record<Exclude<Principal['type'], 'anonymous'>, (principal: Principal) => string>> = {
  service: () => 'a service',
  root: () => 'the root user of its account',
  user: () => 'an IAM user',
  role: () => 'a session of that role whose name is not known',
  session: ({ role }) => `a session of the role ${quoted(role)}`,
  federated: () => 'a federated user',
};

function policySentences({ judged, trace }: Told, input: DecisionInput): string[] {
  if (trace.layer === 'endpoint' && input.endpointPolicy === null) {
    return ["the endpoint has AWS's default policy, full access: it allows the call"];
  }
  const title = titleOf(trace);
  const matching = trace.statements.filter(({ matched }) => matched);
  if (trace.outcome === 'explicitDeny') {
    const denies = matching.filter(({ effect }) => effect === 'Deny');
    return [
      `${title} denies the call explicitly, by ${listed(denies.map(statementName))}`,
      ...denies.slice(0, TOLD).flatMap(denyBecause),
    ];
  }
  if (trace.outcome === 'allow') {
    const allows = matching.filter(({ effect }) => effect === 'Allow');
    return [`${title} allows the call, by ${listed(allows.map(statementName))}`, ...delegation(judged, input)];
  }
  return [`${title} does not allow the call: ${silence(trace.statements)}`, ...nearMiss(trace.statements)];
}

/** How many statements of a policy are told in full. */
const TOLD = 3;

/** A Deny that applies is told by its conditions: what else it asks for everyone sees in its text. */
function denyBecause(statement: StatementTrace): string[] {
  const told = statement.elements.filter(({ element }) => element === 'Condition' || element === 'NotPrincipal');
  if (told.length === 0) return [];
  return [`${statementName(statement)} applies because ${told.map(({ detail }) => detail).join('; and because ')}`];
}

/** A grant to the account hands the decision to the account, one to a role stays within what limits the role. */
function delegation({ layer, evaluation }: JudgedPolicy, input: DecisionInput): string[] {
  const { principal, authorizationType, resource } = input;
  if (layer !== 'resource' || authorizationType !== 'AWS_IAM' || principal.account !== resource.account) return [];
  if (evaluation.grant === Grant.account && principal.type !== 'root') {
    return [
      `it names the account ${principal.account} only, which leaves the decision to the caller's identity policies`,
    ];
  }
  const limited = input.permissionsBoundary !== null || Boolean(input.sessionPolicies?.length);
  return evaluation.grant === Grant.role && limited
    ? ["it names the caller's role, and such a grant stays within permissions boundary and session policy"]
    : [];
}

function silence(statements: readonly StatementTrace[]): string {
  const allows = statements.filter(({ effect }) => effect === 'Allow').length;
  if (allows === 0) return 'it has no Allow statement';
  return allows === 1 ? 'its one Allow statement does not apply' : `none of its ${allows} Allow statements applies`;
}

/** The Allow that lacks least, and what it lacks. */
function nearMiss(statements: readonly StatementTrace[]): string[] {
  const nearest = nearestAllows(statements)[0];
  if (nearest === undefined) return [];
  const failing = nearest.elements.filter(({ matched }) => !matched);
  return [`nearest is ${statementName(nearest)}, but for ${failing.map(named).join('; and for ')}`];
}

const named = ({ element, detail }: ElementTrace): string => `its ${element}: ${detail}`;

/** The Allows that do not apply, those first that lack least. */
function nearestAllows(statements: readonly StatementTrace[]): StatementTrace[] {
  return statements
    .filter(({ effect, matched }) => effect === 'Allow' && !matched)
    .map((statement) => ({
      statement,
      lacks: statement.elements.reduce((sum, each) => sum + (each.matched ? 0 : WEIGHTS[each.element]), 0),
    }))
    .sort((a, b) => a.lacks - b.lacks)
    .map(({ statement }) => statement);
}

/** How far a statement is from a call of which one element fails: a condition may hold in another minute. */
const WEIGHTS: Readonly<Record<ElementTrace['element'], number>> = {
  Condition: 2,
  Resource: 3,
  NotResource: 3,
  Action: 4,
  NotAction: 4,
  Principal: 5,
  NotPrincipal: 5,
};

/** What no policy says: whether there is one, and what an authorizer answered. */
function verdictSentences(input: DecisionInput, verdict: Verdict, reached: readonly Told[]): string[] {
  if (verdict.reason === 'NO_RESOURCE_POLICY') {
    return ['the API has no resource policy: a private API without one denies every call'];
  }
  const asked = reached.some(({ trace }) => trace.layer === 'resource') || verdict.reason === 'NOT_AUTHENTICATED';
  if (!asked || input.authorizationType === 'NONE') return [];
  return SENTENCES[input.authorizationType](input, verdict, reached);
}

const SENTENCES: Readonly<
  Record<
    Exclude<DecisionInput['authorizationType'], 'NONE'>,
    (input: DecisionInput, verdict: Verdict, reached: readonly Told[]) => string[]
  >
> = {
  COGNITO_USER_POOLS({ authorizer }, { reason }) {
    if (reason !== 'NOT_AUTHENTICATED') return ['the user pool has authenticated the caller'];
    return [`the user pool has not authenticated the caller: ${resultOf(authorizer)}, so the method answers 401`];
  },

  CUSTOM({ authorizer }, { reason, layer }) {
    if (reason === 'EXPLICIT_DENY' && layer === 'resource') {
      return ['the Lambda authorizer is not called: a Deny of the resource policy stands before it'];
    }
    if (reason === 'NOT_AUTHENTICATED') {
      return [
        `the Lambda authorizer has not vouched for the caller: ${resultOf(authorizer)}, so the method answers 401`,
      ];
    }
    if (authorizer === 'Allow') return ['the Lambda authorizer allows the call'];
    if (authorizer === 'Deny') return ['the Lambda authorizer denies the call explicitly'];
    return authorizer === 'Silent' ? ['the Lambda authorizer neither allows nor denies the call'] : [];
  },

  AWS_IAM(input, { reason }, reached) {
    const { principal, identityPolicies, resource } = input;
    if (reason === 'NOT_AUTHENTICATED') {
      return [
        "the method's authorization type is AWS_IAM, which answers an unsigned call with 403 `Missing Authentication Token` before any other policy is asked",
      ];
    }
    if (principal.type === 'service') return ['a service has no identity policies: the resource policy alone decides'];
    const same = principal.account === resource.account;
    if (principal.type === 'root') {
      return same ? ['in its own account a root user may do everything that no policy denies'] : [];
    }
    const sentences: string[] = [];
    if (identityPolicies === null) {
      const required = reason === 'IDENTITY_POLICIES_MISSING' ? 'this service is set to require them' : NONE_GIVEN;
      sentences.push(`the caller's identity policies were not given (\`identityPolicies\`): ${required}`);
    } else if (identityPolicies.length === 0) {
      sentences.push('the caller has no identity policies: `identityPolicies` is empty');
    }
    if (principal.type === 'federated' && !input.sessionPolicies?.length) {
      sentences.push('a federated user without a session policy has no permissions of its own');
    }
    const silent = reached.some(({ trace }) => trace.outcome === 'implicitDeny');
    if (reason === 'ALLOWED' && same && (silent || identityPolicies === null || identityPolicies.length === 0)) {
      sentences.push('caller and API are of one account, where the Allow of one side is enough');
    }
    return sentences;
  },
};

const NONE_GIVEN = 'that is judged as having none';

const resultOf = (authorizer: DecisionInput['authorizer']): string =>
  typeof authorizer === 'string' ? `\`authorizerResult\` is ${quoted(authorizer)}` : '`authorizerResult` is absent';

function laterSentences(told: Told, input: DecisionInput): string[] {
  const title = titleOf(told.trace);
  if (told.trace.outcome === 'allow') return [`the call did not get to ${title}, which would allow it`];
  const [first = '', ...rest] = policySentences(told, input);
  return [`the call did not get to ${title}, which${first.slice(title.length)}`, ...rest];
}
