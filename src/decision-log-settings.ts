import { makeValidator } from 'envalid';
import type { DecisionLogOptions } from './service/decision-log.js';
import { type Mask, parseMask } from './service/masks.js';

/** How decisions are logged. */
export interface DecisionLogConfig extends Omit<DecisionLogOptions, 'random'> {
  /** Null: the standard output, among the lines of the log. */
  readonly file: { readonly file: string; readonly size: number; readonly kept: number } | null;
  /** Characters that may wait to be written to the file. */
  readonly buffer: number;
}

interface Values {
  readonly POSTERN_DECISION_LOG: string;
  readonly POSTERN_DECISION_LOG_FILE: string;
  readonly POSTERN_DECISION_LOG_FILE_SIZE: number;
  readonly POSTERN_DECISION_LOG_FILES_KEPT: number;
  readonly POSTERN_DECISION_LOG_ALLOWS: number;
  readonly POSTERN_DECISION_LOG_MASKS: readonly Mask[];
  readonly POSTERN_DECISION_LOG_BUFFER: number;
  readonly POSTERN_DECISION_LOG_WHEN_FULL: 'drop' | 'wait';
}

/** @returns null where decisions are not logged */
export function readDecisionLog(values: Values): DecisionLogConfig | null {
  if (values.POSTERN_DECISION_LOG === 'off') return null;
  const file = {
    file: values.POSTERN_DECISION_LOG_FILE,
    size: values.POSTERN_DECISION_LOG_FILE_SIZE,
    kept: values.POSTERN_DECISION_LOG_FILES_KEPT,
  };
  return {
    file: values.POSTERN_DECISION_LOG === 'file' ? file : null,
    allows: values.POSTERN_DECISION_LOG_ALLOWS,
    masks: values.POSTERN_DECISION_LOG_MASKS,
    buffer: values.POSTERN_DECISION_LOG_BUFFER,
    whenFull: values.POSTERN_DECISION_LOG_WHEN_FULL,
  };
}

/** A number from 0 to 1. */
export const share = makeValidator<number>((input) => {
  const value = /^\d(\.\d{1,9})?$/.test(input) ? Number(input) : Number.NaN;
  if (value <= 1) return value;
  throw new Error('write a number from 0 to 1');
});

/** A JSON array of JSON Pointers. */
export const masks = makeValidator<readonly Mask[]>((input) => {
  const parsed = masksOf(input).map(parseMask);
  const faults = parsed.filter((mask) => typeof mask === 'string');
  if (faults.length > 0) throw new Error(faults.join('; '));
  return parsed.filter((mask) => typeof mask !== 'string');
});

function masksOf(input: string): readonly string[] {
  try {
    const list: unknown = JSON.parse(input);
    if (Array.isArray(list) && list.length <= 100 && list.every((each) => typeof each === 'string')) return list;
  } catch {
    // As any other value that is none.
  }
  throw new Error('write a JSON array of at most 100 JSON Pointers, ["/request/context/aws:SourceIp"]');
}
