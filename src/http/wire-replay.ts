import type { Issue, PolicyDocument, PolicyKind, PolicyName, Revision, Timestamp } from './wire.js';
import type { DecisionRequest, JudgedPolicy, PolicyOutcome, Verdict } from './wire-decisions.js';

/** A document to be judged in place of the newest version that is stored under a name. */
export interface PolicyDraft {
  /** The kind of the policy. */
  readonly kind: PolicyKind;
  /** The name of a policy that is stored. */
  readonly name: PolicyName;
  /** The document to try. */
  readonly document: PolicyDocument;
}

/** A line of the decision log. */
export interface LoggedDecision {
  /** What this is. */
  readonly type: 'decision';
  /**
   * The id that the answer had.
   * @maxLength 100
   * @example "0193a5f2-7d1c-7b7e-9c57-0a6f5b1d2e3f"
   */
  readonly decisionId: string;
  /** When it was made: condition keys of time have this value. */
  readonly at: Timestamp;
  /**
   * The `X-Request-ID` of the request.
   * @example "0193a5f2-7d1c-7b7e-9c57-0a6f5b1d2e40"
   */
  readonly requestId?: string;
  /**
   * Who asked; null where nobody authenticates.
   * @example null
   */
  readonly by?: string | null;
  /**
   * Its place, in a batch.
   * @isInt
   * @minimum 0
   */
  readonly item?: number;
  /** The state that it was made from. */
  readonly revision?: Revision;
  /** What was asked. */
  readonly request: DecisionRequest;
  /** What was answered. */
  readonly answer: LoggedAnswer;
  /** JSON Pointers to what the log does not tell; with a part of the request among them, a decision cannot be made again. */
  readonly masked?: readonly string[];
}

/** A decision, as far as it is logged; what is compared is the decision, its reason and layer. */
export interface LoggedAnswer extends JudgedDecision {
  /** The statements that decided. */
  readonly determining?: readonly LoggedStatement[];
  /** What each policy said, and in which version. */
  readonly policies?: readonly PolicyOutcome[];
  /** What was taken for granted. */
  readonly assumed?: readonly string[];
}

/** A statement that decided, without what is written in it. */
export interface LoggedStatement extends JudgedPolicy {
  /**
   * Where the statement is in its document.
   * @example "/Statement"
   */
  readonly pointer: string;
  /** The effect of the statement. */
  readonly effect: Verdict;
}

/** A decision, as far as it is compared. */
export interface JudgedDecision {
  /** The decision. */
  readonly decision: 'Allow' | 'Deny';
  /**
   * Its reason.
   * @example "ALLOWED"
   */
  readonly reason: string;
  /**
   * The layer that decided; null where none did.
   * @example null
   */
  readonly layer: string | null;
}

/** Decisions to make again. */
export interface ReplayRequest {
  /**
   * Drafts to judge by, in place of what is stored.
   * @maxItems 1000
   */
  readonly policies?: readonly PolicyDraft[];
  /**
   * Entries of a decision log. One that is none does not spoil the others.
   * @extension {"x-enforced": {"type": "array"}}
   */
  readonly entries: readonly LoggedDecision[];
}

/** How much to tell. */
export interface ReplayQuery {
  /**
   * How many changes are listed at most, and how many entries that could not be replayed; all are counted.
   * @isInt
   * @minimum 1
   * @maximum 100000
   * @default 1000
   */
  readonly limit?: number;
}

/** How many entries came out how. */
export interface ReplayCounts {
  /**
   * The same decision for the same reason.
   * @isInt
   * @minimum 0
   */
  readonly unchanged: number;
  /**
   * An Allow that would be a Deny.
   * @isInt
   * @minimum 0
   */
  readonly allowToDeny: number;
  /**
   * A Deny that would be an Allow.
   * @isInt
   * @minimum 0
   */
  readonly denyToAllow: number;
  /**
   * The same decision for another reason, or by another layer.
   * @isInt
   * @minimum 0
   */
  readonly otherReason: number;
  /**
   * Not made again: masked, malformed, or a question that is refused by now.
   * @isInt
   * @minimum 0
   */
  readonly notReplayable: number;
}

/** A decision that would be another one. */
export interface ReplayedChange {
  /**
   * Its place among the entries, from 0.
   * @isInt
   * @minimum 0
   */
  readonly entry: number;
  /**
   * The id that the answer had.
   * @example "0193a5f2-7d1c-7b7e-9c57-0a6f5b1d2e3f"
   */
  readonly decisionId: string;
  /** In which way it would be another one. */
  readonly change: 'allowToDeny' | 'denyToAllow' | 'otherReason';
  /**
   * Who asked.
   * @example "arn:aws:iam::123412341234:user/MyUser"
   */
  readonly principal: string;
  /**
   * For what.
   * @example "arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/GET/pets"
   */
  readonly resource: string;
  /**
   * Through which endpoint.
   * @example "vpce-1a2b3c4d"
   */
  readonly endpoint: string;
  /** What was answered. */
  readonly before: JudgedDecision;
  /** What would be answered. */
  readonly after: JudgedDecision;
}

/** An entry whose decision cannot be made again. */
export interface NotReplayable {
  /**
   * Its place among the entries, from 0.
   * @isInt
   * @minimum 0
   */
  readonly entry: number;
  /**
   * The id that the answer had; null where none can be read.
   * @example "0193a5f2-7d1c-7b7e-9c57-0a6f5b1d2e3f"
   */
  readonly decisionId: string | null;
  /** `masked`: a part of the question is hidden. `malformed`: no entry. `refused`: the question is refused by now. */
  readonly code: 'masked' | 'malformed' | 'refused';
  /**
   * What is in the way.
   * @example "it is not known what was asked: `/request/context`"
   */
  readonly detail: Issue['detail'];
}

/** What the decisions would be. */
export interface ReplayAnswer {
  /** The state that the first of them was judged by. */
  readonly revision: Revision;
  /** The state that the last of them was judged by: greater, if somebody has written meanwhile. */
  readonly lastRevision: Revision;
  /**
   * How many entries there were.
   * @isInt
   * @minimum 0
   */
  readonly entries: number;
  /** How they came out. */
  readonly counts: ReplayCounts;
  /** Those that would be others, in the order of the entries. */
  readonly changes: readonly ReplayedChange[];
  /** Those that were not made again, in the order of the entries. */
  readonly notReplayable: readonly NotReplayable[];
}
