import { IncomingMessage, type ServerOptions, ServerResponse } from 'node:http';
import type { Express } from 'express';

/**
 * Classes for `createServer` whose requests and responses are what the app makes of them anyway. Express changes the
 * prototype of every request and response it handles; V8 then forgets what it had learned of their shape, which costs
 * more than all the rest of a request. Where the prototypes are right from the start, those two calls change nothing.
 * Derived classes, not functions that are given a prototype: of those V8 makes a new shape for each object (20 µs).
 */
export function requestClasses(app: Express): ServerOptions {
  class Request extends IncomingMessage {}
  class Response<R extends IncomingMessage> extends ServerResponse<R> {}
  app.request = adopted(Request.prototype, app.request);
  app.response = adopted(Response.prototype, app.response);
  return { IncomingMessage: Request, ServerResponse: Response };
}

/** `prototype`, with what Express has put on its own. */
const adopted = <P extends object>(prototype: object, express: P): P => Object.setPrototypeOf(prototype, express);
