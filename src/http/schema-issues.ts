import type { ErrorObject } from 'ajv';
import type { Issue } from '../policy/issue.js';

/** Ajv's errors (of a run with `allErrors` and `verbose`) as issues that a person can act on. */
export function issuesOf(errors: readonly ErrorObject[]): readonly Issue[] {
  return withoutBranches(errors).map(issueOf);
}

function issueOf(error: ErrorObject): Issue {
  const { instancePath, keyword } = error;
  const { pointer, ...fault } = faults[keyword]?.(error) ?? { code: 'malformed', detail: error.message ?? keyword };
  return { pointer: instancePath + (pointer ?? ''), ...fault };
}

/** How a keyword that does not hold is told; `pointer` goes on from the value that was checked. */
type Telling = (error: ErrorObject) => { readonly code: string; readonly detail: string; readonly pointer?: string };

const atLeast: Telling = ({ params }) => ({ code: 'out-of-range', detail: `must be at least ${params.limit}` });
const atMost: Telling = ({ params }) => ({ code: 'out-of-range', detail: `must be at most ${params.limit}` });
const size =
  (bound: string, things: string): Telling =>
  ({ params }) => ({ code: 'out-of-range', detail: `must have at ${bound} ${params.limit} ${things}` });
const alternatives: Telling = ({ parentSchema, schema }) => ({
  code: 'wrong-type',
  detail: `must be ${oneOf((schema ?? parentSchema?.anyOf ?? []).map(nameOf))}`,
});

const faults: Readonly<Record<string, Telling>> = {
  additionalProperties: ({ params }) => ({
    pointer: `/${stepOf(String(params.additionalProperty))}`,
    code: 'unknown-member',
    detail: 'there is no such member here',
  }),
  required: ({ params }) => ({ code: 'missing-member', detail: `\`${params.missingProperty}\` is missing` }),
  type: ({ parentSchema }) => ({ code: 'wrong-type', detail: `must be ${typeOf(parentSchema)}` }),
  enum: ({ params }) => ({
    code: 'not-allowed-value',
    detail: `must be ${oneOf(params.allowedValues.map((value: unknown) => (value === null ? 'null' : `\`${value}\``)))}`,
  }),
  minimum: atLeast,
  maximum: atMost,
  minItems: size('least', 'elements'),
  maxItems: size('most', 'elements'),
  minProperties: size('least', 'members'),
  maxProperties: size('most', 'members'),
  minLength: ({ params }) => ({ code: 'too-short', detail: `must have at least ${params.limit} characters` }),
  maxLength: ({ params }) => ({ code: 'too-long', detail: `must have at most ${params.limit} characters` }),
  pattern: ({ params }) => ({ code: 'malformed', detail: `must match \`${params.pattern}\`` }),
  anyOf: alternatives,
  oneOf: alternatives,
};

/**
 * Without what the branches of a failed `anyOf` say: a value that was meant as one of them is not wrong five times over.
 * Where its type fits exactly one branch, that branch's complaint is the one to hear, and the `anyOf` goes instead.
 * Ajv reports the branches right before their `anyOf`.
 */
function withoutBranches(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const kept: ErrorObject[] = [];
  for (const error of errors) {
    if (error.keyword !== 'anyOf' && error.keyword !== 'oneOf') {
      if (!isTold(kept.at(-1), error)) kept.push(error);
      continue;
    }
    const branches: ErrorObject[] = [];
    while (kept.length > 0 && isWithin(kept.at(-1) as ErrorObject, error)) branches.push(kept.pop() as ErrorObject);
    const meant = branches.filter(
      ({ keyword, instancePath }) => keyword !== 'type' || instancePath !== error.instancePath,
    );
    kept.push(meant.length === 1 ? (meant[0] as ErrorObject) : error);
  }
  return kept;
}

/** What has the wrong type is none of the allowed values either. */
const isTold = (last: ErrorObject | undefined, error: ErrorObject): boolean =>
  error.keyword === 'enum' && last?.keyword === 'type' && last.instancePath === error.instancePath;

const isWithin = (inner: ErrorObject, outer: ErrorObject): boolean =>
  inner.instancePath === outer.instancePath || inner.instancePath.startsWith(`${outer.instancePath}/`);

const TYPES: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'an array',
  object: 'an object',
  null: 'null',
};

/** What a schema wants, in a word or two. */
function typeOf(schema: unknown): string {
  const { type, nullable } = (schema ?? {}) as { type?: string; nullable?: boolean };
  const name = TYPES[type ?? ''] ?? 'something else';
  return nullable ? `${name} or null` : name;
}

/** The same by the name of the schema, where it has one. */
function nameOf(schema: unknown): string {
  const { title } = (schema ?? {}) as { title?: string };
  return title === undefined ? typeOf(schema) : `${/^[aeiou]/.test(title) ? 'an' : 'a'} ${title}`;
}

const oneOf = (names: readonly string[]): string =>
  names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;

/** A member's name as a step of a JSON Pointer. */
export const stepOf = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
