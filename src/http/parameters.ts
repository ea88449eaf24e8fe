import type { Request } from 'express';
import { ServiceError } from '../service/errors.js';
import { openApi, type Parameter, type Schema } from './open-api.js';
import { checkOf } from './schemas.js';

export interface Parameters {
  readonly path: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
}

interface Fault {
  readonly code: string;
  readonly detail: string;
}

/** Reads what an operation declares in its path and query, and refuses anything else in the query. */
export function parameterReader(declared: readonly Parameter[]): (request: Request) => Parameters {
  const path = valuesReader('path', declared);
  const query = valuesReader('query', declared);
  const takesNone = declared.every((parameter) => parameter.in === 'header');
  return (request) => {
    if (takesNone && !request.url.includes('?')) return NONE;
    const faults: Fault[] = [];
    const values = {
      path: path(Object.entries(request.params), faults),
      query: query(queryOf(request.url, faults), faults),
    };
    if (faults.length === 0) return values;
    throw new ServiceError(
      'malformed-request',
      'the parameters are not what this operation takes',
      // Pointers lead into the body, and a parameter is not there: the text names it.
      faults.map((fault) => ({ pointer: '', ...fault })),
    );
  };
}

const NONE: Parameters = { path: {}, query: {} };

type Pairs = readonly (readonly [name: string, value: unknown])[];

function valuesReader(where: 'path' | 'query', all: readonly Parameter[]) {
  const declared = new Map(all.filter((parameter) => parameter.in === where).map((one) => [one.name, one]));
  const expected = [...declared.values()].map(({ name, required, schema }) => {
    const { type, default: otherwise } = resolved(schema);
    return { name, required, type, otherwise, check: checkOf(schema) };
  });

  return (pairs: Pairs, faults: Fault[]): Record<string, unknown> => {
    const given = new Map<string, unknown>();
    for (const [name, text] of pairs) {
      if (!declared.has(name))
        faults.push({ code: 'unknown-parameter', detail: `there is no parameter \`${name}\` here` });
      else if (given.has(name))
        faults.push({ code: 'repeated-parameter', detail: `\`${name}\` occurs more than once` });
      else given.set(name, text);
    }
    const values: Record<string, unknown> = {};
    for (const { name, required, type, otherwise, check } of expected) {
      const value = given.has(name) ? coerced(given.get(name), type) : otherwise;
      if (value === undefined) {
        if (required) faults.push({ code: 'missing-parameter', detail: `\`${name}\` is missing` });
        continue;
      }
      values[name] = value;
      for (const { code, detail } of check(value))
        faults.push({ code, detail: `\`${name}\` in the ${where} ${detail}` });
    }
    return values;
  };
}

/** The parameters of a URL's query, decoded as HTML forms and URLSearchParams do, but strictly. */
function queryOf(url: string, faults: Fault[]): Pairs {
  const start = url.indexOf('?');
  if (start === -1) return [];
  const pairs = url
    .slice(start + 1)
    .split('&')
    .filter((pair) => pair !== '');
  return pairs.flatMap((pair) => {
    const [name = '', ...rest] = pair.split('=');
    try {
      return [[decoded(name), decoded(rest.join('='))]];
    } catch {
      faults.push({ code: 'malformed', detail: 'the query is not percent-encoded UTF-8' });
      return [];
    }
  });
}

const decoded = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '));

/** Text as the number or Boolean that it plainly is; everything else stays text, for the check to refuse. */
function coerced(text: unknown, type: unknown): unknown {
  if (type === 'integer' && /^-?\d{1,16}$/.test(String(text))) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

function resolved(schema: Schema): Schema {
  const name = typeof schema.$ref === 'string' ? schema.$ref.split('/').at(-1) : undefined;
  return name === undefined ? schema : (openApi.components.schemas[name] ?? {});
}
