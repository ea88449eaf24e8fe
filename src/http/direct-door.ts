import type { RequestListener } from 'node:http';
import type { Express, Request, RequestHandler, Response } from 'express';
import type { Gate } from './exchange.js';
import { pass } from './gates.js';
import { RegisterRoutes } from './generated/routes.js';
import { type ErrorLog, refuse } from './problem.js';
import { toOriginForm } from './request-target.js';

/** The operations that other services call before they answer their own callers. */
const DIRECT = ['/v1/decisions', '/v1/decisions/batch'];

/**
 * A way past Express, but past nothing else, for what is asked all the time: the same gates, the same route and so the same
 * controller, the same problems. Finding its way through an app costs Express more than a decision takes.
 * Takes requests and responses of `requestClasses(app)`; everything else goes to the app.
 */
export function directDoor(app: Express, gates: readonly Gate[], log: ErrorLog): RequestListener {
  const routes = directRoutes();
  const answer = async (route: RequestHandler, request: Request, response: Response): Promise<void> => {
    try {
      await pass(gates, request, response);
      await route(request, response, unused);
    } catch (thrown) {
      refuse(response, thrown, log);
    }
  };
  return (incoming, outgoing) => {
    toOriginForm(incoming);
    const route = incoming.method === 'POST' ? routes.get(incoming.url ?? '') : undefined;
    if (route === undefined) return app(incoming, outgoing);
    const [request, response] = [incoming as Request, outgoing as Response];
    request.res = response;
    request.params = {};
    void answer(route, request, response);
  };
}

/** The routes of tsoa, taken out of what it registers. */
function directRoutes(): ReadonlyMap<string, RequestHandler> {
  const routes = new Map<string, RequestHandler>();
  const ignored = (): void => {};
  const collector = {
    get: ignored,
    put: ignored,
    delete: ignored,
    post: (path: string, ...handlers: RequestHandler[]) => {
      if (!DIRECT.includes(path)) return;
      if (handlers.length !== 1)
        throw new Error(`${path} has middleware of its own, which the direct door does not run`);
      routes.set(path, handlers[0]!);
    },
  };
  RegisterRoutes(collector);
  return routes;
}

function unused(): never {
  throw new Error('a route answers, or throws');
}
