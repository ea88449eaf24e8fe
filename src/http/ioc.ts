import type { Request } from 'express';
import { servicesOf } from './locals.js';
import type { Services } from './services.js';

/** Makes the controller that a route asks for. It lives for one request, so it may keep status and headers. */
export const iocContainer = (request: Request) => ({
  get: <C>(controller: new (services: Services) => C): C => new controller(servicesOf(request)),
});
