import { type Issue, pointerTo } from '../policy/issue.js';
import { isConditionKey } from '../policy/keys.js';
import { MAX_CONTEXT_KEYS, MAX_CONTEXT_VALUES } from '../policy/request.js';
import { escapedStep } from './authzen-names.js';

/** Where in an evaluation a property stands. */
export type Place = 'subject' | 'action' | 'resource' | 'context';

type JsonObject = Readonly<Record<string, unknown>>;
type Scalar = string | number | boolean;

const LONGEST_NAME = 256;
/** Also of members that make no key: the same defaults are read for each of a thousand evaluations. */
const MOST_MEMBERS = 10 * MAX_CONTEXT_KEYS;

/** Properties as condition keys: `authzen:resource/owner/id` holds what `resource.properties.owner.id` does. */
export class AuthzenKeys {
  readonly context: Record<string, unknown> = {};
  readonly issues: Issue[] = [];
  #members = 0;

  /** @param omitted members that are no properties, but say something to the mapping */
  add(place: Place, properties: JsonObject, omitted: readonly string[]): void {
    const pointer = place === 'context' ? '/context' : `/${place}/properties`;
    for (const [name, value] of Object.entries(properties)) {
      if (omitted.includes(name)) continue;
      const at = pointerTo(pointer, name);
      // Only in the context: the properties of an entity are somebody's words about it, and no key of AWS.
      if (place === 'context' && isConditionKey(name) && !name.toLowerCase().startsWith('authzen:')) {
        if (value !== null) this.#set(name, value, at);
      } else if (this.#isShort(name, at)) {
        this.#flatten(`authzen:${place}/${escapedStep(name)}`, value, at);
      }
      if (this.issues.length > 0) return;
    }
  }

  /** A key for a scalar, and for a list of them; an object has one for each of its members. Null is no value. */
  #flatten(key: string, value: unknown, pointer: string): void {
    if (++this.#members > MOST_MEMBERS) return this.#refuse('', 'too-many', 'the evaluation has too many properties');
    if (value === null) return;
    if (typeof value !== 'object') return this.#set(key, value, pointer);
    if (Array.isArray(value)) {
      if (value.length > MAX_CONTEXT_VALUES) {
        return this.#refuse(pointer, 'too-many', `a list has at most ${MAX_CONTEXT_VALUES} values`);
      }
      if (value.every(isScalar)) return this.#set(key, value, pointer);
    }
    for (const [name, member] of Object.entries(value as object)) {
      const at = pointerTo(pointer, name);
      if (this.#isShort(name, at)) this.#flatten(`${key}/${escapedStep(name)}`, member, at);
      if (this.issues.length > 0) return;
    }
  }

  #isShort(name: string, pointer: string): boolean {
    if (name.length <= LONGEST_NAME) return true;
    this.#refuse(pointer.slice(0, LONGEST_NAME), 'too-long', `a name has at most ${LONGEST_NAME} characters`);
    return false;
  }

  #set(key: string, value: unknown, pointer: string): void {
    if (Object.keys(this.context).length >= MAX_CONTEXT_KEYS) {
      return this.#refuse(pointer, 'too-many', `at most ${MAX_CONTEXT_KEYS} properties are taken`);
    }
    // Not assigned: the key may be `__proto__`.
    Object.defineProperty(this.context, key, { value, enumerable: true, configurable: true, writable: true });
  }

  #refuse(pointer: string, code: string, detail: string): void {
    this.issues.push({ pointer, code, detail });
  }
}

const isScalar = (value: unknown): value is Scalar => value !== null && typeof value !== 'object';
