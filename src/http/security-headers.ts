import type { RequestHandler } from 'express';
import helmet from 'helmet';
import type { HttpSettings } from './locals.js';

/**
 * What every answer says to a browser that is shown it: name, value, name, value… These are what OWASP's "REST Security
 * Cheat Sheet" asks of an API that only programs read: each header is written with every decision.
 */
export function securityHeaders(settings: HttpSettings): readonly string[] {
  return [
    'Content-Security-Policy',
    "default-src 'none';frame-ancestors 'none'",
    'X-Content-Type-Options',
    'nosniff',
    'X-Frame-Options',
    'DENY',
    ...(isHttps(settings) ? ['Strict-Transport-Security', 'max-age=31536000; includeSubDomains'] : []),
  ];
}

/** For pages: what Swagger UI needs of its own origin is all that may load. */
export function pageHeaders(settings: HttpSettings): RequestHandler {
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
    strictTransportSecurity: isHttps(settings),
  });
}

// Said over plain HTTP it means nothing, and behind a proxy only the public URL tells.
const isHttps = ({ publicUrl, tls }: HttpSettings): boolean => tls || (publicUrl?.startsWith('https:') ?? false);
