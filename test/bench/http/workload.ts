import type { PolicyDocument } from '../../../src/policy/document.js';
import type { StoreDocument } from '../../../src/service/store-document.js';
import { compile, evalPolicy, type NaivePolicy } from '../naive.mjs';
import { generate, type Workload, type WorkloadRequest } from '../workload.mjs';

/** Questions of the workload with what has to be answered to them, and the store that they are asked of. */
export interface Contents {
  readonly document: StoreDocument;
  readonly questions: readonly Question[];
}

export interface Question {
  /** The body of a `POST /v1/decisions`. */
  readonly body: object;
  readonly expected: Expected;
  /** What it has in common with others: of the workload's questions, the outcome. */
  readonly group: string;
}

/** Of an answer, what can be worked out without Postern. */
export interface Expected {
  readonly decision: 'Allow' | 'Deny';
  readonly reason: string;
  readonly layer: string | null;
}

type Outcome = 'allow' | 'implicitDeny' | 'explicitDeny';

/**
 * @param sets how many times four endpoints and eight APIs, each with a policy of its own
 * @param count questions in all
 */
export function contentsOf(statements: number, sets: number, count: number, seed = 20_261_123): Contents {
  const workloads = Array.from({ length: sets }, (_, at) =>
    generate(statements, seed + 1000 * statements + at, Math.ceil(count / sets)),
  );
  const documents = workloads.map(storeDocument);
  const questions = workloads.map(questionsOf);
  return {
    document: {
      formatVersion: 1,
      policies: documents.flatMap(({ policies }) => policies),
      endpoints: documents.flatMap(({ endpoints }) => endpoints),
      apis: documents.flatMap(({ apis }) => apis),
    },
    // In turns, so that one question says nothing about which records the next is about.
    questions: questions[0]!.flatMap((_, at) => questions.map((each) => each[at]!)),
  };
}

/** Policies bear the names of their endpoints and APIs. Who calls is judged by the API's policy only with `AWS_IAM`. */
export function storeDocument({ endpointPolicies, resourcePolicies }: Workload) {
  const policies = (kind: 'endpoint' | 'resource', documents: Readonly<Record<string, PolicyDocument>>) =>
    Object.entries(documents).map(([name, document]) => ({ kind, name, document }));
  return {
    policies: [...policies('endpoint', endpointPolicies), ...policies('resource', resourcePolicies)],
    endpoints: Object.keys(endpointPolicies).map((endpointId) => ({
      endpointId,
      vpcId: endpointId.replace('vpce-', 'vpc-'),
      policy: endpointId,
    })),
    apis: Object.keys(resourcePolicies).map((apiId) => ({
      apiId,
      accountId: '123412341234',
      region: 'us-east-1',
      policy: apiId,
      authorizationType: 'AWS_IAM' as const,
    })),
  };
}

function questionsOf({ endpointPolicies, resourcePolicies, requests }: Workload): Question[] {
  const compiled = new Map(
    Object.entries({ ...endpointPolicies, ...resourcePolicies }).map(([name, document]) => [name, compile(document)]),
  );
  return requests.map((request) => {
    const seen = asSeen(request);
    const expected = expectedOf(evaluated(compiled, request.endpoint, seen), evaluated(compiled, request.api, seen));
    return { body: bodyOf(request), expected, group: outcomeOf(expected) };
  });
}

const evaluated = (policies: ReadonlyMap<string, NaivePolicy>, name: string, seen: WorkloadRequest) =>
  evalPolicy(policies.get(name)!, seen);

/** What the clock and the transport are, Postern knows better than its callers, who may not say it. */
export function bodyOf({ principal, action, resource, endpoint, context }: WorkloadRequest): object {
  const { 'aws:CurrentTime': _time, 'aws:SecureTransport': _transport, ...stated } = context;
  return { principal, action, resource, endpoint, context: stated };
}

/** The request with the context that Postern judges it by: what it derives is there whether the caller says it or not. */
export function asSeen(request: WorkloadRequest): WorkloadRequest {
  const derived = {
    'aws:SourceVpce': request.endpoint,
    'aws:PrincipalArn': request.principal,
    'aws:SecureTransport': 'true',
    'aws:CurrentTime': STARTED,
  };
  return { ...request, context: { ...request.context, ...derived } };
}

/** No date of the workload's policies falls into the time that a run takes. */
const STARTED = new Date().toISOString();

type Evaluated = ReturnType<typeof evalPolicy>;

/** What two policies answer together; the caller's own policies are not stated, so they are silent. */
export function expectedOf(endpoint: Evaluated, resource: Evaluated): Expected {
  if (endpoint === 2) return { decision: 'Deny', reason: 'EXPLICIT_DENY', layer: 'endpoint' };
  if (endpoint === 0) return { decision: 'Deny', reason: 'IMPLICIT_DENY', layer: 'endpoint' };
  if (resource === 2) return { decision: 'Deny', reason: 'EXPLICIT_DENY', layer: 'resource' };
  if (resource === 0) return { decision: 'Deny', reason: 'IMPLICIT_DENY', layer: 'identity' };
  return { decision: 'Allow', reason: 'ALLOWED', layer: null };
}

function outcomeOf({ decision, reason }: Expected): Outcome {
  if (decision === 'Allow') return 'allow';
  return reason === 'EXPLICIT_DENY' ? 'explicitDeny' : 'implicitDeny';
}
