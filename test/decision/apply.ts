import type { Remedy } from '../../src/decision/remedies.js';

/** The body of a simulation, as far as remedies go. */
export interface Body {
  readonly request: Readonly<Record<string, unknown>>;
  readonly [member: string]: unknown;
}

type Operation = Remedy['changes'][number]['patch'][number];

/**
 * RFC 6902, by somebody who has only read the RFC: `add`, `remove` and `replace` on a copy.
 * @throws where an operation has no target
 */
export function patched<T>(document: T, patch: readonly Operation[]): T {
  const root = { value: structuredClone(document) as unknown };
  for (const operation of patch) {
    const steps = operation.path.split('/').slice(1);
    const keys = ['value', ...steps.map((step) => step.replace(/~1/g, '/').replace(/~0/g, '~'))];
    const last = keys.pop() as string;
    let at: unknown = root;
    for (const key of keys) at = (at as Record<string, unknown>)[key];
    if (typeof at !== 'object' || at === null) throw new Error(`no ${operation.path}`);
    const parent = at as Record<string, unknown>;
    const list = Array.isArray(at) ? (at as unknown[]) : null;
    if (operation.op !== 'add' && !Object.hasOwn(parent, last)) throw new Error(`no ${operation.path}`);
    if (operation.op === 'add' && list !== null)
      list.splice(last === '-' ? list.length : Number(last), 0, operation.value);
    else if (operation.op === 'remove' && list !== null) list.splice(Number(last), 1);
    else if (operation.op === 'remove') delete parent[last];
    // Not an assignment, which a member called `__proto__` would not survive.
    else
      Object.defineProperty(parent, last, {
        value: operation.value,
        writable: true,
        enumerable: true,
        configurable: true,
      });
  }
  return root.value as T;
}

const FIELDS = {
  endpoint: 'endpointPolicy',
  resource: 'resourcePolicy',
  authorizer: 'authorizerPolicy',
  identity: 'identityPolicies',
  boundary: 'permissionsBoundary',
  session: 'sessionPolicies',
} as const;

/** A simulation without stored records after a remedy. @param parts which of its changes are made */
export function remedied(body: Body, { changes }: Remedy, parts: 'all' | 'all but the request' = 'all'): Body {
  let after = body;
  for (const { target, layer, name, index, patch } of changes) {
    if (target === 'request') {
      if (parts === 'all') after = { ...after, request: patched(after.request, patch) };
    } else if (target === 'policy') {
      if (layer === undefined || typeof name === 'string') throw new Error('a stored policy');
      const base = `/${FIELDS[layer]}${index === undefined ? '' : `/${index}`}`;
      after = patched(
        after,
        patch.map((operation) => ({ ...operation, path: base + operation.path })),
      );
    } else {
      if (target !== 'api' || typeof name === 'string') throw new Error('a stored record');
      after = patched(after, patch);
    }
  }
  return after;
}
