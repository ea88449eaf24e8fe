/**
 * What a part of the repository may import. `name/` is a part of `src` with all in it, `name/file` one file of it,
 * `./file` a file of `src` itself, `node:` every module of Node, and anything else a package.
 */
export interface Part {
  readonly imports: readonly string[];
  /** What only its types may be taken of. */
  readonly types?: readonly string[];
}

/** Whoever adds a folder to `src` says here what it may know. */
export const parts: Readonly<Record<string, Part>> = {
  'src/policy': { imports: [] },
  'src/decision': { imports: ['policy/'] },
  'src/store': { imports: ['node:', 'kysely', '@photostructure/sqlite', 'pg'] },
  'src/service': {
    imports: ['policy/', 'decision/', 'store/store', 'node:', 'jose', 'lru-cache', 'pino', 'prom-client'],
  },
  'src/http': {
    imports: [
      ...['service/', 'node:', '@tsoa/runtime', 'ajv', 'express', 'helmet', 'pino', 'prom-client'],
      'swagger-ui-express',
    ],
    types: ['policy/', 'decision/'],
  },
  // For other programs: it knows Postern by its OpenAPI document alone.
  'src/client': { imports: [], types: ['express'] },
  // A command at a time: the same core, without a server, or a client of one.
  'src/cli': {
    imports: [
      ...['policy/', 'decision/', 'store/', 'service/', 'http/', './config', './serve', './services', 'node:'],
      ...['commander', 'yaml'],
    ],
  },
  // The files that put the parts together: config, services, server, serve, main, cli.
  src: {
    imports: ['policy/', 'decision/', 'store/', 'service/', 'http/', 'cli/', 'node:', 'commander', 'envalid', 'pino'],
  },
  openapi: { imports: ['http/', 'node:'] },
};

/** A package belongs to one part, so that one part has to change when it is replaced; these belong to several. */
export const sharedPackages: Readonly<Record<string, string>> = {
  express: 'the door is one of express, and the client has a middleware for it',
  commander: 'its commands are defined one by one; what it throws is told where the process ends',
  pino: 'made where the parts are put together, written to by services and door',
  'prom-client': 'services count decisions, the door counts requests and shows them all',
};

/** What the rules forbid and is right all the same, each with its reason. One that nothing needs is a fault. */
export const exceptions: Readonly<Record<string, string>> = {
  'src/http/json-body.ts imports src/policy/json.ts':
    'the door reads bodies with the reader of policies, which alone notices repeated members',
  'src/policy/compiled-policy.ts <-> src/policy/statement-index.ts':
    'types only: a policy has an index, and what an index finds are statements of the policy',
  'src/policy/trace-condition.ts <-> src/policy/trace.ts': 'types only: the trace asks, and says what it asks for',
};

/**
 * Policies and decisions are functions of what they are given: nothing fails half-way, and no answer depends on when or
 * where it was asked. A RegExp made of data also takes as long as the data likes.
 */
export const pureParts: readonly string[] = ['src/policy', 'src/decision'];
