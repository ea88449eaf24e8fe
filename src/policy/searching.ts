import type { OperatorName } from './condition.js';
import { conditionKey } from './condition-keys.js';
import { parseTemplate } from './variables.js';

/**
 * A set of a request may hold 100 values of 4,096 characters, and ForAllValues and ForAnyValue match each of them with
 * every pattern. What a pattern looks for anywhere in a text, that is what stands between its wildcards, costs a step
 * for 32 places of the text. So a policy may look for so many characters in sets and no more: then no request makes it
 * take more than 6.9 million steps, less than a hundredth of a second. What stands before the first wildcard and after the
 * last is compared at once and does not count: of patterns such as `o-a1b2c3d4e5/r-ab12/ou-ab12-*` there may be any
 * number, and some twenty-five that look for an id in the middle of a path.
 */
export const MOST_SEARCHED = 512;

/** To put in what a variable stands for takes as long as to look for so many characters. */
const VARIABLE = 8;
/** To look for it takes as long as to look for so many more. */
const SEARCHED_VARIABLE = 120;

/** How many characters one value of a condition looks for in every value of a set; 0 where the key holds no set. */
export function searchedInSets(
  { qualifier, base, operator }: OperatorName,
  key: string,
  text: string,
  variables: boolean,
): number {
  const family = operator?.family;
  if (qualifier === null || (family !== 'string' && family !== 'arn')) return 0;
  if (conditionKey(key)?.multivalued === false) return 0;
  const template = parseTemplate(text, { wildcards: family === 'arn' || base.includes('Like'), variables });
  if (!template.ok) return 0;
  let searched = 0;
  let wildcards = 0;
  // Since the last wildcard: what comes after the last of all is not looked for.
  let since = 0;
  for (const piece of template.value) {
    if ('variable' in piece) {
      searched += VARIABLE;
      since += SEARCHED_VARIABLE;
    } else if ('text' in piece) {
      since += piece.text.length;
    } else {
      if (wildcards > 0) searched += since;
      since = 0;
      wildcards++;
      // A star alone takes what is left.
      if (wildcards > 1 || piece.wildcard === 'one') searched++;
    }
  }
  return searched;
}
