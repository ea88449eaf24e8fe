import { fault, ok, quoted, type Result } from './issue.js';
import { Glob } from './pattern.js';
import { isTokens, parseTemplate } from './variables.js';

/** One entry of an Action element; null matches every action. Lower case: actions compare without it. */
export type ActionPattern = Glob | null;

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
  const template = parseTemplate(text.toLowerCase(), { wildcards: true, variables: false });
  return template.ok && isTokens(template.value) ? ok(new Glob(template.value)) : ok(null);
}
