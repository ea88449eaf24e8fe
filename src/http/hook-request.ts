import type { IncomingMessage } from 'node:http';
import { ServiceError } from '../service/errors.js';
import { EXT_AUTHZ } from './hook-paths.js';

/** The request that a gateway has been sent and asks about, as far as its dialect tells it. */
interface HookRequest {
  readonly verb: string;
  /** Path and query as received. */
  readonly target: string;
  readonly host: string | undefined;
  /** The address that it came from. */
  readonly source: string | undefined;
}

/** The value of a header; undefined if it is absent or empty, and several are one with a comma, which no value has. */
export function header({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return value === undefined || value === '' ? undefined : String(value);
}

/**
 * Reads what is asked, in the dialect of whoever asks:
 * - Envoy's HTTP service sends the request itself, without its body, to our path followed by its own;
 * - nginx sends what its configuration says, by custom `X-Original-Method` and `X-Original-URI`, or `X-Original-URL` with the
 *   host in it, which is what ingress-nginx does;
 * - Traefik and Caddy send `X-Forwarded-Method`, `-Uri`, `-Host` and `-For`.
 * Who speaks one of the latter may let headers of the other pass, as its client sent them. So both at once are refused.
 * @throws ServiceError `malformed-request`
 */
export function hookRequest(request: IncomingMessage): HookRequest {
  const { url = '', method = '', headers } = request;
  if (url.startsWith(EXT_AUTHZ)) {
    return { verb: method, target: url.slice(EXT_AUTHZ.length), host: headers.host, source: undefined };
  }
  const original = ORIGINAL.filter((name) => header(request, name) !== undefined);
  const forwarded = FORWARDED.filter((name) => header(request, name) !== undefined);
  if (original.length > 0 && forwarded.length > 0) {
    throw unclear(`both ${original[0]} and ${forwarded[0]} say what was asked: the gateway has to remove one of them`);
  }
  return forwarded.length > 0 ? forwardedRequest(request) : originalRequest(request);
}

const ORIGINAL = ['x-original-method', 'x-original-uri', 'x-original-url'];
const FORWARDED = ['x-forwarded-method', 'x-forwarded-uri'];

function originalRequest(request: IncomingMessage): HookRequest {
  const verb = needed(request, 'x-original-method');
  const url = header(request, 'x-original-url');
  if (url === undefined) {
    return { verb, target: needed(request, 'x-original-uri'), host: undefined, source: undefined };
  }
  if (header(request, 'x-original-uri') !== undefined)
    throw unclear('write X-Original-URI or X-Original-URL, not both');
  const [, host, target] = /^https?:\/\/([^/?#]+)(.*)$/s.exec(url) ?? [];
  if (host === undefined || target === undefined) throw unclear('X-Original-URL is no http or https address');
  return { verb, target, host, source: undefined };
}

function forwardedRequest(request: IncomingMessage): HookRequest {
  return {
    verb: needed(request, 'x-forwarded-method'),
    target: needed(request, 'x-forwarded-uri'),
    host: header(request, 'x-forwarded-host'),
    // Each proxy adds whom it was sent the request by; what the others before it say, or a client, may be made up.
    source: header(request, 'x-forwarded-for')?.split(',').at(-1)?.trim(),
  };
}

function needed(request: IncomingMessage, name: string): string {
  const value = header(request, name);
  if (value === undefined) throw unclear(`the gateway sends no ${name}`);
  return value;
}

/** What a gateway asks cannot be made out. */
export const unclear = (detail: string): ServiceError => new ServiceError('malformed-request', detail);
