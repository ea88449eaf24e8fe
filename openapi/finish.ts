/**
 * The second half of `npm run generate`: says in openapi.json what holds of all operations and what tsoa cannot say, so
 * that no controller repeats it. Running it again changes nothing.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isHook } from '../src/http/hook-paths.js';
import { isVersioned } from '../src/http/min-revision.js';
import { type ProblemCode, problems } from '../src/http/problem.js';
import { type Form, formAt } from '../src/http/problem-forms.js';

import { gatewayParameters, gatewayPaths } from './gateways.js';

interface Described {
  description?: string;
  $ref?: string;
}
interface Media {
  schema?: object;
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}
interface Response extends Described {
  content?: Record<string, Media>;
  headers?: Record<string, object>;
}
interface Parameter extends Described {
  in?: string;
  name?: string;
  schema?: { $ref?: string; example?: unknown; description?: string; enum?: unknown[] };
  example?: unknown;
}
interface Operation {
  tags: string[];
  parameters?: Parameter[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, Response>;
  description?: string;
  security?: { key?: string[] }[];
  'x-parameter-examples'?: Record<string, unknown>;
  /** What a body of lines holds, where one is taken too. */
  'x-lines'?: string;
}
export interface Spec {
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: Record<string, Record<string, object>>;
}

export function finish(generated: Spec): Spec {
  const spec = { ...generated, paths: { ...generated.paths, ...(gatewayPaths as Spec['paths']) } };
  const order = spec.tags.map(({ name }) => name);
  const firstTag = (path: string) => order.indexOf(Object.values(spec.paths[path] ?? {})[0]?.tags[0] ?? '');
  const paths = Object.keys(spec.paths).sort((a, b) => firstTag(a) - firstTag(b));
  for (const path of paths) {
    if (isHook(path)) continue;
    for (const operation of Object.values(spec.paths[path] ?? {})) finishOperation(spec, path, operation);
  }
  const finished = {
    ...spec,
    paths: Object.fromEntries(paths.map((path) => [path, spec.paths[path] ?? {}])),
    components: {
      schemas: spec.components.schemas ?? {},
      parameters,
      headers,
      responses: commonResponses,
      securitySchemes: spec.components.securitySchemes ?? {},
    },
  };
  return tidy({ ...finished, components: { ...finished.components, schemas: usedSchemas(finished) } });
}

/** Without the types that tsoa takes apart into parameters. */
function usedSchemas(spec: Spec): Record<string, object> {
  const all = Object.entries(spec.components.schemas ?? {});
  const used = new Set([...JSON.stringify(spec).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name));
  return Object.fromEntries(all.filter(([name]) => used.has(name)));
}

/** Neither limited nor turned away. */
const PROBES: ReadonlySet<string> = new Set(['/livez', '/readyz', '/metrics']);

function finishOperation(spec: Spec, path: string, operation: Operation): void {
  const { responses } = operation;
  const versioned = isVersioned(path);
  const form = formAt(path);
  for (const [status, response] of Object.entries(responses)) {
    if (response.$ref !== undefined || (form !== undefined && Number(status) >= 400)) continue;
    if (Number(status) >= 400) responses[status] = problem(response.description ?? '');
    else finishSuccess(response, versioned);
  }
  if (operation.security?.length === 0) delete operation.security;
  if (operation.requestBody && operation['x-lines']) {
    const schema = { type: 'string', description: operation['x-lines'] };
    operation.requestBody.content['application/x-ndjson'] = { schema };
    delete operation['x-lines'];
  }
  // tsoa adds the tag of the class to that of the method.
  operation.tags = operation.tags.slice(0, 1);

  const common: ProblemCode[] = ['malformed-request', 'internal-error'];
  const role = operation.security?.[0]?.key?.[0];
  if (role === undefined) common.push('host-not-allowed');
  else {
    common.push('unauthenticated', 'forbidden', 'too-many-failures');
    const takes = `Takes the role \`${role}\`.`;
    if (!operation.description?.endsWith(takes)) operation.description = `${operation.description}\n\n${takes}`;
  }
  if (operation.requestBody) common.push('request-timeout', 'payload-too-large', 'unsupported-media-type');
  if (versioned) common.push('revision-not-reached');
  if (!PROBES.has(path)) common.push('overloaded');
  for (const code of common) {
    const { status } = problems[code];
    if (form === undefined) responses[status] ??= { $ref: `#/components/responses/${code}` };
    else if (form.status(status) === status) responses[status] = inForm(form, code);
  }

  const examples = operation['x-parameter-examples'] ?? {};
  delete operation['x-parameter-examples'];
  const own = (operation.parameters ?? []).filter(({ $ref }) => $ref === undefined);
  for (const parameter of own) finishParameter(spec, parameter, examples);
  const shared: (keyof typeof parameters)[] = [];
  if ('412' in responses) shared.push('IfMatch', 'IfNoneMatchToWrite');
  if ('304' in responses) shared.push('IfNoneMatchToRead');
  if (versioned) shared.push('MinRevision');
  operation.parameters = [...own, ...shared.map((name) => ({ $ref: `#/components/parameters/${name}` }))];
}

function finishSuccess(response: Response, versioned: boolean): void {
  for (const media of Object.values(response.content ?? {})) {
    const examples = Object.values(media.examples ?? {});
    if (examples.length !== 1) continue;
    media.example = examples[0]?.value;
    delete media.examples;
  }
  const names = Object.keys(response.headers ?? {});
  if (versioned && !names.includes('Postern-Revision')) names.push('Postern-Revision');
  if (names.length === 0) return;
  response.headers = Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

/** tsoa gives a parameter whose type has a name neither the examples nor the description of that type. */
function finishParameter(spec: Spec, parameter: Parameter, examples: Record<string, unknown>): void {
  const typeName = parameter.schema?.$ref?.split('/').at(-1) ?? '';
  const type = (spec.components.schemas?.[typeName] ?? {}) as NonNullable<Parameter['schema']>;
  parameter.description ??= type.description;
  const example = examples[parameter.name ?? ''] ?? parameter.example ?? type.example ?? type.enum?.[0];
  // An optional parameter with an example would be sent with it when somebody presses Execute.
  if (parameter.in === 'path') parameter.example = example;
}

/** A refusal where it is no problem, but has a form of its own. */
function inForm({ type }: Form, code: string): Response {
  const description = commonResponses[code]?.description?.replace(/^`[a-z-]+`: /, '') ?? '';
  const [mediaType = ''] = type.split(';');
  return { description, content: { [mediaType]: { schema: { type: 'string' }, example: description } } };
}

/** A problem with an example; the description starts with its code. */
function problem(description: string): Response {
  const code = /^`([a-z-]+)`/.exec(description)?.[1] as ProblemCode;
  const { status, title } = problems[code];
  const example = {
    type: `urn:postern:problem:${code}`,
    title,
    status,
    detail: description.slice(code.length + 4),
    code,
    errors: [],
  };
  const schema = { $ref: '#/components/schemas/Problem' };
  return { description, content: { 'application/problem+json': { schema, example } } };
}

const commonResponses: Record<string, Response> = Object.fromEntries(
  Object.entries({
    'malformed-request': 'the request is not what this operation takes; the errors say where',
    unauthenticated:
      'no credentials were sent. `invalid-credentials`: the key or token is not valid. Only where the server authenticates',
    forbidden:
      'the key or token has not the role that this takes. `host-not-allowed`: without authentication only loopback names are served',
    'too-many-failures':
      'too many keys or tokens from this address were not valid; a valid one is let in all the same. `rate-limited`: the caller asks more often than it may',
    'host-not-allowed': 'without authentication only loopback names are served',
    'request-timeout': 'the body came too slowly',
    'payload-too-large': 'the body is larger than the server allows',
    'unsupported-media-type': 'the body is not uncompressed application/json in UTF-8',
    'internal-error': 'a fault of the server; the detail names an id that its log knows',
    'revision-not-reached':
      'the state asked for by Postern-Min-Revision has not arrived here, or the store is away. `issuer-unavailable`: the issuer of the token cannot be asked for its keys. `overloaded`: more is asked than can be answered soon',
    overloaded: 'more is asked than can be answered soon; `Retry-After` says when to come again',
  }).map(([code, text]) => [code, problem(`\`${code}\`: ${text}`)]),
);

const headers = {
  'Postern-Revision': {
    description: 'The state of the store that the answer was made from.',
    required: true,
    schema: { $ref: '#/components/schemas/Revision' },
  },
  ETag: {
    description: 'The quoted revision of the last write of the record.',
    required: true,
    schema: { type: 'string', example: '"17"' },
  },
  Location: { description: 'Where the new record is.', required: true, schema: { type: 'string' } },
};

const header = (name: string, description: string, schema: object) => ({
  name,
  in: 'header',
  required: false,
  description,
  schema,
});

const parameters = {
  ...gatewayParameters,
  MinRevision: header(
    'Postern-Min-Revision',
    'Answer from a state at least this new: what an earlier answer said in `Postern-Revision`.',
    { type: 'integer', format: 'int64', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
  ),
  IfMatch: header('If-Match', 'Only if the ETag of the record is one of these, or (`*`) if there is a record.', {
    type: 'string',
  }),
  IfNoneMatchToWrite: header('If-None-Match', 'Only `*`: if there is no record yet.', { type: 'string' }),
  IfNoneMatchToRead: header(
    'If-None-Match',
    'ETags that the reader has: answered with 304 if one of them still holds.',
    {
      type: 'string',
    },
  ),
};

/** Without what is empty, and with text in one line for each paragraph. */
function tidy<T>(value: T): T {
  if (Array.isArray(value)) return value.map(tidy) as T;
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).flatMap(([name, member]): [string, unknown][] => {
    if (name === 'properties' && Object.keys(member as object).length === 0) return [];
    if (name === 'nullable' && member === false) return [];
    if (name === 'description' && typeof member === 'string') return [[name, member.replace(/(?<!\n)\n(?!\n)/g, ' ')]];
    return [[name, tidy(member)]];
  });
  return Object.fromEntries(members) as T;
}

const file = fileURLToPath(new URL('openapi.json', import.meta.url));
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(file, `${JSON.stringify(finish(JSON.parse(readFileSync(file, 'utf8'))), null, 2)}\n`);
}
