import { fault, ok, quoted, type Result } from './issue.js';
import { Glob } from './pattern.js';
import { Subject } from './positions.js';
import { isTokens, parseTemplate } from './variables.js';

/** One entry of an Action element: an action, a pattern, or null for every action. Lower case: case does not count. */
export type ActionPattern = string | Glob | null;

const ACTION = /^[A-Za-z0-9-]{1,64}:[A-Za-z0-9*?]{1,128}$/;

/** IAM User Guide, "IAM JSON policy elements: Action": `service:Name` with wildcards in the name, `*`, or `*:*`. */
export function parseActionPattern(text: string): Result<ActionPattern> {
  if (text === '*' || text === '*:*') return ok(null);
  if (text.includes('${')) {
    return fault('variable-in-element', `${quoted(text)} has a variable: only Resource and Condition may have one`);
  }
  if (!ACTION.test(text)) {
    return fault(
      'malformed-action',
      `${quoted(text)} is no action: write \`execute-api:Invoke\`, \`execute-api:*\` or \`*\``,
    );
  }
  if (!/[*?]/.test(text)) return ok(lowerAction(text));
  const template = parseTemplate(text.toLowerCase(), { wildcards: true, variables: false });
  return template.ok && isTokens(template.value) ? ok(new Glob(template.value)) : ok(null);
}

/** @param action in lower case */
export const covers = (pattern: ActionPattern, action: string): boolean =>
  pattern === null || pattern === action || (typeof pattern !== 'string' && pattern.matches(subjectOf(action)));

/** A policy's patterns are all matched against the one action of a request. */
function subjectOf(action: string): Subject {
  if (latest.text !== action) latest = new Subject(action);
  return latest;
}

let latest = new Subject('');

export const INVOKE = 'execute-api:invoke';

/** The form in which actions compare; the one that nearly all are is one string, equal without being read. */
export const lowerAction = (text: string): string => {
  if (text === 'execute-api:Invoke') return INVOKE;
  const lower = text.toLowerCase();
  return lower === INVOKE ? INVOKE : lower;
};
