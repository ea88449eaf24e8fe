import { quoted } from '../policy/issue.js';
import type { StatementTrace } from '../policy/trace.js';
import type { Layer, PolicyOutcome } from './decision.js';

const LAYER_NAMES: Readonly<Record<Layer, string>> = {
  endpoint: 'endpoint policy',
  resource: 'resource policy',
  authorizer: 'policy of the Lambda authorizer',
  identity: 'identity policy',
  boundary: 'permissions boundary',
  session: 'session policy',
};

/** How sentences name a policy: `the resource policy `orders` (version 3)`, `the identity policy 1 of the request`. */
export function titleOf({ layer, name, version, index }: Omit<PolicyOutcome, 'outcome'>): string {
  const what = `the ${LAYER_NAMES[layer]}`;
  if (name !== null) return `${what} ${quoted(name)} (version ${version})`;
  return index === undefined ? `${what} of the request` : `${what} ${index} of the request`;
}

/** `/Statement/1`, and its Sid if it has one. */
export const statementName = ({ pointer, sid }: Pick<StatementTrace, 'pointer' | 'sid'>): string =>
  sid === null || sid === '' ? quoted(pointer) : `${quoted(pointer)} (${quoted(sid)})`;

const SHOWN = 3;

/** The first of several, and how many more there are. */
export function listed(texts: readonly string[]): string {
  const more = texts.length - SHOWN;
  return more > 0 ? `${texts.slice(0, SHOWN).join(', ')} and ${more} more` : texts.join(', ');
}
