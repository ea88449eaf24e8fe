import { _, Ajv, type CodeKeywordDefinition, type Options, type ValidateFunction } from 'ajv';
import type { Issue } from '../policy/issue.js';
import { type AlsoWrong, alsoWrong } from './also-wrong.js';
import { openApi, type Schema } from './open-api.js';
import { issuesOf } from './schema-issues.js';

/** Finds what is wrong with a value; an empty list is a value of the right shape. */
export type Check = (value: unknown) => readonly Issue[];

/** What keeps a value from having the shape of a named schema; made ready when it is first asked. */
export function shapeOf(schemaName: string): Check {
  let check: Check | undefined;
  return (value) => {
    check ??= checkOf({ $ref: `${COMPONENTS}${schemaName}` });
    return check(value);
  };
}

/**
 * A character is one UTF-16 unit or two. So only a text that may be too long is counted, and not one that must be: it may
 * be as long as the body.
 */
const maxLength: CodeKeywordDefinition = {
  keyword: 'maxLength',
  type: 'string',
  schemaType: 'number',
  error: { message: 'has too many characters', params: ({ schema }) => _`{limit: ${schema}}` },
  code: (context) => {
    const { data, schema: most } = context;
    context.fail(_`${data}.length > ${most} && (${data}.length > ${2 * most} || [...${data}].length > ${most})`);
  },
};

const options: Options = {
  verbose: true,
  strictTypes: false,
  // Formats such as int64 only tell makers of clients which type to take.
  validateFormats: false,
  // The schemas are checked by tests; checking them at each start takes a second.
  meta: false,
  validateSchema: false,
};

/** Stops at the first fault: what nearly every request needs. */
const quick = ajv(options);
const thorough = ajv({ ...options, allErrors: true });

function ajv(chosen: Options): Ajv {
  const made = new Ajv(chosen);
  // Its own counts every text through: three quarters of the time that it takes to check a question.
  made.removeKeyword('maxLength').addKeyword(maxLength);
  return made;
}

const made = new Map<string, Check>();

/** A check of a schema in `openapi.json`. */
export function checkOf(published: Schema): Check {
  const text = JSON.stringify(published);
  const check = made.get(text) ?? makeCheck(enforced(published) as Schema, alsoWrong[nameOf(published)]);
  made.set(text, check);
  return check;
}

const nameOf = ({ $ref = '' }: Schema): string => String($ref).slice(COMPONENTS.length);

function makeCheck(schema: Schema, others: AlsoWrong = () => []): Check {
  const findFirst = quick.compile(schema);
  let findAll: ValidateFunction | undefined;
  return (value) => {
    if (findFirst(value)) return [];
    if (isLarge(value)) return issuesOf(findFirst.errors ?? []);
    findAll ??= thorough.compile(schema);
    findAll(value);
    const misshapen = issuesOf(findAll.errors ?? []);
    return [...misshapen, ...others(value, misshapen)];
  };
}

/**
 * A published schema as Ajv is to enforce it: `x-enforced` in place of what carries it, without what is only said to
 * readers, with null as a type of its own where `nullable` stands without a type (Ajv refuses that), and with references
 * resolved: Ajv joins the errors of a reference in quadratic time, 200 s for a mebibyte of them.
 */
function enforced(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(enforced);
  if (typeof schema !== 'object' || schema === null) return schema;
  if ('x-enforced' in schema) return schema['x-enforced'];
  if ('$ref' in schema) return named(nameOf(schema));
  const rules: Record<string, unknown> = {};
  for (const [keyword, rule] of Object.entries(schema)) {
    if (keyword === 'example' || keyword.startsWith('x-')) continue;
    rules[keyword] = keyword === 'properties' ? mapValues(rule, enforced) : enforced(rule);
  }
  // OpenAPI's way of putting something beside a reference.
  if (Array.isArray(rules.allOf) && rules.allOf.length === 1)
    Object.assign(rules, rules.allOf[0], { allOf: undefined });
  const { nullable, ...others } = rules;
  if (nullable === undefined || 'type' in rules) return rules;
  return nullable ? { anyOf: [{ type: 'null' }, others] } : others;
}

const COMPONENTS = '#/components/schemas/';

/** A schema under its name in words, which errors use. */
function named(name: string): unknown {
  const title = name.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
  return { title, ...(enforced(openApi.components.schemas[name]) as Schema) };
}

const mapValues = (object: unknown, map: (value: unknown) => unknown) =>
  Object.fromEntries(Object.entries(object as object).map(([name, value]) => [name, map(value)]));

const LARGE = 4000;

/** A value of which not all faults are looked for: there may be a hundred thousand, and others are waiting. */
function isLarge(value: unknown): boolean {
  const pending: unknown[] = [value];
  for (let seen = 0; pending.length > 0; seen++) {
    const next = pending.pop() as Record<string, unknown>;
    if (typeof next !== 'object') continue;
    for (const name in next) {
      if (pending.push(next[name]) + seen > LARGE) return true;
    }
  }
  return false;
}
