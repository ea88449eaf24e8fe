import { OWN_REGION } from '../policy/arn.js';
import { NO_ACCOUNT } from './method-arn.js';

/** The API and the endpoint that stand for everything that is not of API Gateway. */
export const AUTHZEN = 'authzen';

/**
 * The IAM user that stands for a subject: its id, below a path of its type unless that is `user`. IAM takes few characters
 * in names, so all others are written as `=` and their hexadecimal digits.
 */
export function principalFor(type: string, id: string): string {
  const path = type === 'user' ? '' : `${escapedName(type)}/`;
  return `arn:aws:iam::${NO_ACCOUNT}:user/${path}${escapedName(id)}`;
}

/**
 * The ARN that stands for an action on a resource. A slash within a part is escaped: `*` in a policy crosses slashes, and
 * whoever chose the id `a/read/b` could have a write of it taken for a read.
 */
export function resourceFor(type: string, action: string, id: string): string {
  const parts = [AUTHZEN, ...[type, action, id].map(escapedStep)];
  return `arn:aws:execute-api:${OWN_REGION}:${NO_ACCOUNT}:${parts.join('/')}`;
}

/** One step of a name that slashes divide. */
export const escapedStep = (text: string): string => text.replaceAll('=', '=3D').replaceAll('/', '=2F');

/** What is not to stand for itself as `=` and the hexadecimal digits of each of its bytes in UTF-8; so no two texts meet. */
const escapedName = (text: string): string =>
  text.replace(/[^\w+,.@-]/gu, (character) =>
    [...Buffer.from(character, 'utf8')].map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
