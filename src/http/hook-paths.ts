/** Where nginx, Traefik and Caddy ask. */
export const FORWARD_AUTH = '/forward-auth';

/** Where Envoy asks: the path of the request that it asks about follows. */
export const EXT_AUTHZ = '/ext-authz';

/**
 * Whether a gateway asks here whether a request may go on. Whatever follows:
 * at these paths nothing may be answered that gateways do not know.
 */
export const isHook = (url: string): boolean => /^\/(?:forward-auth|ext-authz)(?![\w-])/.test(url);
