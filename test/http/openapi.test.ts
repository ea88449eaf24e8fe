import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { finish, type Spec } from '../../openapi/finish.js';
import { isHook } from '../../src/http/hook-paths.js';
import { formAt } from '../../src/http/problem-forms.js';
import { door } from './client.js';

interface Media {
  readonly schema: object;
  readonly example?: unknown;
  readonly examples?: Record<string, { readonly value: unknown }>;
}
interface Answer {
  readonly $ref?: string;
  readonly description?: string;
  readonly content?: Record<string, Media>;
  readonly headers?: Record<string, object>;
}
interface Parameter {
  readonly $ref?: string;
  readonly in?: string;
  readonly name?: string;
  readonly description?: string;
  readonly required?: boolean;
  readonly example?: unknown;
}
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Record<string, Media> };
  readonly responses: Record<string, Answer>;
}

const text = readFileSync(new URL('../../openapi/openapi.json', import.meta.url), 'utf8');
const spec = JSON.parse(text);

const operations = Object.entries<Record<string, Operation>>(spec.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation, name: `${method} ${path}` })),
);

const resolve = <T extends { readonly $ref?: string }>(value: T): T =>
  value.$ref === undefined
    ? value
    : value.$ref
        .slice(2)
        .split('/')
        .reduce((at, step) => at[step], spec);

const answersOf = (operation: Operation) =>
  Object.entries(operation.responses).map(([status, answer]) => ({ status: Number(status), ...resolve(answer) }));

const examplesOf = (media: Media | undefined): unknown[] =>
  media?.example !== undefined ? [media.example] : Object.values(media?.examples ?? {}).map(({ value }) => value);

/** As published, unlike what the door enforces: a document is held to its schema too. */
const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema(withNull(spec), 'spec');
const faultsOf = (schema: object, value: unknown) => {
  const validate = ajv.compile(JSON.parse(JSON.stringify(withNull(schema)).replaceAll('"#/', '"spec#/')));
  return validate(value) ? [] : validate.errors;
};

/** OpenAPI's `nullable` beside `allOf` and `anyOf`, as JSON Schema. */
function withNull(schema: unknown): object {
  return JSON.parse(JSON.stringify(schema), (_key, value) => {
    if (value?.nullable !== true || 'type' in value) return value;
    const { nullable: _, ...rest } = value;
    return { anyOf: [{ type: 'null' }, rest] };
  });
}

describe.each(operations)('$name', ({ path, method, operation }) => {
  it('says what it is', () => {
    expect(operation.operationId).toMatch(/^[a-z][A-Za-z]+$/);
    expect(operation.summary).toMatch(/^[A-Z].{2,60}[^.]$/);
    expect(operation.description.length).toBeGreaterThan(20);
    expect(spec.tags.map(({ name }: { name: string }) => name)).toContain(operation.tags[0]);
    expect(operation.tags).toHaveLength(1);
  });

  it('describes its parameters, and has an example for each in the path', () => {
    for (const parameter of operation.parameters.map(resolve)) {
      expect(parameter.description, parameter.name).toBeTruthy();
      if (parameter.in === 'path') expect(parameter.example, parameter.name).toBeDefined();
      else expect(parameter.example, 'would be sent by whoever presses Execute').toBeUndefined();
    }
  });

  it('has examples of body and success that fit their schemas', () => {
    const media = [
      operation.requestBody?.content['application/json'],
      ...answersOf(operation)
        .filter(({ status }) => status < 300)
        .map(({ content }) => content?.['application/json']),
    ];
    for (const one of media) {
      if (one === undefined) continue;
      expect(examplesOf(one).length).toBeGreaterThan(0);
      for (const example of examplesOf(one)) expect(faultsOf(one.schema, example)).toEqual([]);
    }
  });

  it('answers errors as problems, or as the standard has them', () => {
    const answers = answersOf(operation);
    const statuses = answers.map(({ status }) => status);
    const form = formAt(path);
    if (isHook(path)) {
      expect(statuses).toEqual([200, 401, 403, 500, 503]);
      for (const { content } of answers) {
        const media = content?.['application/json'];
        if (media) expect(faultsOf(media.schema, media.example)).toEqual([]);
      }
      return;
    }
    expect(statuses).toEqual(expect.arrayContaining([400, 403, 500]));
    if (operation.requestBody) expect(statuses).toEqual(expect.arrayContaining(form ? [413] : [413, 415]));
    if (path.startsWith('/v1/')) expect(statuses).toContain(503);
    if (method === 'delete') expect(statuses).toEqual(expect.arrayContaining([204, 404, 412]));
    for (const { status, description, content } of answers) {
      expect(description).toBeTruthy();
      if (status < 400) continue;
      if (form !== undefined) {
        expect(form.status(status)).toBe(status);
        expect(content).toEqual({ 'text/plain': { schema: { type: 'string' }, example: description } });
        continue;
      }
      expect(Object.keys(content ?? {})).toEqual(['application/problem+json']);
      const media = content?.['application/problem+json'];
      expect(media?.schema).toEqual({ $ref: '#/components/schemas/Problem' });
      expect(media?.example).toMatchObject({ status, type: expect.stringContaining('urn:postern:problem:') });
      expect(faultsOf(media?.schema ?? {}, media?.example)).toEqual([]);
    }
  });

  it('knows the headers of the contract', () => {
    if (!path.startsWith('/v1/') && !path.startsWith('/access/v1/')) return;
    const sent = operation.parameters.map(resolve).map(({ name }) => name);
    expect(sent).toContain('Postern-Min-Revision');
    if (method === 'put' || method === 'delete')
      expect(sent).toEqual(expect.arrayContaining(['If-Match', 'If-None-Match']));
    for (const { status, headers } of answersOf(operation)) {
      if (status < 300) expect(Object.keys(headers ?? {})).toContain('Postern-Revision');
      if (status === 201) expect(Object.keys(headers ?? {})).toEqual(expect.arrayContaining(['ETag', 'Location']));
    }
  });
});

describe('openapi.json', () => {
  it('names the headers that the hooks read, and no others', () => {
    const sources = ['proxy-key', 'hook-request', 'hook-call'].map((name) =>
      readFileSync(new URL(`../../src/http/${name}.ts`, import.meta.url), 'utf8'),
    );
    const read = new Set([...sources.join('').matchAll(/'(x-[a-z-]+)'/g)].map(([, name]) => name));
    const named = operations
      .filter(({ path }) => isHook(path))
      .flatMap(({ operation }) => operation.parameters.map(resolve))
      .filter((parameter) => parameter.in === 'header')
      .map(({ name = '' }) => name.toLowerCase());
    expect([...new Set(named)].sort()).toEqual([...read].sort());
  });

  it('names every operation once', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('describes every schema and every member', () => {
    const silent = Object.entries<{ description?: string; properties?: object }>(spec.components.schemas).flatMap(
      ([name, schema]) => [
        ...(schema.description ? [] : [name]),
        ...Object.entries(schema.properties ?? {}).flatMap(([member, { description }]) =>
          description ? [] : [`${name}.${member}`],
        ),
      ],
    );
    expect(silent).toEqual([]);
  });

  it('leaves no object open that the door would not leave open', () => {
    const open = Object.entries<{ type?: string; additionalProperties?: unknown }>(spec.components.schemas)
      .filter(([, { type, additionalProperties }]) => type === 'object' && additionalProperties !== false)
      .map(([name]) => name);
    expect(open.sort()).toEqual([
      ...['AccessEvaluation', 'AccessEvaluations', 'AuthzenAction', 'AuthzenDefault', 'AuthzenEvaluation'],
      ...['AuthzenOptions', 'AuthzenProperties', 'AuthzenResource', 'AuthzenSubject'],
      'AwsResources',
      'AwsRestApis',
      'AwsVpcEndpoints',
      'Context',
      'InlinePolicy',
      'PolicyConditions',
    ]);
  });

  it('uses every schema that it has, and has every schema that it uses', () => {
    const used = new Set([...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name));
    expect([...used].sort()).toEqual(Object.keys(spec.components.schemas).sort());
  });

  it('is finished: finishing it again changes nothing', () => {
    expect(`${JSON.stringify(finish(JSON.parse(text) as Spec), null, 2)}\n`).toBe(text);
  });
});

it('the examples work in the order in which Swagger UI shows them, on an empty store', async () => {
  const { http } = door();
  const shown = spec.tags.flatMap(({ name }: { name: string }) =>
    operations.filter(({ operation }) => operation.tags[0] === name),
  );
  expect(shown).toHaveLength(operations.length);
  for (const { path, method, operation, name } of shown as typeof operations) {
    if (isHook(path)) continue;
    const parameters = operation.parameters.map(resolve).filter((parameter) => parameter.in === 'path');
    const url = parameters.reduce(
      (at, parameter) => at.replace(`{${parameter.name}}`, String(parameter.example)),
      path,
    );
    const body = operation.requestBody?.content['application/json'];
    const sent = http[method as 'put'](url);
    const answer = await (body ? sent.send(examplesOf(body)[0] as object) : sent);
    expect(`${name}: ${answer.status}`).toBe(`${name}: ${method === 'put' ? 201 : method === 'delete' ? 204 : 200}`);
    const published = resolve(operation.responses[answer.status] ?? {}).content?.['application/json'];
    if (published) expect(faultsOf(published.schema, answer.body)).toEqual([]);
  }
});
