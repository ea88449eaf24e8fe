import { IncomingMessage, type ServerOptions, ServerResponse } from 'node:http';
import type { Express } from 'express';

/**
 * Classes for `createServer` whose requests and responses are what the app makes of them anyway. Express changes the
 * prototype of every request and response it handles; V8 then forgets what it had learned of their shape, which costs
 * more than half of a request's time, spread over everything that touches them. Where the prototypes are right from
 * the start, those two calls change nothing.
 */
export function requestClasses(app: Express): ServerOptions {
  return {
    IncomingMessage: withPrototype(IncomingMessage, app.request),
    ServerResponse: withPrototype(ServerResponse, app.response),
  };
}

/** A class like `base` whose instances have `prototype`; a `class` could not be given a prototype that exists. */
function withPrototype<C extends object>(base: C, prototype: object): C {
  function made(...args: unknown[]): object {
    return Reflect.construct(base as unknown as new (...args: unknown[]) => object, args, made);
  }
  made.prototype = prototype;
  return made as unknown as C;
}
