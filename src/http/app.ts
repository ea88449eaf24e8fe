import express, { type Express } from 'express';
import { docs } from './docs.js';
import { methodNotAllowed, notFound } from './fallback.js';
import { RegisterRoutes } from './generated/routes.js';
import { loopbackHostsOnly } from './host-rule.js';
import type { HttpSettings, Locals } from './locals.js';
import { minRevision } from './min-revision.js';
import { type ErrorLog, problemHandler } from './problem.js';
import { requestId } from './request-id.js';
import { securityHeaders } from './security-headers.js';
import type { Services } from './services.js';

/** The REST door: every request goes through this, from top to bottom. Who listens where is not said here. */
export function createApp(services: Services, settings: HttpSettings & { readonly log: ErrorLog }): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', false);
  app.enable('case sensitive routing').enable('strict routing');
  Object.assign(app.locals, { services, settings } satisfies Locals);

  app.use(requestId);
  app.use(securityHeaders(settings));
  if (settings.auth === 'none' && !settings.allowOpen) app.use(loopbackHostsOnly);
  app.use('/v1', minRevision(services.revisions));

  RegisterRoutes(app);
  docs(app, settings);

  app.use(methodNotAllowed);
  app.use(notFound);
  app.use(problemHandler(settings.log));
  return app;
}
