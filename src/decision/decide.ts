import { lowerAction } from '../policy/action.js';
import { compilePolicy } from '../policy/compile.js';
import type { PolicyDocument } from '../policy/document.js';
import { evaluate } from '../policy/evaluate.js';
import { ANONYMOUS, type Principal } from '../policy/principal.js';
import type { AccessRequest, Context } from '../policy/request.js';
import { type Ask, alone, authorize } from './authorization.js';
import {
  type AppliedPolicy,
  type Assumption,
  type Decision,
  type DecisionInput,
  type DeterminingStatement,
  effectOf,
  type JudgedPolicy,
  type PolicyOutcome,
  type Verdict,
} from './decision.js';
import { denialMessage } from './message.js';

const FULL_ACCESS: PolicyDocument = {
  Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
};

/** What an endpoint without a policy has: AWS PrivateLink Guide, "Default endpoint policy". */
export const DEFAULT_FULL_ACCESS: AppliedPolicy = {
  name: null,
  version: null,
  compiled: compilePolicy(FULL_ACCESS),
  document: FULL_ACCESS,
};

/**
 * May this principal invoke this ARN via this endpoint? The endpoint policy comes first, for every authorization
 * type; then the API's resource policy and whatever else the method asks for. Nothing is allowed by default.
 */
export const decide = (input: DecisionInput): Decision => toDecision(input, judge(input));

/** What came of asking the policies. */
export interface Judgement {
  readonly verdict: Verdict;
  /** Every policy that was asked, in the order of asking. */
  readonly judged: readonly JudgedPolicy[];
}

/** A judgement as the answer to a caller. */
export function toDecision(input: DecisionInput, { verdict, judged }: Judgement): Decision {
  return {
    decision: effectOf(verdict.reason),
    reason: verdict.reason,
    layer: verdict.layer,
    message: verdict.reason === 'ALLOWED' ? null : denialMessage(verdict, input),
    determining: determining(verdict, judged),
    policies: judged.map(policyOutcome),
    assumed: judged.some(({ layer }) => layer === 'resource') ? assumptions(input) : [],
  };
}

/** @param answer what a policy says to a request */
export function judge(input: DecisionInput, requests = new Views(input), answer = evaluate): Judgement {
  const judged: JudgedPolicy[] = [];
  const ask: Ask = (layer, policy, caller) => {
    const request = requests[caller];
    const evaluation = answer(policy.compiled, request);
    judged.push({ layer, policy, request, evaluation });
    return evaluation;
  };
  return { verdict: verdictOf(input, ask), judged };
}

function verdictOf(input: DecisionInput, ask: Ask): Verdict {
  const endpoint = ask('endpoint', input.endpointPolicy ?? DEFAULT_FULL_ACCESS, 'signed');
  if (endpoint.outcome !== 'allow' || input.scope === 'endpoint') return alone('endpoint', endpoint.outcome);
  if (input.resourcePolicy === null) return { reason: 'NO_RESOURCE_POLICY', layer: 'resource' };
  return authorize[input.authorizationType](input, input.resourcePolicy, ask);
}

/**
 * The call as a layer sees it that knows the signature, and as one that does not. Each is made once, when a layer first asks:
 * what policies answer is kept by it.
 */
export class Views {
  private _signed: AccessRequest | null = null;
  private _anonymous: AccessRequest | null = null;

  constructor(private readonly _input: DecisionInput) {}

  get signed(): AccessRequest {
    this._signed ??= this._seen(this._input.principal, this._input.context);
    return this._signed;
  }

  get anonymous(): AccessRequest {
    this._anonymous ??= this._seen(ANONYMOUS, this._input.context.anonymous);
    return this._anonymous;
  }

  private _seen(principal: Principal, context: Context): AccessRequest {
    const { action, resource, permissionsBoundary } = this._input;
    return { principal, action: lowerAction(action), resource, context, hasBoundary: permissionsBoundary !== null };
  }
}

/** For a Deny that a policy states, all its matching Denies; for Allow the first matching Allow of each layer. */
function determining({ reason, layer }: Verdict, judged: readonly JudgedPolicy[]): DeterminingStatement[] {
  if (reason === 'EXPLICIT_DENY') {
    return judged.flatMap((each) =>
      each.layer === layer && each.evaluation.outcome === 'explicitDeny' ? statements(each) : [],
    );
  }
  if (reason !== 'ALLOWED') return [];
  const allowing = judged.filter(({ evaluation }) => evaluation.outcome === 'allow');
  return allowing
    .filter((each, at) => allowing.findIndex((other) => other.layer === each.layer) === at)
    .flatMap(statements);
}

function statements({ layer, policy, evaluation }: JudgedPolicy): DeterminingStatement[] {
  const from = source(policy);
  return evaluation.determining.map(({ pointer, sid, effect }) => ({ layer, ...from, pointer, sid, effect }));
}

const policyOutcome = ({ layer, policy, evaluation }: JudgedPolicy): PolicyOutcome => ({
  layer,
  ...source(policy),
  outcome: evaluation.outcome,
});

const source = ({ name, version, index }: AppliedPolicy): Pick<PolicyOutcome, 'name' | 'version' | 'index'> =>
  index === undefined ? { name, version } : { name, version, index };

/** What an AWS_IAM method would have asked of the caller's side, and nobody said. */
function assumptions(input: DecisionInput): Assumption[] {
  if (input.authorizationType !== 'AWS_IAM') return [];
  const assumed: Assumption[] = [];
  if (input.identityPolicies === null) assumed.push('NO_IDENTITY_POLICIES');
  if (input.permissionsBoundary === null) assumed.push('NO_BOUNDARY');
  if (input.sessionPolicies === null) assumed.push('NO_SESSION_POLICIES');
  return assumed;
}
