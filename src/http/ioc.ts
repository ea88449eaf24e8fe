import type { Request } from 'express';
import { servicesOf } from './locals.js';
import type { Services } from './services.js';

/** Makes the controller that a route asks for. It lives for one request, so it may keep status and headers. */
export const controllerFor = <C>(request: Request, controller: new (services: Services) => C): C =>
  new controller(servicesOf(request));
