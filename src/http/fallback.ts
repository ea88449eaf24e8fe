import type { RequestHandler } from 'express';
import { writeHead } from './exchange.js';
import { servicesOf } from './locals.js';
import { isVersioned } from './min-revision.js';
import { openApi } from './open-api.js';
import { ProblemError } from './problem.js';

/** The paths that are served and their methods; the documents have no entry among themselves. */
const served: readonly { readonly pattern: RegExp; readonly methods: readonly string[] }[] = [
  ...Object.entries(openApi.paths).map(([path, operations]) => ({
    pattern: new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
    methods: Object.keys(operations).map((method) => method.toUpperCase()),
  })),
  { pattern: /^\/(?:openapi\.json|docs\/?)$/, methods: ['GET'] },
];

/** For a request that no route took: whether it was only the method. */
export const methodNotAllowed: RequestHandler = (request, response, next) => {
  const methods = served.flatMap(({ pattern, methods }) => (pattern.test(request.path) ? methods : []));
  if (methods.length === 0) return next();
  const known = new Set(methods);
  if (known.has('GET')) known.add('HEAD');
  const allow = [...known, 'OPTIONS'].join(', ');
  if (request.method === 'OPTIONS') {
    const revision = String(servicesOf(request).revisions.current);
    writeHead(response, 204, [
      'Allow',
      allow,
      ...(isVersioned(request.path) ? ['Postern-Revision', revision] : []),
    ]).end();
    return;
  }
  next(new ProblemError('method-not-allowed', `${request.path} takes ${allow}`, { headers: { Allow: allow } }));
};

export const notFound: RequestHandler = (request, _response, next) => {
  // Throws URIError, which is a 400: such a path names nothing that could be missing.
  decodeURIComponent(request.path);
  next(new ProblemError('not-found', 'there is nothing at this path'));
};
