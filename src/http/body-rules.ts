import type { IncomingMessage } from 'node:http';
import type { HttpSettings } from './locals.js';

/** How the body of one operation departs from the rule: at most `maxBody` bytes, and no member twice. */
export interface BodyRules {
  readonly maxBytes?: (settings: HttpSettings) => number;
  /** Below this pointer repeated members are not refused, but handed to the operation: `duplicatesOf`. */
  readonly duplicatesBelow?: string;
  /** A body of lines, of so many bytes, is not read, but handed to the operation: `linesOf`. */
  readonly maxLines?: (settings: HttpSettings) => number;
}

const rules = new WeakMap<object, BodyRules>();

/** Decorates a method of a controller. */
export const AcceptBody =
  (given: BodyRules) =>
  (_prototype: object, _name: string, { value }: PropertyDescriptor): void => {
    rules.set(value, given);
  };

export const bodyRulesOf = (action: object): BodyRules => rules.get(action) ?? {};

const kept = new WeakMap<IncomingMessage, readonly string[]>();
const unread = new WeakMap<IncomingMessage, AsyncIterable<string>>();

export const keepDuplicates = (request: IncomingMessage, pointers: readonly string[]): void => {
  kept.set(request, pointers);
};

/** The repeated members of the body that the operation asked to see, relative to its `duplicatesBelow`. */
export const duplicatesOf = (request: IncomingMessage): readonly string[] => kept.get(request) ?? [];

export const keepLines = (request: IncomingMessage, lines: AsyncIterable<string>): void => {
  unread.set(request, lines);
};

/** The lines of the body; undefined where it was a JSON body like any other. */
export const linesOf = (request: IncomingMessage): AsyncIterable<string> | undefined => unread.get(request);
