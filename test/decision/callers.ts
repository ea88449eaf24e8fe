import type { Circumstances } from '../../src/decision/context.js';
import { iam, principalOf, sts } from './build.js';

/** One of each kind. */
export const callers = {
  root: iam('root'),
  alice: iam('user/team/alice'),
  role: iam('role/service/app'),
  session: sts('assumed-role/app/s1'),
  kate: sts('federated-user/kate'),
  lambda: 'lambda.amazonaws.com',
  anonymous: 'anonymous',
} as const;
export type Caller = keyof typeof callers;

/** What is known of a call by one of them. */
export const circumstances = (caller: Caller, known: Partial<Circumstances> = {}) => ({
  principal: principalOf(callers[caller]),
  ...known,
});
