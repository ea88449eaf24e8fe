import { type ConditionValue, many, type OneOrMany, type PrincipalElement, type Statement } from './document.js';
import { pointerTo } from './issue.js';
import { textOf } from './values.js';

/** A part of a statement that holds one value or a set of them: an element, a type of principal, a condition key. */
export interface Element {
  /** Relative to the statement, as written. */
  readonly pointer: string;
  readonly value: OneOrMany<ConditionValue>;
  /** Its values as written, by the form in which they compare. */
  readonly values: ReadonlyMap<string, string>;
}

/** By the pointer in the form in which names compare. Statements with equal keys and values mean the same, Sid aside. */
export type Elements = ReadonlyMap<string, Element>;

/** The statement as sets, so that neither their order nor one value without a list around it makes a difference. */
export function elementsOf(statement: Statement): Elements {
  const found = new Map<string, Element>();
  for (const [name, value] of Object.entries(statement)) {
    const pointer = pointerTo('', name);
    if (name === 'Condition') addConditions(found, value);
    else if (name === 'Principal' || name === 'NotPrincipal') addPrincipals(found, pointer, value);
    else found.set(pointer, element(pointer, value, name.endsWith('Action') ? lower : same));
  }
  return found;
}

const same = (text: string): string => text;
const lower = (text: string): string => text.toLowerCase();

function element(pointer: string, value: OneOrMany<ConditionValue>, comparable = same): Element {
  const texts = many(value).map(textOf);
  return { pointer, value, values: new Map(texts.map((text) => [comparable(text), text])) };
}

function addPrincipals(found: Map<string, Element>, pointer: string, value: PrincipalElement): void {
  // `"*"` and `{"AWS": "*"}` name the same: everyone.
  if (value === '*') {
    found.set(`${pointer}/AWS`, element(pointer, value));
    return;
  }
  for (const [type, names] of Object.entries(value)) {
    const at = pointerTo(pointer, type);
    found.set(at, element(at, names));
  }
}

/** Names of condition keys compare without case; an operator without keys says nothing. */
function addConditions(found: Map<string, Element>, block: NonNullable<Statement['Condition']>): void {
  for (const [operator, keys] of Object.entries(block)) {
    const base = pointerTo('/Condition', operator);
    for (const [key, values] of Object.entries(keys)) {
      const at = pointerTo(base, key);
      found.set(pointerTo(base, key.toLowerCase()), element(at, values));
    }
  }
}
