import { type Issue, quoted } from '../policy/issue.js';
import { type Evaluation, issueOfEvaluation, questionFor } from './authzen.js';
import { ServiceError } from './errors.js';
import type { AnswerOptions, BatchAnswer, Pdp } from './pdp.js';
import type { Api } from './records.js';

/** "Authorization API 1.0", "Evaluations semantics". */
export type Semantic = 'execute_all' | 'deny_on_first_deny' | 'permit_on_first_permit';

/** What evaluations fall back to: whole entities, and the members without which an entity is none. */
export interface Defaults {
  readonly subject?: object;
  readonly action?: object;
  readonly resource?: object;
  readonly context?: object;
}

/** A decision as AuthZEN tells it; the context is there where it was asked for, and where an evaluation failed. */
export interface Evaluated {
  readonly decision: boolean;
  readonly context?: Readonly<Record<string, unknown>>;
}

export interface EvaluationOptions {
  /** Whether the answer is to tell the grounds. */
  readonly explain: boolean;
  /** What keeps a value from having the shape of an evaluation, and of the question that one stands for. */
  readonly shapeErrors: { readonly evaluation: Check; readonly question: Check };
  readonly requestId: string;
  readonly by: string | null;
}

type Check = (value: unknown) => readonly Issue[];

interface AtRevision<T> {
  readonly revision: number;
  readonly value: T;
}

/** AuthZEN's questions, put to the PDP as ours. */
export class Evaluations {
  /** @param pdp the one that all decisions come from, with all that is put around it */
  constructor(
    private readonly pdp: Pick<Pdp, 'decideBatch'>,
    private readonly api: (id: string) => Api | undefined,
    private readonly maxBatch: number,
  ) {}

  /** @throws ServiceError `malformed-request` for an evaluation that is none */
  async evaluate(evaluation: unknown, options: EvaluationOptions): Promise<AtRevision<Evaluated>> {
    const { revision, decisions } = await this.#decide([evaluation], options);
    const [decision] = decisions as [Item];
    if (!('errors' in decision)) return { revision, value: evaluated(decision, options) };
    throw new ServiceError(
      'malformed-request',
      'the evaluation is malformed',
      decision.errors.map((issue) => issueOfEvaluation(issue)),
    );
  }

  /**
   * Evaluates each item by itself, all at one revision. Those after the one that ends it are made too, which costs less than
   * to ask one after the other, but not told.
   * @throws ServiceError `malformed-request` for too many
   */
  async evaluateAll(
    items: readonly unknown[],
    defaults: Defaults,
    semantic: Semantic,
    options: EvaluationOptions,
  ): Promise<AtRevision<readonly Evaluated[]>> {
    if (items.length > this.maxBatch) {
      const detail = `at most ${this.maxBatch} evaluations are taken at a time`;
      throw new ServiceError('malformed-request', detail, [{ pointer: '/evaluations', code: 'too-many', detail }]);
    }
    const whole = items.map((item) => withDefaults(item, defaults));
    const { revision, decisions } = await this.#decide(whole, options);
    const all = decisions.map((decision) => evaluated(decision, options));
    const end = semantic === 'execute_all' ? -1 : all.findIndex(({ decision }) => decision === ENDS[semantic]);
    return { revision, value: end === -1 ? all : all.slice(0, end + 1) };
  }

  async #decide(evaluations: readonly unknown[], { explain, shapeErrors, ...caller }: EvaluationOptions) {
    const questions = evaluations.map((evaluation): object => {
      const faults = shapeErrors.evaluation(evaluation);
      if (faults.length > 0) return new Unmapped(faults);
      const question = questionFor(evaluation as Evaluation, this.api);
      return Array.isArray(question) ? new Unmapped(question) : question;
    });
    const options: AnswerOptions & Pick<EvaluationOptions, 'requestId' | 'by'> = { ...caller, minimal: !explain };
    return this.pdp.decideBatch(questions, {
      ...options,
      shapeErrors: (question) => (question instanceof Unmapped ? question.faults : shapeErrors.question(question)),
    });
  }
}

/** An evaluation that stands for no question. */
class Unmapped {
  constructor(readonly faults: readonly Issue[]) {}
}

/** The decision after which no more is told. */
const ENDS = { deny_on_first_deny: false, permit_on_first_permit: true } as const;

type Item = BatchAnswer['decisions'][number];

function evaluated(item: Item, { explain }: EvaluationOptions): Evaluated {
  if ('errors' in item)
    return { decision: false, context: { error: { status: 400, message: messageOf(item.errors) } } };
  const { decision, ...grounds } = item;
  return { decision: decision === 'Allow', ...(explain ? { context: grounds } : {}) };
}

const messageOf = (errors: readonly Issue[]): string =>
  errors
    .map((error) => issueOfEvaluation(error))
    .map(({ pointer, detail }) => (pointer === '' ? detail : `${quoted(pointer)}: ${detail}`))
    .join('; ');

const ENTITIES = { subject: ['type', 'id'], action: ['name'], resource: ['type', 'id'] } as const;

/**
 * An evaluation with what it lacks. An entity that it names is its own; only what no entity may lack comes from the default:
 * certification scenario, "Batch with default value merging".
 */
function withDefaults(item: unknown, defaults: Defaults): unknown {
  if (!isObject(item)) return item;
  const whole: Record<string, unknown> = { ...defaults, ...item };
  for (const [name, required] of Object.entries(ENTITIES)) {
    const [own, fallback] = [item[name], defaults[name as keyof Defaults]];
    if (!isObject(own) || !isObject(fallback)) continue;
    const lacking = required.filter((member) => !Object.hasOwn(own, member) && Object.hasOwn(fallback, member));
    if (lacking.length > 0) {
      whole[name] = { ...own, ...Object.fromEntries(lacking.map((member) => [member, fallback[member]])) };
    }
  }
  return whole;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
