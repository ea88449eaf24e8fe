import { createHash } from 'node:crypto';
import { CompiledPolicies } from '../../src/service/compiled-policies.js';
import { Directory } from '../../src/service/directory.js';
import { Pdp } from '../../src/service/pdp.js';
import type { Judgement, Kind, PolicyDocument, SimulationBody } from './types.js';

/** A PDP whose policies are stored, and compiled as often as their cache forgets them. */
export interface StoredJudge {
  judge(body: SimulationBody): Promise<Judgement>;
  /** Policies that have been compiled so far. */
  readonly compilations: number;
}

/**
 * Before a question is asked, its documents are written, where they are not what their policy holds already; a policy
 * holds one document after the other, and comes back to earlier ones.
 * @param bytes of what the cache may keep
 */
export function storedJudge(bytes: number): StoredJudge {
  const texts = new Map<string, string>();
  let [documents, compilations] = [0, 0];
  const fetch = async (digest: string): Promise<string | undefined> => {
    compilations++;
    return texts.get(digest);
  };
  const directory = new Directory({ revision: 0, policies: [], records: [] });
  const limits = { endpoint: 0, resource: 0, identity: 100_000 };
  const options = { limits, requireIdentityPolicies: false, maxBatch: 1, now: Date.now };
  const pdp = new Pdp(directory, new CompiledPolicies(fetch, bytes), { version: async () => undefined }, options);
  const digests = new WeakMap<PolicyDocument, Digest>();

  /** @returns the name of a policy that holds the document */
  const written = (kind: Kind, document: PolicyDocument): string => {
    let known = digests.get(document);
    if (known === undefined) {
      const text = JSON.stringify(document);
      known = { digest: `sha256:${createHash('sha256').update(text).digest('hex')}`, name: `p${documents++ % NAMES}` };
      digests.set(document, known);
      texts.set(known.digest, text);
    }
    const { digest, name } = known;
    const present = directory.policy(kind, name);
    if (present?.digest === digest) return name;
    const version = (present?.version ?? 0) + 1;
    const policy = { kind, name, version, digest, description: null, createdAt: '', updatedAt: '' };
    const revision = directory.revision + 1;
    directory.apply({ revision, applied: [{ type: 'policy', policy: { ...policy, revision } }] });
    return name;
  };

  return {
    get compilations() {
      return compilations;
    },
    judge: async (body) => {
      const { decision, reason, layer } = await pdp.simulate(byName(body, written) as never, { minimal: true });
      return { decision, reason, layer };
    },
  };
}

interface Digest {
  readonly digest: string;
  readonly name: string;
}

/** Fewer than documents, so that policies are replaced; more than a question brings, so that each has its own. */
const NAMES = 100;

/** The question with names in place of documents; an authorizer's policy is never stored. */
function byName(body: SimulationBody, name: (kind: Kind, document: PolicyDocument) => string): object {
  const { endpointPolicy, resourcePolicy, identityPolicies, permissionsBoundary, sessionPolicies, ...rest } = body;
  const identity = (document: PolicyDocument): string => name('identity', document);
  return {
    ...rest,
    ...(endpointPolicy === undefined ? {} : { endpointPolicy: endpointPolicy && name('endpoint', endpointPolicy) }),
    ...(resourcePolicy === undefined ? {} : { resourcePolicy: resourcePolicy && name('resource', resourcePolicy) }),
    ...(identityPolicies && { identityPolicies: identityPolicies.map(identity) }),
    ...(permissionsBoundary && { permissionsBoundary: identity(permissionsBoundary) }),
    ...(sessionPolicies && { sessionPolicies: sessionPolicies.map(identity) }),
  };
}
