import { ServiceError } from './errors.js';

/** What evaluations fall back to: whole entities, and the members without which an entity is none. */
export interface Defaults {
  readonly subject?: object;
  readonly action?: object;
  readonly resource?: object;
  readonly context?: object;
}

/**
 * Evaluations with what they lack. An entity that one names is its own; only what no entity may lack comes from the default:
 * certification scenario, "Batch with default value merging".
 * @param most bytes that may come from the defaults, counted for each evaluation: what is written once is looked up, judged
 * and logged a thousand times
 * @throws ServiceError `malformed-request` for more
 */
export function withDefaults(items: readonly unknown[], defaults: Defaults, most: number): readonly unknown[] {
  const sizes = new Map<unknown, number>();
  let left = most;
  const taken = (value: unknown): unknown => {
    const size = sizes.get(value) ?? Buffer.byteLength(JSON.stringify(value));
    sizes.set(value, size);
    left -= size;
    if (left < 0) throw tooLarge(most);
    return value;
  };
  return items.map((item) => (isObject(item) ? { ...item, ...lacking(item, defaults, taken) } : item));
}

/** The members of an entity that it may not lack; a context is taken as a whole. */
const REQUIRED = { subject: ['type', 'id'], action: ['name'], resource: ['type', 'id'], context: [] } as const;

function lacking(item: Properties, defaults: Defaults, taken: (value: unknown) => unknown): Properties {
  const found: Record<string, unknown> = {};
  for (const [name, required] of Object.entries(REQUIRED)) {
    if (!Object.hasOwn(defaults, name)) continue;
    const [own, fallback] = [item[name], defaults[name as keyof Defaults]];
    if (!Object.hasOwn(item, name)) {
      found[name] = taken(fallback);
    } else if (isObject(own) && isObject(fallback)) {
      const members = required.filter((member) => !Object.hasOwn(own, member) && Object.hasOwn(fallback, member));
      if (members.length === 0) continue;
      found[name] = { ...own, ...Object.fromEntries(members.map((member) => [member, taken(fallback[member])])) };
    }
  }
  return found;
}

function tooLarge(most: number): ServiceError {
  const detail = `with all that they take from the top, the evaluations have more than ${most} bytes: ask in parts`;
  return new ServiceError('malformed-request', detail, [{ pointer: '/evaluations', code: 'too-large', detail }]);
}

type Properties = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Properties =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
