import type { RequestListener } from 'node:http';
import type { Express, Request, Response } from 'express';
import type { Gate } from './exchange.js';
import { pass } from './gates.js';
import { RegisterRoutes, type Registrar } from './generated/routes.js';
import { isHook } from './hook-paths.js';
import { type ErrorLog, refuse } from './problem.js';
import { toOriginForm } from './request-target.js';
import type { Route } from './template-service.js';

/**
 * A way past Express, but past nothing else, for what is found by its path alone: the hooks, and operations without
 * parameters in their path, among them all that are asked for decisions. The same gates, the same routes and so the same
 * controllers, the same problems. Finding its way through an app costs Express more than a decision takes.
 * Takes requests and responses of `requestClasses(app)`; everything else goes to the app.
 */
export function directDoor(app: Express, gates: readonly Gate[], hook: Route, log: ErrorLog): RequestListener {
  const routes = directRoutes();
  const answer = (route: Route, request: Request, response: Response): void => {
    const failed = (thrown: unknown): void => refuse(response, thrown, log);
    try {
      const waiting = pass(gates, request, response);
      const answered = waiting === undefined ? route(request, response) : waiting.then(() => route(request, response));
      answered.catch(failed);
    } catch (thrown) {
      failed(thrown);
    }
  };
  return (incoming, outgoing) => {
    toOriginForm(incoming);
    const { method = '', url = '' } = incoming;
    const route = routes.get(method)?.get(url) ?? (isHook(url) ? hook : undefined);
    if (route === undefined) return app(incoming, outgoing);
    const [request, response] = [incoming as Request, outgoing as Response];
    request.res = response;
    request.params = {};
    answer(route, request, response);
  };
}

/** By method and path: the routes of tsoa, taken out of what it registers. */
function directRoutes(): ReadonlyMap<string, ReadonlyMap<string, Route>> {
  const routes = new Map<string, ReadonlyMap<string, Route>>();
  const collector = (method: string): Registrar['get'] => {
    const paths = new Map<string, Route>();
    routes.set(method, paths);
    return (path, ...handlers) => {
      if (path.includes(':')) return;
      if (handlers.length !== 1)
        throw new Error(`${path} has middleware of its own, which the direct door does not run`);
      paths.set(path, handlers[0] as Route);
    };
  };
  RegisterRoutes({
    get: collector('GET'),
    put: collector('PUT'),
    post: collector('POST'),
    delete: collector('DELETE'),
  });
  return routes;
}
