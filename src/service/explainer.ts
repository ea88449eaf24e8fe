import type { Decision, DecisionInput } from '../decision/decision.js';
import { explain } from '../decision/explain.js';
import type { Explanation } from '../decision/explanation.js';
import { summarizeRefusal } from '../decision/refusal-summary.js';
import { type Remedy, remedies } from '../decision/remedies.js';
import type { Refusal } from '../decision/target.js';
import type { Store } from '../store/store.js';
import type { CompiledPolicies } from './compiled-policies.js';
import type { Asked } from './decision-request.js';
import type { Directory } from './directory.js';
import { otherEndpoints, otherResources } from './likely-records.js';
import { type PolicyLimits, policySources } from './policy-sources.js';
import { decideQuestion, type Question, questionOf, type Surroundings } from './question.js';
import type { Api, Endpoint } from './records.js';
import { References } from './references.js';
import { type Known, Trials } from './trials.js';

/** What an explanation says besides the decision. */
export type Explained = Omit<Explanation, 'decision'> & { readonly remedies: readonly Remedy[] };

interface ExplainerOptions {
  readonly directory: Directory;
  readonly compiled: CompiledPolicies;
  readonly store: Pick<Store, 'version'>;
  readonly limits: PolicyLimits;
  readonly requireIdentityPolicies: boolean;
  readonly now: number;
}

/**
 * Answers a question with everything that led to the answer, and what would change a Deny.
 * @throws ServiceError as `Pdp.decide`
 */
export async function explainQuestion(
  asked: Asked,
  options: ExplainerOptions,
): Promise<Explained & { readonly decision: Decision }> {
  const { directory, compiled, store, limits, requireIdentityPolicies, now } = options;
  const { revision } = directory;
  const policies = new References(directory, compiled, policySources(store, limits), true);
  const around: Surroundings = { records: directory, policies, requireIdentityPolicies, now };
  const question = questionOf(asked, around);
  const hints = hintsOf(question, directory);
  await policies.settle();
  const { refused } = question;
  const explained = refused === null ? explain(question.input()) : explainRefusal(question, refused);
  if (explained.decision.decision === 'Allow') return { ...explained, remedies: [] };

  // What else the call might have meant is looked up after waiting; a store that has changed meanwhile is not mixed in.
  const isSame = directory.revision === revision;
  const found = isSame ? likely(question, asked, directory) : NOTHING;
  const endpoints = byId([question.endpoint, ...found.endpoints]);
  const apis = byId([question.api, ...found.apis]);
  if (isSame) {
    // A call that was refused has asked for no policies; mended, it will.
    for (const { policy } of endpoints.values()) if (policy !== null) policies.attached('endpoint', policy);
    for (const { policy } of apis.values()) if (policy !== null) policies.attached('resource', policy);
    await policies.settle();
  }
  const trials = new Trials(asked, {
    endpoints,
    apis,
    policies: policies.resolved,
    limits,
    requireIdentityPolicies,
    now,
    hints: { ...hints, otherEndpoints: found.endpoints.map(({ id }) => id), otherResources: found.resources },
  });
  const offered = remedies(trials.first(question), trials);
  if (offered.length > 0) return { ...explained, remedies: offered };
  const full = trials.full.length > 0 ? `: ${trials.full.join(' and ')} would grow beyond the quota` : '';
  const none = `no small change was found that would allow the call${full}`;
  return { ...explained, summary: [...explained.summary, none], remedies: [] };
}

function explainRefusal(question: Question, refused: Refusal): Explanation {
  const summary = summarizeRefusal({ ...question, ...question.call, refused });
  return { decision: decideQuestion(question), trace: [], notReached: [], summary };
}

/** What is known of the records that the question names, as of the revision it is answered at. */
function hintsOf(
  { endpoint, api }: Question,
  directory: Directory,
): Pick<Known['hints'], 'freePolicyName' | 'sharedBy'> {
  const others = {
    endpoint: endpoint?.policy
      ? directory.attachedTo('endpoint', endpoint.policy).filter((id) => id !== endpoint.id)
      : [],
    resource: api?.policy ? directory.attachedTo('resource', api.policy).filter((id) => id !== api.id) : [],
  };
  let freePolicyName = `${api?.id ?? 'api'}-access`;
  for (let count = 2; directory.policy('resource', freePolicyName) !== undefined; count++) {
    freePolicyName = `${api?.id ?? 'api'}-access-${count}`;
  }
  return {
    freePolicyName,
    sharedBy: (layer) => (layer === 'endpoint' || layer === 'resource' ? others[layer] : []),
  };
}

interface Likely {
  readonly endpoints: readonly Endpoint[];
  readonly apis: readonly Api[];
  readonly resources: readonly string[];
}

const NOTHING: Likely = { endpoints: [], apis: [], resources: [] };

function likely(question: Question, asked: Asked, directory: Directory): Likely {
  const input: DecisionInput | null = question.refused === null ? question.input() : null;
  const endpoints = otherEndpoints(question, input, asked.form, directory);
  const unknown = question.refused === 'UNKNOWN_API' || question.refused === 'UNKNOWN_ENDPOINT';
  const { apis, resources } = unknown ? otherResources(question, directory) : NOTHING;
  return { endpoints, apis, resources };
}

const byId = <T extends { readonly id: string }>(records: readonly (T | undefined | null)[]): ReadonlyMap<string, T> =>
  new Map(records.flatMap((record) => (record ? [[record.id, record] as const] : [])));
