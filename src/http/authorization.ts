import type { Response } from 'express';
import { isRole } from '../service/roles.js';
import { exchangeOf } from './exchange.js';
import type { Operation } from './open-api.js';
import { roleFor } from './open-paths.js';
import { ProblemError, problems } from './problem.js';

/**
 * Whether who asks may ask this: the role is the one that openapi.json tells callers of. Undefined for what is open.
 * @returns throws ProblemError `forbidden`
 */
export function authorization(operation: Operation): ((response: Response) => void) | undefined {
  const role = roleFor(operation);
  if (role === undefined) return undefined;
  if (!isRole(role)) throw new Error(`openapi.json names a role \`${role}\`, and there is none`);
  return (response) => {
    if (exchangeOf(response).may.has(role)) return;
    throw new ProblemError('forbidden', `this takes the role \`${role}\``, {
      headers: { 'WWW-Authenticate': `${problems.forbidden.challenge}, scope="${role}"` },
    });
  };
}
