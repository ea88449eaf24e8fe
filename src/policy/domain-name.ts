/**
 * Whether what follows the account in an ARN is a private custom domain name, `/domainnames/<name>+<domain-name-id>` (Service
 * Authorization Reference, "Amazon API Gateway", resource `execute-api-domain`). It names no API and no method, so no
 * stored record is ever found for it. Stricter than needed for that: what is only like it is a mistake worth telling.
 */
export const isDomain = (resource: string): boolean =>
  resource.startsWith(PREFIX) && FORM.test(resource.slice(PREFIX.length));

const PREFIX = '/domainnames/';
/** A name of the DNS (RFC 1035, section 2.3.4), and an id as API Gateway gives one. */
const FORM = /^(?=[^+]{1,253}\+)[a-z0-9][a-z0-9-]{0,62}(?:\.[a-z0-9][a-z0-9-]{0,62})*\+[a-z0-9]{1,64}$/;
