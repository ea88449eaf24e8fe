import { firstErrors } from '../policy/first-errors.js';
import type { Issue } from '../policy/issue.js';

/**
 * Why a job could not be done. The outer layer gives each code its status (`http/problem.ts`); nothing here knows HTTP.
 *
 * - `malformed-request`: what was sent is not what the operation takes
 * - `unknown-policy`: a decision names a policy version that does not exist (a forgotten boundary must not vanish)
 * - `unknown-attached-policy`: a record to be stored names a policy that does not exist
 * - `policy-attached`: a policy to be deleted is named by records
 * - `unauthenticated`: nothing says who asks
 * - `invalid-credentials`: what says who asks is not valid
 * - `too-many-failures`: the same, from where it was not valid many times before
 * - `forbidden`: the caller may not do this
 * - `issuer-unavailable`: the issuer of a token cannot be asked whether the token is its own
 * - `revision-not-reached`: the state asked for has not arrived here within the time allowed
 * - `state-too-old`: the store has not been heard of for longer than decisions may be made without
 * - `decision-log-full`: answers wait for the decision log, and it does not take entries fast enough
 * - `changes-forgotten`: changes that were asked for are older than what is kept
 * - `too-many-waiting`: as many requests as may wait for changes do so already
 */
export type ServiceErrorCode =
  | 'malformed-request'
  | 'unauthenticated'
  | 'invalid-credentials'
  | 'too-many-failures'
  | 'forbidden'
  | 'issuer-unavailable'
  | 'unknown-policy'
  | 'not-found'
  | 'conflict'
  | 'policy-attached'
  | 'unknown-attached-policy'
  | 'precondition-failed'
  | 'payload-too-large'
  | 'unsupported-media-type'
  | 'invalid-policy'
  | 'revision-not-reached'
  | 'state-too-old'
  | 'decision-log-full'
  | 'changes-forgotten'
  | 'too-many-waiting'
  | 'store-unavailable';

/**
 * The world said no. `errors` point into what was sent: `/document/Statement/0`, `''` for all of it; of very many they are
 * the first, and one that says so.
 */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly errors: readonly Issue[];

  constructor(
    readonly code: ServiceErrorCode,
    message: string,
    errors: readonly Issue[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.errors = firstErrors(errors);
  }
}
