import { type Operation, openApi } from './open-api.js';

/**
 * The role that an operation takes; undefined: none, it is open. Open is what says nothing of security, and nothing else: a
 * slip in what an operation says must not open it.
 */
export function roleFor({ operationId, security }: Operation): string | undefined {
  if (security === undefined) return undefined;
  const [role, ...more] = security.flatMap(({ key = [] }) => key);
  if (role === undefined || more.length > 0) throw new Error(`${operationId} must name one role in its security`);
  return role;
}

/** Paths that nobody has to authenticate for: the operations that openapi.json says so of, and the documents. */
const open: ReadonlySet<string> = new Set([
  '/openapi.json',
  '/docs',
  ...Object.entries(openApi.paths)
    .filter(([, operations]) => Object.values(operations).every((operation) => roleFor(operation) === undefined))
    .map(([path]) => path),
]);

/** Everything else is closed, even what does not exist. */
export function isOpenPath(url: string): boolean {
  const query = url.indexOf('?');
  const path = query === -1 ? url : url.slice(0, query);
  return open.has(path) || path.startsWith('/docs/');
}
