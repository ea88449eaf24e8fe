import type { DeterminingStatement } from '../decision/decision.js';
import { isoTime } from '../decision/iso-time.js';
import type { DecisionBody } from './decision-request.js';
import { ServiceError } from './errors.js';
import type { LineBuffer } from './line-buffer.js';
import { applyMasks, type Mask } from './masks.js';
import type { DecisionAnswer } from './pdp.js';

/** One decision as it is logged: all that is needed to make it again. A line of the log is one, as JSON. */
export interface DecisionEntry {
  readonly type: 'decision';
  readonly decisionId: string;
  /** ISO 8601 in UTC: the time that the decision was made for, which condition keys tell. */
  readonly at: string;
  readonly requestId: string;
  readonly by: string | null;
  /** Its place in a batch. */
  readonly item?: number;
  readonly revision: number;
  readonly request: DecisionBody;
  readonly answer: LoggedAnswer;
  /** Pointers to what was masked in this entry; absent where nothing was. */
  readonly masked?: readonly string[];
}

/**
 * An answer without its message, which repeats parts of the request that may be masked, and without what is written in a
 * policy: name, version and pointer say where a statement is.
 */
interface LoggedAnswer extends Pick<DecisionAnswer, 'decision' | 'reason' | 'layer' | 'policies' | 'assumed'> {
  readonly determining: readonly Omit<DeterminingStatement, 'sid'>[];
}

export interface DecisionLogOptions {
  readonly masks: readonly Mask[];
  /** The share of Allows that is logged, from 0 to 1. Denies are logged all. */
  readonly allows: number;
  /** What happens when lines come faster than they are written: entries are dropped, or answers wait. */
  readonly whenFull: 'drop' | 'wait';
  /** From 0 to 1, another one each time. */
  readonly random?: () => number;
}

/** Milliseconds that an answer waits for room in the log. */
const LONGEST_WAIT = 2000;

/** What was decided, for whoever asks later why, or what another policy would have said. */
export class DecisionLog {
  /** Entries that were taken in, and Allows that were left out. */
  written = 0;
  sampledOut = 0;
  readonly dropped = { 'buffer-full': 0, 'mask-failed': 0 };

  constructor(
    readonly lines: LineBuffer,
    private readonly options: DecisionLogOptions,
  ) {}

  /**
   * @param share of the buffer that may be taken with this entry in it
   * @returns a promise where the answer has to wait for it
   * @throws ServiceError `decision-log-full`
   */
  add(asked: Asked, answer: DecisionAnswer, share = 1): void | Promise<void> {
    const { allows, whenFull, random = Math.random } = this.options;
    if (answer.decision === 'Allow' && allows < 1 && random() >= allows) {
      this.sampledOut++;
      return undefined;
    }
    const line = this.#line(asked, answer);
    if (line === undefined) {
      this.dropped['mask-failed']++;
      return undefined;
    }
    if (this.lines.add(line, share)) this.written++;
    else if (whenFull === 'wait') return this.#wait(line, share);
    else this.dropped['buffer-full']++;
    return undefined;
  }

  #line({ body, at, requestId, by, item }: Asked, answer: DecisionAnswer): string | undefined {
    const { decision, reason, layer, determining, policies, assumed, revision, decisionId } = answer;
    const entry: DecisionEntry = {
      type: 'decision',
      decisionId,
      at: isoTime(at),
      requestId,
      by,
      item,
      revision,
      request: body,
      answer: { decision, reason, layer, determining: determining.map(withoutSid), policies, assumed },
    };
    if (this.options.masks.length === 0) return `${JSON.stringify(entry)}\n`;
    const result = applyMasks(entry, this.options.masks);
    if (result === undefined) return undefined;
    const { masked } = result;
    return `${JSON.stringify(masked.length === 0 ? result.entry : { ...result.entry, masked })}\n`;
  }

  async #wait(line: string, share: number): Promise<void> {
    const until = performance.now() + LONGEST_WAIT;
    for (let left = LONGEST_WAIT; left > 0; left = until - performance.now()) {
      await this.lines.room(left);
      if (!this.lines.add(line, share)) continue;
      this.written++;
      return;
    }
    this.dropped['buffer-full']++;
    throw new ServiceError('decision-log-full', 'the decision was not logged in time, and so it is not given');
  }
}

const withoutSid = ({
  layer,
  name,
  version,
  index,
  pointer,
  effect,
}: DeterminingStatement): Omit<DeterminingStatement, 'sid'> =>
  ({ layer, name, version, index, pointer, effect }) as Omit<DeterminingStatement, 'sid'>;

/** What was asked, by whom, and for which time (milliseconds since 1970). */
export interface Asked {
  readonly body: DecisionBody;
  readonly at: number;
  readonly requestId: string;
  readonly by: string | null;
  readonly item?: number;
}
