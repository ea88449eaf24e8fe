import { charactersOf } from '../policy/characters.js';
import { isConditionKey } from '../policy/condition-keys.js';
import { type Issue, pointerTo } from '../policy/issue.js';
import { MAX_CONTEXT_KEYS, MAX_CONTEXT_VALUE, MAX_CONTEXT_VALUES } from '../policy/request.js';
import { escapedStep } from './authzen-names.js';

/** Where in an evaluation a property stands. */
export type Place = 'subject' | 'action' | 'resource' | 'context';

type JsonObject = Readonly<Record<string, unknown>>;

/** A condition key, and where it comes from. */
interface Key {
  readonly key: string;
  readonly value: unknown;
  readonly pointer: string;
}

interface Keys {
  readonly keys: readonly Key[];
  readonly issues: readonly Issue[];
}

const LONGEST_NAME = 256;
/** Also of members that make no key. */
const MOST_MEMBERS = 10 * MAX_CONTEXT_KEYS;

/** The keys of an evaluation, from all places. @returns every issue found, or the context of a question */
export function contextOf(places: readonly Keys[]): JsonObject | readonly Issue[] {
  const issues = places.flatMap((one) => one.issues);
  const keys = places.flatMap((one) => one.keys);
  const beyond = keys[MAX_CONTEXT_KEYS];
  if (beyond !== undefined) issues.push(tooMany(beyond.pointer));
  if (issues.length > 0) return issues;
  return Object.fromEntries(keys.map(({ key, value }) => [key, value]));
}

const tooMany = (pointer: string): Issue => {
  const detail = `at most ${MAX_CONTEXT_KEYS} properties are taken`;
  return { pointer, code: 'too-many', detail };
};

/**
 * Properties as condition keys: `authzen:resource/owner/id` holds what `resource.properties.owner.id` does.
 * @param omitted members that are no properties, but say something to the mapping
 */
export const keysOf = (place: Place, properties: JsonObject, omitted: readonly string[]): Keys =>
  new Reader(place, omitted).read(properties);

class Reader implements Keys {
  readonly keys: Key[] = [];
  readonly issues: Issue[] = [];
  #members = 0;

  constructor(
    private readonly place: Place,
    private readonly omitted: readonly string[],
  ) {}

  read(properties: JsonObject): Keys {
    const base = this.place === 'context' ? '/context' : `/${this.place}/properties`;
    this.#each(properties, base, (name, value, pointer) => {
      if (this.omitted.includes(name)) return;
      // Only in the context: the properties of an entity are somebody's words about it, and no key of AWS.
      if (this.place === 'context' && isConditionKey(name) && !name.toLowerCase().startsWith('authzen:')) {
        if (value !== null) this.#set(name, value, pointer);
      } else {
        this.#flatten(`authzen:${this.place}/${escapedStep(name)}`, value, pointer);
      }
    });
    return this;
  }

  /** A key for a scalar, and for a list of them; an object has one for each of its members. Null is no value. */
  #flatten(key: string, value: unknown, pointer: string): void {
    if (value === null) return;
    if (typeof value !== 'object') return this.#set(key, value, pointer);
    if (Array.isArray(value)) {
      if (value.length > MAX_CONTEXT_VALUES) {
        return this.#refuse(pointer, 'too-many', `a list has at most ${MAX_CONTEXT_VALUES} values`);
      }
      if (value.every((element) => element !== null && typeof element !== 'object')) {
        return this.#set(key, value, pointer);
      }
    }
    this.#each(value, pointer, (name, member, at) => this.#flatten(`${key}/${escapedStep(name)}`, member, at));
  }

  /** Stops at the first issue: of what is too much there would be too many. */
  #each(object: object, base: string, visit: (name: string, value: unknown, pointer: string) => void): void {
    for (const [name, value] of Object.entries(object)) {
      if (this.issues.length > 0) return;
      if (charactersOf(name, LONGEST_NAME) > LONGEST_NAME) {
        this.#refuse(base, 'too-long', `the name of a member has more than ${LONGEST_NAME} characters`);
      } else if (++this.#members > MOST_MEMBERS) {
        this.#refuse(base, 'too-many', `more than ${MOST_MEMBERS} members are not read`);
      } else {
        visit(name, value, pointerTo(base, name));
      }
    }
  }

  #set(key: string, value: unknown, pointer: string): void {
    // Characters are counted elsewhere, once for each evaluation. None takes more than two of these units.
    const isLong = (one: unknown) => typeof one === 'string' && one.length > 2 * MAX_CONTEXT_VALUE;
    if (isLong(value) || (Array.isArray(value) && value.some(isLong))) {
      return this.#refuse(pointer, 'too-long', `a value has at most ${MAX_CONTEXT_VALUE} characters`);
    }
    if (this.keys.length >= MAX_CONTEXT_KEYS) this.issues.push(tooMany(pointer));
    else this.keys.push({ key, value, pointer });
  }

  #refuse(pointer: string, code: string, detail: string): void {
    this.issues.push({ pointer, code, detail });
  }
}
