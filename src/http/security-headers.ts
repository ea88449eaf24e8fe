import type { RequestHandler } from 'express';
import helmet from 'helmet';
import type { HttpSettings } from './locals.js';

/** One set for all answers: what Swagger UI needs of its own origin is all that anything may load. */
export function securityHeaders({ publicUrl }: HttpSettings): RequestHandler {
  const isHttps = publicUrl?.startsWith('https:') ?? false;
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        // Swagger UI sets styles in its markup and its icons are data.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    frameguard: { action: 'deny' },
    // Said over plain HTTP it means nothing, and behind a proxy only the public URL tells.
    strictTransportSecurity: isHttps,
  });
}
