import { type Issue, quoted } from '../policy/issue.js';
import { parseJson } from '../policy/json.js';
import type { DecisionEntry } from './decision-log.js';

/** What a replay needs of an entry. */
export interface LoggedEntry extends Pick<DecisionEntry, 'decisionId' | 'request'> {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly answer: Outcome;
}

export interface Outcome {
  readonly decision: 'Allow' | 'Deny';
  readonly reason: string;
  readonly layer: string | null;
}

/** Why a decision cannot be made again. */
export interface Unreplayable {
  readonly code: 'malformed' | 'masked' | 'refused';
  readonly detail: string;
  /** Null where none can be read. */
  readonly decisionId: string | null;
}

/** An entry of a log is nested twice deeper than a request. */
const MAX_DEPTH = 36;

/** @param shapeErrors what keeps a value from being the body of a decision */
export function readEntry(
  value: unknown,
  shapeErrors: (request: unknown) => readonly Issue[],
): LoggedEntry | Unreplayable {
  if (!isObject(value) || value.type !== 'decision') return malformed('it is no entry of a decision log', null);
  const { decisionId, at, request, answer, masked = [] } = value;
  if (typeof decisionId !== 'string' || decisionId.length > 100) return malformed('it has no decision id', null);
  const time = typeof at === 'string' && at.length <= 30 ? Date.parse(at) : Number.NaN;
  if (Number.isNaN(time)) return malformed('`at` is no time', decisionId);
  if (!isOutcome(answer)) return malformed('`answer` is no decision', decisionId);
  if (!Array.isArray(masked)) return malformed('`masked` is no list', decisionId);
  const hidden = masked.map(String).filter((pointer) => /^\/request(\/|$)/.test(pointer));
  if (hidden.length > 0) {
    return { code: 'masked', detail: `it is not known what was asked: ${quoted(hidden.join(' '))}`, decisionId };
  }
  const [issue] = shapeErrors(request);
  if (issue !== undefined) return malformed(`/request${issue.pointer}: ${issue.detail}`, decisionId);
  return { decisionId, at: time, request: request as DecisionEntry['request'], answer };
}

/** The value of a line of a log; what is none is told by `readEntry`. */
export function parsedLine(line: string): unknown {
  const parsed = parseJson(line, { maxDepth: MAX_DEPTH });
  return parsed.ok && parsed.duplicates.length === 0 ? parsed.value : undefined;
}

const malformed = (detail: string, decisionId: string | null): Unreplayable => ({
  code: 'malformed',
  detail,
  decisionId,
});

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const isShort = (value: unknown): value is string => typeof value === 'string' && value.length <= 100;

const isOutcome = (value: unknown): value is Outcome =>
  isObject(value) &&
  (value.decision === 'Allow' || value.decision === 'Deny') &&
  isShort(value.reason) &&
  (value.layer === null || isShort(value.layer));
