import { expect, it } from 'vitest';
import { type Postern, postern } from './postern.js';

interface Exemplified {
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
  readonly schema?: { readonly example?: unknown; readonly default?: unknown };
}
interface Operation {
  readonly operationId: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly (Exemplified & {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
  })[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Exemplified>> };
}
interface Document {
  readonly tags?: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** What Swagger UI fills in: the example, the first of several, or what the schema says. */
const filledIn = ({ example, examples, schema }: Exemplified): unknown =>
  example ?? Object.values(examples ?? {})[0]?.value ?? schema?.example ?? schema?.default;

const operationsOf = (document: Document) =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  );

async function execute({ http }: Postern, { path, method, operation }: ReturnType<typeof operationsOf>[number]) {
  let address = path;
  const query = new URLSearchParams();
  const headers: Record<string, string> = {};
  for (const parameter of operation.parameters ?? []) {
    const value = filledIn(parameter);
    if (value === undefined) {
      expect(parameter.required ?? false, `${method} ${path}: ${parameter.name} has no example`).toBe(false);
    } else if (parameter.in === 'path')
      address = address.replace(`{${parameter.name}}`, encodeURIComponent(String(value)));
    else if (parameter.in === 'query') query.set(parameter.name, String(value));
    else headers[parameter.name] = String(value);
  }
  const url = query.size === 0 ? address : `${address}?${query}`;
  const sent = http[method as 'get' | 'put' | 'post' | 'delete'](url).set(headers);
  const content = Object.values(operation.requestBody?.content ?? {})[0];
  return content === undefined ? await sent : await sent.send(filledIn(content) as object);
}

/** A gateway asks these with headers that no browser sends: hooks.test.ts does. */
const isAsked = ({ operation }: { operation: Operation }) => operation.tags?.[0] !== 'Gateways';

/** Swagger UI shows an operation under its tag; the tags in their order. */
const byTag = (document: Document) =>
  (document.tags ?? []).flatMap(({ name }) =>
    operationsOf(document).filter(({ operation }) => operation.tags?.[0] === name),
  );

it.each([
  ['as the document has them', operationsOf],
  ['as Swagger UI shows them', byTag],
] as const)('the examples work on a fresh store, %s', async (_, order) => {
  const served = await postern();
  const document: Document = (await served.http.get('/openapi.json')).body;
  const operations = order(document);
  expect(operations.length).toBe(operationsOf(document).length);
  for (const each of operations.filter(isAsked)) {
    const { status, body } = await execute(served, each);
    expect([status, each.path], `${each.method} ${each.path} ${JSON.stringify(body)}`).toEqual([
      expect.toSatisfy((code: number) => code >= 200 && code < 300),
      each.path,
    ]);
  }
});
