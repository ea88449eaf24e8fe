import type { Issue } from './issue.js';

/** A body of a mebibyte can hold half a million faults. More than these help nobody, and an answer should not hold them. */
export const MOST_ERRORS = 100;
/** Characters of pointers and details, which can be long: what follows the error that reaches this is left out. */
export const MOST_ERROR_TEXT = 100_000;

const MORE: Issue = { pointer: '', code: 'more-errors', detail: 'there are more faults, which are not shown' };

/**
 * The first errors, and one last that says so where there are more. Of lists that have been cut already, what they said of
 * it is said once more at the end.
 */
export function firstErrors(errors: readonly Issue[], most = MOST_ERRORS): readonly Issue[] {
  const told = errors.filter(({ code }) => code !== MORE.code);
  let text = 0;
  const end = told.findIndex(({ pointer, detail }, index) => {
    if (index === most || text >= MOST_ERROR_TEXT) return true;
    text += pointer.length + detail.length;
    return false;
  });
  const first = end === -1 ? told : told.slice(0, end);
  return first.length === errors.length ? errors : [...first, MORE];
}
