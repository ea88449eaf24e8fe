import { type Decision, effectOf } from '../decision/decision.js';
import { firstErrors } from '../policy/first-errors.js';
import type { Issue } from '../policy/issue.js';
import type { Store } from '../store/store.js';
import type { CompiledPolicies } from './compiled-policies.js';
import type { Asked, DecisionBody, SimulationBody } from './decision-request.js';
import type { Directory } from './directory.js';
import { ServiceError } from './errors.js';
import { type Explained, explainQuestion } from './explainer.js';
import { newId } from './new-id.js';
import { askedOnce, type PolicyLimits, type PolicySources, policySources } from './policy-sources.js';
import {
  decideQuestion,
  decisionQuestion,
  judgeQuestion,
  malformed,
  type Question,
  type Surroundings,
  simulationQuestion,
} from './question.js';
import { References } from './references.js';

/** A decision, the state it was made from, and the id under which logs know it. */
export interface DecisionAnswer extends Decision {
  readonly revision: number;
  readonly decisionId: string;
}

/** The answer without its grounds. */
export type MinimalAnswer = Pick<DecisionAnswer, 'decision' | 'reason' | 'layer' | 'revision' | 'decisionId'>;

export interface AnswerOptions {
  /** The caller wants the answer without its grounds. */
  readonly minimal: boolean;
  /** The time that the call is judged at, in milliseconds since 1970; absent: now. */
  readonly at?: number;
}

/** The answer with everything that led to it, and what would change it. */
export type ExplanationAnswer = DecisionAnswer & Explained;

/** What is there already, or will be. */
type Awaitable<T> = T | Promise<T>;

/** The answers to many questions, in their order. */
export interface BatchAnswer {
  readonly revision: number;
  readonly decisions: readonly BatchItem[];
}

type BatchItem = DecisionAnswer | MinimalAnswer | InvalidRequest;

/** A batch item that could not be read. */
interface InvalidRequest {
  readonly decision: 'Deny';
  readonly reason: 'INVALID_REQUEST';
  readonly layer: null;
  readonly errors: readonly Issue[];
}

export interface PdpOptions {
  readonly limits: PolicyLimits;
  readonly requireIdentityPolicies: boolean;
  readonly maxBatch: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** A question, and the policies that have to be there before it is decided. */
interface Prepared {
  readonly references: References;
  readonly question: Question;
}

/** The policy decision point: looks up, decides, and never allows by default. */
export class Pdp {
  readonly #sources: PolicySources;

  constructor(
    private readonly directory: Directory,
    private readonly compiled: CompiledPolicies,
    private readonly store: Pick<Store, 'version'>,
    private readonly options: PdpOptions,
  ) {
    this.#sources = policySources(store, options.limits);
  }

  /**
   * Decides at once, unless a policy has to be fetched first.
   * @throws ServiceError `malformed-request`, `unknown-policy`, `invalid-policy`
   */
  decide(body: DecisionBody, options: AnswerOptions): Awaitable<DecisionAnswer | MinimalAnswer> {
    return answer(this.#decision(body, this.#sources, options.at), this.directory.revision, options);
  }

  /**
   * Decides as `decide` does, and tells how. Nothing of it is remembered: only compiled policies are, as ever.
   * @throws ServiceError as `decide`
   */
  async explain(body: DecisionBody): Promise<ExplanationAnswer> {
    return this.#explained({ form: 'decision', body });
  }

  /** @throws ServiceError as `decide` */
  async simulate(
    body: SimulationBody,
    options: AnswerOptions,
  ): Promise<DecisionAnswer | MinimalAnswer | ExplanationAnswer> {
    if (body.explain && !options.minimal) return this.#explained({ form: 'simulation', body });
    return answer(this.#simulation(body), this.directory.revision, options);
  }

  async #explained(asked: Asked): Promise<ExplanationAnswer> {
    const { directory, compiled, store } = this;
    const { revision } = directory;
    const options = { directory, compiled, store, ...this.options, now: this.options.now() };
    const { decision, ...explained } = await explainQuestion(asked, options);
    return { ...decision, ...explained, revision, decisionId: newId() };
  }

  /**
   * Decides each request by itself, all at one revision.
   * @param options.shapeErrors what is wrong with an item before it is even a request
   */
  decideBatch(
    requests: readonly unknown[],
    { shapeErrors, minimal, at }: AnswerOptions & { readonly shapeErrors: (request: unknown) => readonly Issue[] },
  ): Awaitable<BatchAnswer> {
    if (requests.length > this.options.maxBatch) {
      const detail = `a batch has at most ${this.options.maxBatch} requests`;
      throw malformed([{ pointer: '/requests', code: 'too-many', detail }]);
    }
    const { revision } = this.directory;
    const sources = askedOnce(this.#sources);
    const decisions = requests.map((request): Awaitable<BatchItem> => {
      const errors = shapeErrors(request);
      if (errors.length > 0) return invalid(errors);
      try {
        const decided = answer(this.#decision(request as DecisionBody, sources, at), revision, { minimal });
        return decided instanceof Promise ? decided.catch(refused) : decided;
      } catch (error) {
        return refused(error);
      }
    });
    const isHere = (item: Awaitable<BatchItem>): item is BatchItem => !(item instanceof Promise);
    if (decisions.every(isHere)) return { revision, decisions };
    return Promise.all(decisions).then((all) => ({ revision, decisions: all }));
  }

  #decision(body: DecisionBody, sources: PolicySources, at: number | undefined): Prepared {
    const references = new References(this.directory, this.compiled, sources);
    return { references, question: decisionQuestion(body, this.#around(references, at)) };
  }

  #simulation(body: SimulationBody): Prepared {
    const references = new References(this.directory, this.compiled, this.#sources);
    return { references, question: simulationQuestion(body, this.#around(references)) };
  }

  #around(policies: References, at = this.options.now()): Surroundings {
    const { requireIdentityPolicies } = this.options;
    return { records: this.directory, policies, requireIdentityPolicies, now: at };
  }
}

function answer(
  { references, question }: Prepared,
  revision: number,
  { minimal }: AnswerOptions,
): Awaitable<DecisionAnswer | MinimalAnswer> {
  const waiting = references.settle();
  if (waiting !== undefined) return waiting.then(() => answered(question, revision, minimal));
  return answered(question, revision, minimal);
}

function answered(question: Question, revision: number, minimal: boolean): DecisionAnswer | MinimalAnswer {
  const decisionId = newId();
  if (minimal) {
    const { reason, layer } = judgeQuestion(question);
    return { decision: effectOf(reason), reason, layer, revision, decisionId };
  }
  const { decision, reason, layer, message, determining, policies, assumed } = decideQuestion(question);
  return { decision, reason, layer, message, determining, policies, assumed, revision, decisionId };
}

/** An answer without its grounds. */
export const minimalOf = ({ decision, reason, layer, revision, decisionId }: DecisionAnswer): MinimalAnswer => ({
  decision,
  reason,
  layer,
  revision,
  decisionId,
});

/** What cannot be judged is an item like others; what nobody expected ends the batch. */
const refused = (error: unknown): Awaitable<InvalidRequest> =>
  error instanceof ServiceError && error.errors.length > 0 ? invalid(error.errors) : Promise.reject(error);

/** A thousand items could each have a hundred faults: the first few of each say enough. */
const MOST_ERRORS = 20;

const invalid = (errors: readonly Issue[]): InvalidRequest => ({
  decision: 'Deny',
  reason: 'INVALID_REQUEST',
  layer: null,
  errors: firstErrors(errors, MOST_ERRORS),
});
