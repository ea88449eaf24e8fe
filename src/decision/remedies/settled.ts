import type { Edit } from '../json-patch.js';
import { together } from './places.js';
import type { Change, Step } from './remedy.js';

/**
 * Steps of which none overwrites what another says of the question: where a later one does, it takes the place of both.
 * Nobody has an authorizer answer one thing and then another.
 */
export function settled(steps: readonly Step[]): readonly Step[] {
  const kept: Step[] = [];
  for (const step of steps) {
    const before = kept.findIndex((earlier) => overwrites(step, earlier));
    kept.push(before === -1 ? step : inPlaceOf(kept.splice(before, 1)[0]!, step));
  }
  return kept;
}

function inPlaceOf(earlier: Step, step: Step): Step {
  const changes = together([...earlier.changes, ...step.changes]);
  const once = changes.map((change) => (isOfBody(change) ? { ...change, patch: writtenOnce(change.patch) } : change));
  return { ...step, changes: once };
}

/** Whether a step writes nothing but the body of the question, and a later one writes all of that anew. */
function overwrites({ changes }: Step, earlier: Step): boolean {
  const isAnew = (change: Change, path: string): boolean =>
    changes.some(
      ({ target, patch }) =>
        target === change.target && patch.some((edit) => edit.op === 'replace' && edit.path === path),
    );
  return earlier.changes.every(
    (change) =>
      isOfBody(change) &&
      change.patch.some(({ op }) => op !== 'remove') &&
      change.patch.every(({ op, path }) => op === 'remove' || isAnew(change, path)),
  );
}

const isOfBody = ({ target, name }: Change): boolean => target === 'request' || (target === 'api' && name === null);

/** What is replaced after it was written is written so at once. */
function writtenOnce(patch: readonly Edit[]): readonly Edit[] {
  const edits: Edit[] = [];
  for (const edit of patch) {
    const at = edit.op === 'replace' ? edits.findIndex(({ op, path }) => op !== 'remove' && path === edit.path) : -1;
    if (at === -1) edits.push(edit);
    else edits[at] = { ...edits[at], ...edit, op: edits[at]!.op } as Edit;
  }
  return edits;
}
