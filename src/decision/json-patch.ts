import { fault, ok, pointerTo, quoted, type Result } from '../policy/issue.js';

/** One operation of a JSON Patch: RFC 6902, without `move` and `copy`. */
export type Operation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

/**
 * Applies a patch: all of it, or, with the first operation that cannot be done, nothing. The document stays as it is;
 * what the patch leaves alone is shared with the result.
 */
export function applyPatch(document: unknown, patch: readonly Operation[]): Result<unknown> {
  let patched = document;
  for (const operation of patch) {
    const steps = stepsOf(operation.path);
    if (steps === undefined) return fault('malformed-pointer', `${quoted(operation.path)} is no JSON Pointer`);
    const done = applied(patched, steps, 0, operation);
    if (!done.ok) return done;
    patched = done.value;
  }
  return ok(patched);
}

/** The parts of a JSON Pointer: RFC 6901. */
function stepsOf(pointer: string): string[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function applied(value: unknown, steps: readonly string[], at: number, operation: Operation): Result<unknown> {
  if (at === steps.length) return atTarget(value, operation);
  const step = steps[at]!;
  const last = at === steps.length - 1;
  if (Array.isArray(value)) return inArray(value as readonly unknown[], step, last, steps, at, operation);
  if (!isObject(value)) return missing(operation);
  if (last && operation.op === 'add') return ok({ ...value, [step]: operation.value });
  if (!Object.hasOwn(value, step)) return missing(operation);
  if (last && operation.op === 'remove') {
    return ok(Object.fromEntries(Object.entries(value).filter(([name]) => name !== step)));
  }
  const inner = applied(value[step], steps, at + 1, operation);
  return inner.ok ? ok({ ...value, [step]: inner.value }) : inner;
}

function inArray(
  list: readonly unknown[],
  step: string,
  last: boolean,
  steps: readonly string[],
  at: number,
  operation: Operation,
): Result<unknown> {
  const adds = last && operation.op === 'add';
  const index = step === '-' && adds ? list.length : /^(?:0|[1-9]\d{0,9})$/.test(step) ? Number(step) : -1;
  if (index < 0 || index > list.length || (index === list.length && !adds)) return missing(operation);
  if (adds) return ok([...list.slice(0, index), operation.value, ...list.slice(index)]);
  if (last && operation.op === 'remove') return ok([...list.slice(0, index), ...list.slice(index + 1)]);
  const inner = applied(list[index], steps, at + 1, operation);
  return inner.ok ? ok(list.map((each, place) => (place === index ? inner.value : each))) : inner;
}

function atTarget(value: unknown, operation: Operation): Result<unknown> {
  if (operation.op === 'remove') return ok(undefined);
  if (operation.op !== 'test' || equal(value, operation.value)) {
    return ok(operation.op === 'test' ? value : operation.value);
  }
  return fault('test-failed', `${quoted(operation.path)} is not what the patch was made for`);
}

const missing = ({ path }: Operation): Result<never> =>
  fault('missing-target', `there is no ${quoted(path)} to change`);

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** RFC 6902, section 4.6: members in any order. */
function equal(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((each, at) => equal(each, right[at]));
  }
  if (!isObject(left) || !isObject(right)) return false;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && equal(left[name], right[name]))
  );
}

/**
 * The patch that makes `after` of `before`, no wider than it must be: what is shared or equal stays untouched, what
 * was put behind the end of a list is added there.
 */
export function patchBetween(before: unknown, after: unknown, path = ''): Operation[] {
  if (equal(before, after)) return [];
  if (isObject(before) && isObject(after)) return betweenObjects(before, after, path);
  if (!Array.isArray(before) || !Array.isArray(after)) return [{ op: 'replace', path, value: after }];
  if (after.length < before.length) return shortened(before, after, path);
  return after.flatMap((value: unknown, at): Operation[] =>
    at < before.length
      ? patchBetween(before[at], value, pointerTo(path, at))
      : [{ op: 'add', path: pointerTo(path, '-'), value }],
  );
}

function betweenObjects(before: JsonObject, after: JsonObject, path: string): Operation[] {
  const removed = Object.keys(before).filter((name) => !Object.hasOwn(after, name));
  return [
    ...removed.map((name): Operation => ({ op: 'remove', path: pointerTo(path, name) })),
    ...Object.keys(after).flatMap((name): Operation[] =>
      Object.hasOwn(before, name)
        ? patchBetween(before[name], after[name], pointerTo(path, name))
        : [{ op: 'add', path: pointerTo(path, name), value: after[name] }],
    ),
  ];
}

/** A list from which entries were taken: removed from the end on, so that each index still holds when its turn comes. */
function shortened(before: readonly unknown[], after: readonly unknown[], path: string): Operation[] {
  const taken: number[] = [];
  let kept = 0;
  for (const [at, value] of before.entries()) {
    if (kept < after.length && equal(value, after[kept])) kept++;
    else taken.push(at);
  }
  if (kept < after.length) return [{ op: 'replace', path, value: after }];
  return taken.reverse().map((at): Operation => ({ op: 'remove', path: pointerTo(path, at) }));
}
