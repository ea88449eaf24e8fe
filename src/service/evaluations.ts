import { type Issue, quoted } from '../policy/issue.js';
import { type Evaluation, issueOfEvaluation, questionFor } from './authzen.js';
import { type Defaults, withDefaults } from './authzen-defaults.js';
import type { Caller } from './credentials.js';
import { ServiceError } from './errors.js';
import type { AnswerOptions, BatchAnswer, Pdp } from './pdp.js';
import type { Api } from './records.js';
import type { AtRevision } from './writer.js';

/** "Authorization API 1.0", "Evaluations semantics". */
type Semantic = 'execute_all' | 'deny_on_first_deny' | 'permit_on_first_permit';

/** A decision as AuthZEN tells it; the context is there where it was asked for, and where an evaluation failed. */
export interface Evaluated {
  readonly decision: boolean;
  readonly context?: Readonly<Record<string, unknown>>;
}

export interface EvaluationOptions extends Caller {
  /** Whether the answer is to tell the grounds. */
  readonly explain: boolean;
  /** What keeps a value from having the shape of an evaluation, and of the question that one stands for. */
  readonly shapeErrors: { readonly evaluation: Check; readonly question: Check };
}

type Check = (value: unknown) => readonly Issue[];

/** AuthZEN's questions, put to the PDP as ours. */
export class Evaluations {
  /** @param pdp the one that all decisions come from, with all that is put around it */
  constructor(
    private readonly pdp: Pick<Pdp, 'decideBatch'>,
    private readonly api: (id: string) => Api | undefined,
    private readonly limits: { readonly maxBatch: number; readonly maxBody: number },
  ) {}

  /** @throws ServiceError `malformed-request` for an evaluation that is none */
  async evaluate(evaluation: unknown, options: EvaluationOptions): Promise<AtRevision<Evaluated>> {
    const { revision, decisions } = await this.#decide([evaluation], options);
    const [decision] = decisions as [Item];
    if (!('errors' in decision)) return { revision, value: evaluated(decision, options) };
    throw new ServiceError('malformed-request', 'the evaluation is malformed', decision.errors);
  }

  /**
   * Evaluates each item by itself, all at one revision. Those after the one that ends it are made too, which costs less than
   * to ask one after the other, but not told.
   * @throws ServiceError `malformed-request` for too many, or too much that they share
   */
  async evaluateAll(
    items: readonly unknown[],
    defaults: Defaults,
    semantic: Semantic,
    options: EvaluationOptions,
  ): Promise<AtRevision<readonly Evaluated[]>> {
    const { maxBatch, maxBody } = this.limits;
    if (items.length > maxBatch) {
      const detail = `at most ${maxBatch} evaluations are taken at a time`;
      throw new ServiceError('malformed-request', detail, [{ pointer: '/evaluations', code: 'too-many', detail }]);
    }
    const whole = withDefaults(items, defaults, WRITTEN_OUT * maxBody);
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
    const options: AnswerOptions & Caller = { ...caller, minimal: !explain };
    const { revision, decisions } = await this.pdp.decideBatch(questions, {
      ...options,
      shapeErrors: (question) => (question instanceof Unmapped ? question.faults : shapeErrors.question(question)),
    });
    return {
      revision,
      decisions: decisions.map((item, at) => (questions[at] instanceof Unmapped ? item : told(item))),
    };
  }
}

/**
 * How many times as large as a body the defaults may be, in every evaluation that takes them. Without a bound 600 KB could stand
 * for seconds of work and a decision log of 80 MB; with this one a thousand evaluations may still share 4 KB each.
 */
const WRITTEN_OUT = 4;

/** An evaluation that stands for no question. What is wrong with it is told where it is. */
class Unmapped {
  constructor(readonly faults: readonly Issue[]) {}
}

/** The decision after which no more is told. */
const ENDS = { deny_on_first_deny: false, permit_on_first_permit: true } as const;

type Item = BatchAnswer['decisions'][number];

/** What is wrong with a question, as it is told to whoever asked by an evaluation. */
const told = (item: Item): Item => ('errors' in item ? { ...item, errors: item.errors.map(issueOfEvaluation) } : item);

function evaluated(item: Item, { explain }: EvaluationOptions): Evaluated {
  if ('errors' in item)
    return { decision: false, context: { error: { status: 400, message: messageOf(item.errors) } } };
  const { decision, ...grounds } = item;
  return { decision: decision === 'Allow', ...(explain ? { context: grounds } : {}) };
}

const messageOf = (errors: readonly Issue[]): string =>
  errors.map(({ pointer, detail }) => (pointer === '' ? detail : `${quoted(pointer)}: ${detail}`)).join('; ');
