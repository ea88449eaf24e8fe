/**
 * The last part of `npm run generate`: the types of the client (`src/client`), from openapi.json.
 *
 * Own code, because what there is wants another TypeScript than ours, or brings a hundred packages; the dialect that has to
 * be read is what tsoa and `finish.ts` write. test/client/generated.test.ts has every example of the document checked
 * against the types that come of it.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly description?: string;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

type Media = Readonly<Record<string, { readonly schema?: Schema }>>;

interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Media };
  readonly responses: Readonly<Record<string, { readonly $ref?: string; readonly content?: Media }>>;
}

export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly parameters?: Readonly<Record<string, Parameter>>;
  };
}

/** The module of types and operations of a document. */
export function clientModule({ paths, components }: Document): string {
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) => `${comment(schema.description)}export type ${name} = ${typeOf(schema)};\n`,
  );
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  const types = operations.map(({ operation }) => {
    const { operationId, summary } = operation;
    const input = inputOf(operation, components.parameters ?? {});
    return `${comment(summary)}readonly ${operationId}: { readonly input: ${input}; readonly answer: ${answerOf(operation)} };\n`;
  });
  const values = operations.map(
    ({ method, path, operation }) =>
      `  ${operation.operationId}: { method: '${method}', path: ${JSON.stringify(path)} },\n`,
  );
  return [
    '// Made of openapi.json by openapi/client.ts.\n',
    ...schemas,
    `export interface Operations {\n${types.join('')}}\n`,
    `export const operations = {\n${values.join('')}} as const;\n`,
  ].join('\n');
}

const comment = (text: string | undefined): string => (text ? `/** ${text.replaceAll('*/', '*\\/')} */\n` : '');

const nameOf = (ref: string): string => ref.slice(ref.lastIndexOf('/') + 1);

function typeOf(schema: Schema): string {
  const type = withoutNull(schema);
  return schema.nullable ? `(${type} | null)` : type;
}

function withoutNull(schema: Schema): string {
  const { $ref, type, enum: values, items, anyOf, oneOf, allOf = [] } = schema;
  if ($ref !== undefined) return nameOf($ref);
  const union = anyOf ?? oneOf;
  if (union !== undefined) return `(${union.map(typeOf).join(' | ')})`;
  // Of `allOf` what names a type; other parts are rules that no type can say.
  const named = allOf.filter(({ $ref: to }) => to !== undefined);
  if (named.length > 0) {
    const own = schema.properties === undefined ? [] : [objectOf(schema)];
    return `(${[...named.map(typeOf), ...own].join(' & ')})`;
  }
  if (values !== undefined) return `(${values.map((value) => JSON.stringify(value)).join(' | ')})`;
  switch (type) {
    case 'string':
    case 'boolean':
    case 'null':
      return type;
    case 'number':
    case 'integer':
      return 'number';
    case 'array':
      return `readonly ${items === undefined ? 'unknown' : typeOf(items)}[]`;
    case 'object':
      return objectOf(schema);
    default:
      return 'unknown';
  }
}

function objectOf({ properties = {}, required = [], additionalProperties }: Schema): string {
  const members = Object.entries(properties).map(([name, schema]) => {
    const optional = required.includes(name) ? '' : '?';
    return `${comment(schema.description)}readonly ${JSON.stringify(name)}${optional}: ${typeOf(schema)};\n`;
  });
  // Beside named members, an index would have to fit all of them.
  const others =
    typeof additionalProperties === 'object' && members.length === 0 ? typeOf(additionalProperties) : 'unknown';
  if (typeof additionalProperties === 'object') members.push(`readonly [member: string]: ${others};\n`);
  return `{\n${members.join('')}}`;
}

const PLACES = { path: 'path', query: 'query', header: 'headers' } as const;

function inputOf({ parameters = [], requestBody }: Operation, shared: Readonly<Record<string, Parameter>>): string {
  const all = parameters.map((parameter) => (parameter.$ref ? shared[nameOf(parameter.$ref)]! : parameter));
  const parts = (['path', 'query', 'header'] as const).flatMap((place) => {
    const here = all.filter((parameter) => parameter.in === place);
    if (here.length === 0) return [];
    const members = here.map(
      ({ name, required, description, schema }) =>
        `${comment(description)}readonly ${JSON.stringify(name)}${required ? '' : '?'}: ${typeOf(schema)};\n`,
    );
    const optional = here.some(({ required }) => required) ? '' : '?';
    return [`readonly ${PLACES[place]}${optional}: {\n${members.join('')}};\n`];
  });
  const body = requestBody?.content['application/json']?.schema;
  if (body !== undefined) parts.push(`readonly body: ${typeOf(body)};\n`);
  return `{\n${parts.join('')}}`;
}

function answerOf({ responses }: Operation): string {
  const answers = Object.entries(responses)
    .filter(([status]) => /^2/.test(status))
    .map(([, { content }]) => content?.['application/json']?.schema)
    .map((schema) => (schema === undefined ? 'undefined' : typeOf(schema)));
  return [...new Set(answers)].join(' | ') || 'undefined';
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const read = JSON.parse(readFileSync(new URL('openapi.json', import.meta.url), 'utf8')) as Document;
  const directory = new URL('../src/client/generated/', import.meta.url);
  mkdirSync(directory, { recursive: true });
  writeFileSync(new URL('operations.ts', directory), clientModule(read));
}
