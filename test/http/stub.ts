import { Registry } from 'prom-client';
import type { HttpSettings } from '../../src/http/locals.js';
import type { Services } from '../../src/http/services.js';
import type { PolicyKind } from '../../src/policy/document.js';
import { ServiceError } from '../../src/service/errors.js';
import type { KeyView } from '../../src/service/key-administration.js';
import type { Page, PageRequest } from '../../src/service/paging.js';
import type { PolicyView, VersionView } from '../../src/service/pap.js';
import { type DecisionAnswer, minimalOf } from '../../src/service/pdp.js';
import type { ApiView, EndpointView } from '../../src/service/record-administration.js';
import type { ApiBody, EndpointBody } from '../../src/service/records.js';
import type { AtRevision, WriteOptions, Written } from '../../src/service/writer.js';

/** What stands behind the door in these tests: it remembers what it is told, and judges nothing. */
export interface Stub extends Services {
  /** The calls of the PDP and of `validate`, newest last. */
  readonly calls: { readonly name: string; readonly args: readonly unknown[] }[];
  /** Thrown by whatever is called next. */
  fail(error: Error): void;
  notReady(reason: string): void;
}

export const settings: HttpSettings = {
  auth: 'none',
  allowOpen: false,
  publicUrl: null,
  tls: false,
  corsOrigins: [],
  limits: { maxOpen: 1000, maxDelay: 20, rate: null },
  maxBody: 1024 * 1024,
  maxImport: 2 * 1024 * 1024,
  bodyMemory: 64 * 1024 * 1024,
};

const AT = '2026-11-23T20:11:07.123Z';
const DIGEST = `sha256:${'0'.repeat(64)}`;

export function stub(): Stub {
  const calls: Stub['calls'] = [];
  const reasons: { code: string; detail: string }[] = [];
  const policies = new Map<string, { head: PolicyView; versions: VersionView[] }>();
  const registry = new Registry();
  const keys = new Map<string, KeyView>();
  let revision = 0;
  let failure: Error | undefined;

  const mayFail = () => {
    const error = failure;
    failure = undefined;
    if (error !== undefined) throw error;
  };
  const called = (name: string, ...args: unknown[]) => {
    calls.push({ name, args });
    mayFail();
  };
  const now = <T>(value: T): AtRevision<T> => ({ revision, value });

  function found(kind: PolicyKind, name: string) {
    const policy = policies.get(`${kind}/${name}`);
    if (policy === undefined) throw new ServiceError('not-found', `there is no ${kind} policy \`${name}\``);
    return policy;
  }

  function putPolicy(
    kind: PolicyKind,
    name: string,
    write: { readonly document: unknown; readonly description?: string },
    options: WriteOptions,
  ): Written<PolicyView> {
    const before = policies.get(`${kind}/${name}`);
    mustHold(options, before?.head.revision);
    const same =
      before !== undefined &&
      JSON.stringify(before.head.document) === JSON.stringify(write.document) &&
      before.head.description === (write.description ?? null);
    if (same) return { ...now(before.head), outcome: 'unchanged' };
    revision++;
    const head: PolicyView = {
      kind,
      name,
      version: (before?.head.version ?? 0) + 1,
      description: write.description ?? null,
      digest: DIGEST,
      revision,
      attachedTo: [],
      createdAt: AT,
      updatedAt: AT,
      document: write.document as PolicyView['document'],
      findings: [],
    };
    const { attachedTo: _, updatedAt: __, findings: ___, ...version } = head;
    policies.set(`${kind}/${name}`, { head, versions: [{ ...version, by: null }, ...(before?.versions ?? [])] });
    return { ...now(head), outcome: before ? 'replaced' : 'created' };
  }

  function records<Write, Stored extends Write & { readonly revision: number }>(
    stored: (id: string, write: Write) => Stored,
  ) {
    const all = new Map<string, Stored>();
    const get = (id: string) => all.get(id) ?? missing(id);
    const missing = (id: string) => {
      throw new ServiceError('not-found', `there is no \`${id}\``);
    };
    return {
      list: async (page: PageRequest) => now(listed([...all.entries()], page)),
      get: async (id: string) => now(get(id)),
      put: async (id: string, write: Write, options: WriteOptions): Promise<Written<Stored>> => {
        mayFail();
        const outcome = all.has(id) ? 'replaced' : 'created';
        mustHold(options, all.get(id)?.revision);
        revision++;
        all.set(id, stored(id, write));
        return { ...now(get(id)), outcome };
      },
      delete: async (id: string, options: WriteOptions) => {
        mustHold(options, get(id).revision);
        all.delete(id);
        return { revision: ++revision };
      },
    };
  }

  const whole = (): DecisionAnswer => ({
    ...{ decision: 'Allow', reason: 'ALLOWED', layer: null, message: null },
    ...{ determining: [], policies: [], assumed: [], revision, decisionId: 'a decision' },
  });
  const decision = (minimal: boolean) => (minimal ? minimalOf(whole()) : whole());

  return {
    calls,
    fail: (error) => {
      failure = error;
    },
    notReady: (detail) => reasons.push({ code: 'draining', detail }),
    pap: {
      policies: {
        list: async (kind, page) => {
          called('list', kind, page);
          const ofKind = [...policies.values()].filter(({ head }) => head.kind === kind);
          const summary = ({ document: _, findings: __, ...summary }: PolicyView) => summary;
          return now(
            listed(
              ofKind.map(({ head }) => [head.name, summary(head)]),
              page,
            ),
          );
        },
        get: async (kind, name) => {
          mayFail();
          return now(found(kind, name).head);
        },
        put: async (kind, name, write, options) => {
          called('put', kind, name, write, options);
          return putPolicy(kind, name, write, options);
        },
        delete: async (kind, name, options) => {
          mayFail();
          mustHold(options, found(kind, name).head.revision);
          policies.delete(`${kind}/${name}`);
          return { revision: ++revision };
        },
        versions: async (kind, name) => {
          const items = found(kind, name).versions.map(({ document: _, ...summary }) => summary);
          return now({ items, nextCursor: null });
        },
        version: async (kind, name, number) => {
          const version = found(kind, name).versions.find(({ version }) => version === number);
          if (version === undefined) throw new ServiceError('not-found', 'there is no such version');
          return now(version);
        },
        diff: async (kind, name, number) => {
          const { document: _, ...after } = found(kind, name).versions.find(({ version }) => version === number)!;
          return now({ before: null, after, sameMeaning: true, elements: [], statements: [] });
        },
        restore: async (kind, name, number, options) => {
          const version = found(kind, name).versions.find(({ version }) => version === number);
          if (version === undefined) throw new ServiceError('not-found', 'there is no such version');
          return putPolicy(kind, name, { document: version.document }, options);
        },
        validate: async (kind, document, duplicates) => {
          called('validate', kind, document, duplicates);
          return now({ valid: true, errors: [], findings: [] });
        },
      },
      endpoints: records<EndpointBody, EndpointView>((endpointId, write) => ({
        ...write,
        endpointId,
        revision,
        createdAt: AT,
        updatedAt: AT,
      })),
      apis: records<ApiBody, ApiView>((apiId, write) => ({ ...write, apiId, revision, createdAt: AT, updatedAt: AT })),
    },
    pdp: {
      decide: async (request, options) => {
        called('decide', request, options);
        return decision(options.minimal);
      },
      decideBatch: async (items, { shapeErrors, ...options }) => {
        called('decideBatch', items, options);
        return {
          revision,
          decisions: items.map((item) => {
            const errors = shapeErrors(item);
            if (errors.length === 0) return decision(options.minimal);
            return { decision: 'Deny', reason: 'INVALID_REQUEST', layer: null, errors };
          }),
        };
      },
      explain: async (request) => {
        called('explain', request);
        return { ...whole(), trace: [], notReached: [], summary: [], remedies: [] };
      },
      simulate: async (request, options) => {
        called('simulate', request, options);
        return decision(options.minimal);
      },
    },
    evaluations: {
      evaluate: async (evaluation, options) => {
        called('evaluate', evaluation, options);
        return now({ decision: true });
      },
      evaluateAll: async (evaluations, defaults, semantic, options) => {
        called('evaluateAll', evaluations, defaults, semantic, options);
        return now(evaluations.map(() => ({ decision: true })));
      },
    },
    gateway: {
      decide: async (call, options) => {
        called('gateway', call, options);
        return whole();
      },
    },
    transfer: {
      export: () => {
        called('export');
        return now(
          (async function* () {
            yield '{"formatVersion": 1}\n';
          })(),
        );
      },
      import: async (document, options) => {
        called('import', document, options);
        return { dryRun: options.dryRun, revision, changes: [], unchanged: 0, issues: [] };
      },
      importAws: async (output, options) => {
        called('importAws', output, options);
        return { dryRun: options.dryRun, revision, changes: [], unchanged: 0, issues: [] };
      },
    },
    changes: {
      after: async (request) => {
        called('changes', request);
        return now({ changes: [], revision });
      },
    },
    keys: {
      list: async (page) => now(listed([...keys.entries()], page)),
      get: async (name) => now(keys.get(name) ?? missingKey(name)),
      put: async (name, write, options) => {
        mustHold(options, keys.get(name)?.revision);
        const before = keys.get(name);
        revision++;
        keys.set(name, {
          ...{ name, roles: write.roles, description: write.description ?? null, expiresAt: write.expiresAt ?? null },
          ...{ lastUsedAt: null, revision, createdAt: AT, updatedAt: AT },
        });
        const value = { ...keys.get(name)!, ...(before === undefined && { key: `postern_${'0'.repeat(49)}` }) };
        return { ...now(value), outcome: before === undefined ? 'created' : 'replaced' };
      },
      revoke: async (name) => {
        if (!keys.delete(name)) missingKey(name);
        return { revision: ++revision };
      },
    },
    audit: {
      read: async (query) => {
        called('audit', query);
        return now({ items: [], nextCursor: null });
      },
    },
    authenticator: {
      authenticate: (credentials) => {
        called('authenticate', credentials);
        return { by: 'ann', may: new Set() };
      },
    },
    revisions: {
      get current() {
        return revision;
      },
      reach: async (wanted) => {
        if (wanted > revision) throw new ServiceError('revision-not-reached', `revision ${wanted} is not here`);
      },
    },
    health: { readiness: async () => ({ reasons, revision, revisionAge: 0.5 }) },
    replay: {
      run: async (source, options) => {
        called('replay', source, options);
        const counts = { unchanged: 0, allowToDeny: 0, denyToAllow: 0, otherReason: 0, notReplayable: 0 };
        return { revision, lastRevision: revision, entries: 0, counts, changes: [], notReplayable: [] };
      },
    },
    metrics: { registry, text: () => registry.metrics() },
  };
}

function missingKey(name: string): never {
  throw new ServiceError('not-found', `there is no key \`${name}\``);
}

function mustHold({ when }: WriteOptions, present: number | undefined): void {
  const { ifMatch, ifNoneMatch } = when;
  const matches = ifMatch === undefined || (present !== undefined && (ifMatch === '*' || ifMatch.includes(present)));
  if (!matches || (ifNoneMatch === '*' && present !== undefined)) {
    throw new ServiceError('precondition-failed', 'the record is in another state');
  }
}

function listed<T>(entries: readonly (readonly [string, T])[], page: PageRequest): Page<T> {
  const items = entries.filter(([name]) => name.startsWith(page.prefix ?? '')).map(([, item]) => item);
  return { items: items.slice(0, page.limit), nextCursor: null };
}
