import type { ContextEntries } from '../decision/context.js';
import type { AuthorizationType, AuthorizerResult } from '../decision/decision.js';
import { type Arn, parseArn, parseMethodArn } from '../policy/arn.js';
import { type Issue, quoted } from '../policy/issue.js';
import { type Principal, parsePrincipal } from '../policy/principal.js';
import { arnTooLong, isAction, parseContext } from '../policy/request.js';

/** What every question states. */
export interface CallBody {
  principal: string;
  action?: string;
  resource: string;
  context?: Record<string, unknown>;
}

/** A stored policy (`name` or `name@version`) or a document. */
export type PolicyReference = string | Record<string, unknown>;

/** What a question may bring for the method's authorization. */
export interface AuthorizationBody {
  identityPolicies?: readonly PolicyReference[];
  permissionsBoundary?: PolicyReference;
  sessionPolicies?: readonly PolicyReference[];
  authorizerResult?: AuthorizerResult;
  authorizerPolicy?: Record<string, unknown>;
}

export interface DecisionBody extends CallBody, AuthorizationBody {
  endpoint: string;
}

export interface SimulationBody extends AuthorizationBody {
  endpoint?: string;
  api?: string;
  endpointPolicy?: PolicyReference | null;
  resourcePolicy?: PolicyReference | null;
  scope?: 'full' | 'endpoint';
  authorizationType?: AuthorizationType;
  request: CallBody;
  explain?: boolean;
}

/** What is asked, and in which form. */
export type Asked =
  | { readonly form: 'decision'; readonly body: DecisionBody }
  | { readonly form: 'simulation'; readonly body: SimulationBody };

/** A question, parsed. */
export interface Call {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: Arn;
  readonly given: ContextEntries;
  /** The context's keys as they were written. */
  readonly names: readonly string[];
}

export const DEFAULT_ACTION = 'execute-api:Invoke';

/**
 * Reads who wants to do what, as strictly as a policy.
 * @param base pointer of the object that holds it
 * @param forms `method`: the ARN is one of a REST API's methods; `any`: any ARN
 * @returns the call, or every issue found
 */
export function readCall(body: CallBody, base: string, forms: 'method' | 'any'): Call | readonly Issue[] {
  const issues: Issue[] = [];
  const principal = parsePrincipal(body.principal);
  if (!principal.ok) issues.push({ pointer: `${base}/principal`, ...principal.fault });
  const action = body.action ?? DEFAULT_ACTION;
  if (!isAction(action)) {
    const detail = `${quoted(action)} is no action: write \`prefix:Name\` without wildcards`;
    issues.push({ pointer: `${base}/action`, code: 'malformed-action', detail });
  }
  const resource = readResource(body.resource, forms);
  if ('code' in resource) issues.push({ pointer: `${base}/resource`, ...resource });
  const context = body.context ?? {};
  const { entries, issues: contextIssues } = parseContext(context, `${base}/context`);
  issues.push(...contextIssues);
  if (issues.length > 0 || !principal.ok || 'code' in resource) return issues;
  return { principal: principal.value, action, resource, given: entries, names: Object.keys(context) };
}

/**
 * What is wrong with a question of which some members are not there, or not to be read.
 * @param base, forms as `readCall`
 */
export function callIssues(body: Partial<CallBody>, base: string, forms: 'method' | 'any'): readonly Issue[] {
  const read = readCall({ ...WELL_FORMED, ...body }, base, forms);
  return 'principal' in read ? [] : read;
}

/** In the place of what is not there. */
const WELL_FORMED: CallBody = {
  principal: 'anonymous',
  resource: 'arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/GET/',
};

function readResource(text: string, forms: 'method' | 'any'): Arn | Omit<Issue, 'pointer'> {
  const tooLong = arnTooLong(text);
  if (tooLong !== undefined) return { code: 'too-long', detail: tooLong };
  if (forms === 'method') {
    const arn = parseMethodArn(text);
    return arn.ok ? arn.value : arn.fault;
  }
  const detail = `${quoted(text)} is no ARN: write all six parts`;
  return parseArn(text) ?? { code: 'malformed-arn', detail };
}
