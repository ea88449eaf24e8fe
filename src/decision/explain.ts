import { tracePolicy } from '../policy/trace.js';
import { DEFAULT_FULL_ACCESS, toDecision } from './decide.js';
import type { DecisionInput, JudgedPolicy, Layer } from './decision.js';
import type { Explanation, PolicyTrace } from './explanation.js';
import { judgeOnce } from './judge-once.js';
import { summarize } from './summary.js';

/**
 * Decides, and tells how. Every policy that was asked is asked again, by the same matchers but element by element and
 * to the end; nothing is remembered from one explanation to the next.
 */
export function explain(input: DecisionInput): Explanation {
  const judgement = judgeOnce(input);
  const { verdict, judged } = judgement;
  const told = (each: JudgedPolicy): { readonly judged: JudgedPolicy; readonly trace: PolicyTrace } => ({
    judged: each,
    trace: trace(each, input),
  });
  const reached = judged.map(told);
  const later = policiesNotReached(input, judged).map(told);
  const decision = toDecision(input, judgement);
  return {
    decision,
    trace: reached.map((each) => each.trace),
    notReached: later.map((each) => each.trace),
    summary: summarize(input, verdict, decision.message, reached, later),
  };
}

function trace({ layer, policy, request, evaluation }: JudgedPolicy, { action }: DecisionInput): PolicyTrace {
  const { name, version, index, document, compiled } = policy;
  const statements = document === undefined ? [] : tracePolicy(document, compiled, request, action).statements;
  const place = index === undefined ? {} : { index };
  return { layer, name, version, ...place, outcome: evaluation.outcome, statements };
}

const LAYERS: readonly Layer[] = ['endpoint', 'resource', 'authorizer', 'identity', 'boundary', 'session'];

/**
 * AWS names one layer even if several deny; mending that one leads to the next. So the same call is judged again as if
 * the layers that stopped it had let it through.
 */
function policiesNotReached(input: DecisionInput, judged: readonly JudgedPolicy[]): JudgedPolicy[] {
  if (input.scope === 'endpoint') return [];
  const past: DecisionInput = {
    ...input,
    endpointPolicy: null,
    authorizer: input.authorizationType === 'COGNITO_USER_POOLS' ? 'Authenticated' : input.authorizer,
  };
  const found = [past, { ...past, resourcePolicy: DEFAULT_FULL_ACCESS }].flatMap((each) => judgeOnce(each).judged);
  const seen = new Set(judged.map(keyOf));
  const later = found.filter((each) => {
    const known = each.policy === DEFAULT_FULL_ACCESS || seen.has(keyOf(each));
    seen.add(keyOf(each));
    return !known;
  });
  return later.sort((a, b) => LAYERS.indexOf(a.layer) - LAYERS.indexOf(b.layer));
}

const keyOf = ({ layer, policy }: JudgedPolicy): string => `${layer} ${policy.index ?? ''}`;
