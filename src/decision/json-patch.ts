import { fault, ok, pointerTo, quoted, type Result } from '../policy/issue.js';

/** One operation of a JSON Patch: RFC 6902, without `move` and `copy`. */
export type Operation = Edit | { readonly op: 'test'; readonly path: string; readonly value: unknown };

/** An operation that changes something. */
export type Edit =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

/**
 * Applies a patch: all of it, or, with the first operation that cannot be done, nothing. The document stays as it is;
 * what the patch leaves alone is shared with the result.
 */
export function applyPatch(document: unknown, patch: readonly Operation[]): Result<unknown> {
  const patching = new Patching(document);
  for (const operation of patch) {
    const steps = stepsOf(operation.path);
    if (steps === undefined) return fault('malformed-pointer', `${quoted(operation.path)} is no JSON Pointer`);
    const failed = patching.apply(operation, steps);
    if (failed !== null) return failed;
  }
  return ok(patching.root.document);
}

/** The parts of a JSON Pointer: RFC 6901. */
function stepsOf(pointer: string): string[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined;
  const steps = pointer.slice(1).split('/');
  return pointer.includes('~') ? steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')) : steps;
}

type Container = unknown[] | Record<string, unknown>;

/** A document being patched: what is changed is copied once, and then is its own. */
class Patching {
  readonly root: { document: unknown };
  readonly #own = new Set<unknown>();

  constructor(document: unknown) {
    this.root = { document };
    this.#own.add(this.root);
  }

  /** @returns why the operation cannot be done, else null */
  apply(operation: Operation, steps: readonly string[]): Result<never> | null {
    let parent: Container = this.root;
    let key = 'document';
    for (const step of steps) {
      const inner = this.#inside(parent, key);
      if (inner === null) return missing(operation);
      parent = inner;
      key = step;
    }
    if (operation.op === 'add') return add(parent, key, operation.value) ? null : missing(operation);
    if (!has(parent, key)) return missing(operation);
    if (operation.op === 'remove') remove(parent, key);
    else if (operation.op === 'replace') set(parent, key, operation.value);
    else if (!equal(get(parent, key), operation.value)) {
      return fault('test-failed', `${quoted(operation.path)} is not what the patch was made for`);
    }
    return null;
  }

  /** The array or object at a place, as one that may be written to; null where there is none. */
  #inside(parent: Container, key: string): Container | null {
    if (!has(parent, key)) return null;
    const value = get(parent, key);
    if (this.#own.has(value)) return value as Container;
    const copy: Container | null = Array.isArray(value)
      ? [...(value as unknown[])]
      : isObject(value)
        ? { ...value }
        : null;
    if (copy === null) return null;
    this.#own.add(copy);
    set(parent, key, copy);
    return copy;
  }
}

const INDEX = /^(?:0|[1-9]\d{0,9})$/;

const has = (parent: Container, key: string): boolean =>
  Array.isArray(parent) ? INDEX.test(key) && Number(key) < parent.length : Object.hasOwn(parent, key);

const get = (parent: Container, key: string): unknown => (parent as Record<string, unknown>)[key];

/** Not an assignment: a member may be called `__proto__`. */
function set(parent: Container, key: string, value: unknown): void {
  if (Array.isArray(parent)) parent[Number(key)] = value;
  else Object.defineProperty(parent, key, { value, writable: true, enumerable: true, configurable: true });
}

function add(parent: Container, key: string, value: unknown): boolean {
  if (!Array.isArray(parent)) {
    set(parent, key, value);
    return true;
  }
  const index = key === '-' ? parent.length : INDEX.test(key) ? Number(key) : -1;
  if (index < 0 || index > parent.length) return false;
  parent.splice(index, 0, value);
  return true;
}

function remove(parent: Container, key: string): void {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
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
export function patchBetween(before: unknown, after: unknown, path = ''): Edit[] {
  if (equal(before, after)) return [];
  if (isObject(before) && isObject(after)) return betweenObjects(before, after, path);
  if (!Array.isArray(before) || !Array.isArray(after)) return [{ op: 'replace', path, value: after }];
  if (after.length < before.length) return shortened(before, after, path);
  const edits: Edit[] = [];
  for (const [at, value] of after.entries()) {
    if (at >= before.length) edits.push({ op: 'add', path: pointerTo(path, '-'), value });
    // Lists are long, and little of them changes.
    else if (value !== before[at]) edits.push(...patchBetween(before[at], value, pointerTo(path, at)));
  }
  return edits;
}

function betweenObjects(before: JsonObject, after: JsonObject, path: string): Edit[] {
  const removed = Object.keys(before).filter((name) => !Object.hasOwn(after, name));
  return [
    ...removed.map((name): Edit => ({ op: 'remove', path: pointerTo(path, name) })),
    ...Object.keys(after).flatMap((name): Edit[] =>
      Object.hasOwn(before, name)
        ? patchBetween(before[name], after[name], pointerTo(path, name))
        : [{ op: 'add', path: pointerTo(path, name), value: after[name] }],
    ),
  ];
}

/**
 * A list from which entries were taken: removed from the end on, so that each index still holds when its turn comes;
 * where hardly any are left it is shorter to say which.
 */
function shortened(before: readonly unknown[], after: readonly unknown[], path: string): Edit[] {
  const taken: number[] = [];
  let kept = 0;
  for (const [at, value] of before.entries()) {
    if (kept < after.length && equal(value, after[kept])) kept++;
    else taken.push(at);
  }
  const anew: Edit[] = [{ op: 'replace', path, value: after }];
  if (kept < after.length) return anew;
  const removals = taken.reverse().map((at): Edit => ({ op: 'remove', path: pointerTo(path, at) }));
  return taken.length > after.length && JSON.stringify(anew).length < JSON.stringify(removals).length ? anew : removals;
}
