import type { RequestListener, ServerOptions } from 'node:http';
import express, { type Express } from 'express';
import { BodyMemory } from './body-memory.js';
import { preflight } from './cors.js';
import { directDoor } from './direct-door.js';
import { docs } from './docs.js';
import type { Gate } from './exchange.js';
import { methodNotAllowed, notFound } from './fallback.js';
import { gatesOf, throughGates } from './gates.js';
import { RegisterRoutes } from './generated/routes.js';
import { isHook } from './hook-paths.js';
import { hooks } from './hooks.js';
import type { HttpSettings, Locals } from './locals.js';
import { type ErrorLog, problemHandler } from './problem.js';
import { requestClasses } from './request-classes.js';
import type { Services } from './services.js';
import { Traffic } from './traffic.js';

interface Settings extends HttpSettings {
  readonly log: ErrorLog;
  /** Takes a line for each request; absent where requests are not logged. */
  readonly requestLog?: ((line: string) => void) | undefined;
}

/** What `node:http` needs to serve. */
export interface Door {
  readonly options: ServerOptions;
  readonly listener: RequestListener;
}

/**
 * The REST door. Who listens where is not said here.
 * Decisions are asked for before somebody else can answer, so they have a way in that costs little more than Node itself;
 * it leads to the same operations, through the same gates.
 */
export function createDoor(services: Services, settings: Settings): Door {
  const gates = gatesFor(services, settings);
  const app = appOf(services, settings, gates);
  const listener = directDoor(app, gates, hooks(services.gateway), settings.log);
  return { options: requestClasses(app), listener };
}

/** The ordinary way in, for all operations. */
export const createApp = (services: Services, settings: Settings): Express =>
  appOf(services, settings, gatesFor(services, settings));

const gatesFor = (services: Services, settings: Settings): readonly Gate[] =>
  gatesOf(services, settings, new Traffic(services.metrics.registry, settings.requestLog));

/** Every request goes through this, from top to bottom. */
function appOf(services: Services, settings: Settings, gates: readonly Gate[]): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', false);
  app.enable('case sensitive routing').enable('strict routing');
  const bodyMemory = new BodyMemory(settings.bodyMemory);
  Object.assign(app.locals, { services, settings, bodyMemory } satisfies Locals);

  if (settings.corsOrigins.length > 0) app.use(preflight(settings.corsOrigins));
  app.use(throughGates(gates));

  const hook = hooks(services.gateway);
  app.use((request, response, next) => (isHook(request.url) ? hook(request, response) : next()));
  RegisterRoutes(app);
  docs(app, settings);

  app.use(methodNotAllowed);
  app.use(notFound);
  app.use(problemHandler(settings.log));
  return app;
}
