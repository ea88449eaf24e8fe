import { readFileSync } from 'node:fs';

/** A JSON schema in the dialect of OpenAPI 3.0. */
export interface Schema {
  readonly [keyword: string]: unknown;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
}

export interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  /** Under `key` the role that the operation takes; absent: it is open. */
  readonly security?: readonly { readonly key?: readonly string[] }[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } };
}

/** The parts of an OpenAPI document that are used here. */
interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** The published description of this service, which the package ships beside `src` and `dist`. */
export const openApi: OpenApi = JSON.parse(
  readFileSync(new URL('../../openapi/openapi.json', import.meta.url), 'utf8'),
);

/** The operation that a route of Express stands for. */
export function operationAt(method: string, route: string): Operation {
  const path = pathOf(route);
  const operation = openApi.paths[path]?.[method];
  if (operation === undefined) throw new Error(`openapi.json lacks ${method} ${path}: run \`npm run generate\``);
  return operation;
}

/** The path of a route of Express as it is written here. */
export const pathOf = (route: string): string => route.replace(/:(\w+)/g, '{$1}');
