import type { CompiledPolicy } from '../policy/compiled-policy.js';
import { evaluate } from '../policy/evaluate.js';
import type { AccessRequest, Context } from '../policy/request.js';
import { type Judgement, judge, Views } from './decide.js';
import type { DecisionInput } from './decision.js';

/**
 * As `judge`, for an explanation: it judges one call many times over, with few of the policies changed, and asks each
 * policy once. What was answered is kept by the objects of the question and goes with them: no other question sees it.
 */
export const judgeOnce = (input: DecisionInput): Judgement => judge(input, viewsOf(input), evaluation);

/** As `evaluate`. */
export const evaluation: typeof evaluate = once<CompiledPolicy, ReturnType<typeof evaluate>>(evaluate);

/** The same call is the same requests. */
export function viewsOf(input: DecisionInput): Views {
  const known = calls.get(input.context) ?? [];
  const found = known.find(({ call }) => isSameCall(call, input));
  if (found !== undefined) return found.views;
  const made = { call: input, views: new Views(input) };
  calls.set(input.context, [...known, made]);
  return made.views;
}

const calls = new WeakMap<Context, readonly { readonly call: DecisionInput; readonly views: Views }[]>();

const isSameCall = (left: DecisionInput, right: DecisionInput): boolean =>
  left.principal === right.principal &&
  left.action === right.action &&
  left.resource === right.resource &&
  (left.permissionsBoundary === null) === (right.permissionsBoundary === null);

/** What comes of something and a request, worked out once for each pair. */
export function once<T extends object, R>(
  work: (of: T, request: AccessRequest) => R,
): (of: T, request: AccessRequest) => R {
  const known = new WeakMap<AccessRequest, Map<T, R>>();
  return (of, request) => {
    const results = known.get(request) ?? new Map<T, R>();
    known.set(request, results);
    const found = results.get(of) ?? work(of, request);
    results.set(of, found);
    return found;
  };
}
