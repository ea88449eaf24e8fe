import { type CompiledPolicy, compilePolicy } from '../policy/compile.js';
import type { PolicyDocument, PolicyKind } from '../policy/document.js';
import type { Issue } from '../policy/issue.js';
import { parsePolicy } from '../policy/parse.js';
import type { Store } from '../store/store.js';

export type PolicyLimits = Readonly<Record<PolicyKind, number>>;

/** Where policies come from that are not at hand: the history, and the question itself. */
export interface PolicySources extends Pick<Store, 'version'> {
  inline(kind: PolicyKind, value: Readonly<Record<string, unknown>>): InlinePolicy;
}

/** A document that came with a question, ready to be asked, or what is wrong with it. */
export type InlinePolicy =
  | { readonly compiled: CompiledPolicy; readonly document: PolicyDocument }
  | { readonly errors: readonly Issue[] };

export function policySources(store: Pick<Store, 'version'>, limits: PolicyLimits): PolicySources {
  return {
    version: (key, version) => store.version(key, version),
    inline(kind, value) {
      const parsed = parsePolicy(kind, value, limits[kind]);
      return parsed.ok ? { compiled: compilePolicy(parsed.document), document: parsed.document } : parsed;
    },
  };
}

/**
 * The same, each asked once. For the questions of one batch, and no longer: a thousand of them may name one old version, and
 * evaluations of AuthZEN share documents.
 */
export function askedOnce(sources: PolicySources): PolicySources {
  const versions = new Map<string, ReturnType<PolicySources['version']>>();
  /** By identity: nobody changes a question, and to compare two documents takes as long as to read one. */
  const documents: Readonly<Record<PolicyKind, Map<object, InlinePolicy>>> = {
    endpoint: new Map(),
    resource: new Map(),
    identity: new Map(),
  };
  return {
    version(key, version) {
      const id = `${key.kind}/${key.name}@${version}`;
      const found = versions.get(id) ?? sources.version(key, version);
      versions.set(id, found);
      return found;
    },
    inline(kind, value) {
      const known = documents[kind];
      const found = known.get(value) ?? sources.inline(kind, value);
      known.set(value, found);
      return found;
    },
  };
}
