/** A part of every entry that is not to be written: a JSON Pointer (RFC 6901), in which `*` is any member or element. */
export interface Mask {
  readonly pointer: string;
  readonly steps: readonly string[];
}

/** What stands where something was masked. */
export const MASKED = '***';

/** What may be masked: the rest of an entry is what the log is for. */
const MASKABLE: Readonly<Record<string, readonly string[] | null>> = {
  request: [
    ...['principal', 'action', 'resource', 'endpoint', 'context', 'identityPolicies', 'permissionsBoundary'],
    ...['sessionPolicies', 'authorizerResult', 'authorizerPolicy'],
  ],
  answer: ['determining', 'policies', 'assumed'],
  requestId: null,
  by: null,
};

/** @returns the mask, or what is wrong with it: one that could never fit anything is wrong, too, for it would hide a slip */
export function parseMask(pointer: string): Mask | string {
  if (!pointer.startsWith('/')) return `${pointer} is no JSON Pointer: write /request/context/aws:SourceIp`;
  if (/~(?![01])/.test(pointer)) return `${pointer} is no JSON Pointer: write ~ as ~0, and / within a name as ~1`;
  const steps = pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const [first = '', second] = steps;
  const members = Object.hasOwn(MASKABLE, first) ? MASKABLE[first] : undefined;
  if (members === undefined) return `${pointer} masks nothing: it begins with ${Object.keys(MASKABLE).join(', ')}`;
  if (second !== undefined && second !== '*' && !members?.includes(second)) {
    return `${pointer} masks nothing: ${members === null ? `${first} has no parts` : `of ${first} there is ${members.join(', ')}`}`;
  }
  return { pointer, steps };
}

/**
 * A copy in which what the masks name is masked.
 * @returns undefined where a mask does not fit: it asks for a part of what has no parts, and that may hold the secret
 */
export function applyMasks<T extends object>(
  entry: T,
  masks: readonly Mask[],
): { readonly entry: T; readonly masked: readonly string[] } | undefined {
  const masked: string[] = [];
  let result: unknown = entry;
  for (const { steps } of masks) {
    result = applied(result, steps, 0, '', masked);
    if (result === DOES_NOT_FIT) return undefined;
  }
  return { entry: result as T, masked };
}

const DOES_NOT_FIT = Symbol('a mask does not fit');

function applied(value: unknown, steps: readonly string[], depth: number, at: string, masked: string[]): unknown {
  if (depth === steps.length) {
    if (value === MASKED) return value;
    masked.push(at);
    return MASKED;
  }
  // Nothing there, or masked as a whole already.
  if (value === null || value === MASKED) return value;
  if (typeof value !== 'object') return DOES_NOT_FIT;
  const step = steps[depth] as string;
  const isList = Array.isArray(value);
  if (isList && step !== '*' && !/^(0|[1-9]\d*)$/.test(step)) return DOES_NOT_FIT;
  let copy: Record<string, unknown> | unknown[] | undefined;
  for (const name of Object.keys(value)) {
    if (!isNamed(name, step)) continue;
    const escaped = name.replaceAll('~', '~0').replaceAll('/', '~1');
    const result = applied((value as Record<string, unknown>)[name], steps, depth + 1, `${at}/${escaped}`, masked);
    if (result === DOES_NOT_FIT) return DOES_NOT_FIT;
    copy = replaced(copy ?? value, name, result);
  }
  return copy ?? value;
}

/** A copy with one member changed: what was given is somebody else's. `[name]` also where that is `__proto__`. */
const replaced = (value: object, name: string, member: unknown): Record<string, unknown> | unknown[] =>
  Array.isArray(value) ? value.with(Number(name), member) : { ...value, [name]: member };

/** Condition keys are the same in any case, and whoever asks chooses it. */
const isNamed = (name: string, step: string): boolean =>
  step === '*' || name === step || name.toLowerCase() === step.toLowerCase();
