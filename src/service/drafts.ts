import { type CompiledPolicy, compilePolicy } from '../policy/compile.js';
import type { PolicyKind } from '../policy/document.js';
import { type Issue, quoted } from '../policy/issue.js';
import { parsePolicy } from '../policy/parse.js';
import type { CompiledPolicies } from './compiled-policies.js';
import type { Directory } from './directory.js';
import { ServiceError } from './errors.js';
import type { PolicyLimits } from './policy-sources.js';

/** A document in place of what is stored under a name. */
export interface Draft {
  readonly kind: PolicyKind;
  readonly name: string;
  readonly document: unknown;
}

/** Where names are looked up, and what they stand for. */
export interface PolicyWorld {
  readonly directory: Pick<Directory, 'policy'>;
  readonly compiled: Pick<CompiledPolicies, 'get' | 'document'>;
}

/**
 * The same policies, but for those that have a draft: it stands in for the newest version of its name, as the version
 * that it would be. A version that is named by its number is the one that is stored.
 * @throws ServiceError `invalid-policy`, `unknown-policy` (a draft of what is not stored would change nothing: a slip)
 */
export function withDrafts(world: PolicyWorld, drafts: readonly Draft[], limits: PolicyLimits): PolicyWorld {
  if (drafts.length === 0) return world;
  const { directory, compiled } = world;
  const byName = new Map<string, string>();
  const byDigest = new Map<string, CompiledPolicy>();
  const unknown: Issue[] = [];
  const invalid: Issue[] = [];
  for (const [index, { kind, name, document }] of drafts.entries()) {
    const pointer = `/policies/${index}`;
    const parsed = parsePolicy(kind, document, limits[kind]);
    if (!parsed.ok) {
      invalid.push(...parsed.errors.map((issue) => ({ ...issue, pointer: `${pointer}/document${issue.pointer}` })));
    } else if (directory.policy(kind, name) === undefined) {
      const detail = `there is no ${kind} policy ${quoted(name)} that this could be a draft of`;
      unknown.push({ pointer: `${pointer}/name`, code: 'unknown-policy', detail });
    } else {
      // No digest begins like this.
      const digest = `draft:${index}`;
      byName.set(`${kind}/${name}`, digest);
      byDigest.set(digest, compilePolicy(parsed.document));
    }
  }
  if (unknown.length > 0)
    throw new ServiceError('unknown-policy', 'there are drafts of policies that do not exist', unknown);
  if (invalid.length > 0) throw new ServiceError('invalid-policy', 'there are drafts that are not valid', invalid);
  return {
    directory: {
      policy(kind, name) {
        const stored = directory.policy(kind, name);
        const digest = byName.get(`${kind}/${name}`);
        if (stored === undefined || digest === undefined) return stored;
        return { ...stored, version: stored.version + 1, digest };
      },
    },
    compiled: {
      get: (digest) => byDigest.get(digest) ?? compiled.get(digest),
      document: (digest) => compiled.document(digest),
    },
  };
}
