import type { Issue } from '../policy/issue.js';
import { callIssues } from '../service/decision-request.js';
import { recordIssues } from '../service/records.js';
import { stepOf } from './schema-issues.js';

/** @param misshapen what is wrong with the shape of the value */
export type AlsoWrong = (value: unknown, misshapen: readonly Issue[]) => readonly Issue[];

/**
 * By the name of its schema, what else is wrong with a value whose shape is wrong. What a value means is judged where it is
 * used, once its shape is right; but whoever has written both wrong is to hear of both at once.
 */
export const alsoWrong: Readonly<Record<string, AlsoWrong>> = {
  DecisionRequest: (value, misshapen) => callIssues(wellShaped(value, misshapen, 1), '', 'method'),
  SimulationRequest: (value, misshapen) => {
    const { request } = (value ?? {}) as { readonly request?: unknown };
    const its = misshapen.filter(({ pointer }) => pointer.startsWith('/request'));
    return callIssues(wellShaped(request, its, 2), '/request', 'any');
  },
  EndpointWrite: (value, misshapen) => recordIssues(wellShaped(value, misshapen, 1)),
  ApiWrite: (value, misshapen) => recordIssues(wellShaped(value, misshapen, 1)),
};

/**
 * Of an object the members in which no issue lies; of anything else none.
 * @param step which step of the issues' pointers names a member of the object
 */
function wellShaped(value: unknown, issues: readonly Issue[], step: number): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  const faulty = new Set(issues.map(({ pointer }) => pointer.split('/', step + 1)[step]));
  return Object.fromEntries(Object.entries(value).filter(([name]) => !faulty.has(stepOf(name))));
}
