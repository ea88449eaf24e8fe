import { createHash } from 'node:crypto';
import { CompiledPolicies } from '../../src/service/compiled-policies.js';
import { Directory } from '../../src/service/directory.js';
import { Pdp } from '../../src/service/pdp.js';
import type { Judgement, Kind, PolicyDocument, SimulationBody } from './types.js';

/** A PDP whose policies are stored, and compiled as often as their cache forgets them. */
interface StoredJudge {
  judge(body: SimulationBody): Promise<Judgement>;
  /** Policies that have been compiled so far. */
  readonly compilations: number;
}

/**
 * Before a question is asked, each of its documents is written, as the next version of the policy that stands at its
 * place; so policies come back to documents that they have held before.
 * @param bytes of what the cache may keep
 */
export function storedJudge(bytes: number): StoredJudge {
  const texts = new Map<string, string>();
  let compilations = 0;
  const fetch = async (digest: string): Promise<string | undefined> => {
    compilations++;
    return texts.get(digest);
  };
  const directory = new Directory({ revision: 0, policies: [], records: [] });
  const limits = { endpoint: 0, resource: 0, identity: 100_000 };
  const options = { limits, requireIdentityPolicies: false, maxBatch: 1, now: Date.now };
  const pdp = new Pdp(directory, new CompiledPolicies(fetch, bytes), { version: async () => undefined }, options);

  const digests = new WeakMap<PolicyDocument, string>();
  const digestOf = (document: PolicyDocument): string => {
    const known = digests.get(document);
    if (known !== undefined) return known;
    const text = JSON.stringify(document);
    const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
    texts.set(digest, text);
    digests.set(document, digest);
    return digest;
  };
  const write: Write = (kind, name, document) => {
    const digest = digestOf(document);
    const present = directory.policy(kind, name);
    if (present?.digest === digest) return name;
    const [version, revision] = [(present?.version ?? 0) + 1, directory.revision + 1];
    const policy = { kind, name, version, digest, description: null, revision, createdAt: '', updatedAt: '' };
    directory.apply({ revision, applied: [{ type: 'policy', policy }] });
    return name;
  };

  return {
    get compilations() {
      return compilations;
    },
    judge: async (body) => {
      const { decision, reason, layer } = await pdp.simulate(byName(body, write) as never, { minimal: true });
      return { decision, reason, layer };
    },
  };
}

/** Makes a document what the policy of that name holds, and gives back the name. */
type Write = (kind: Kind, name: string, document: PolicyDocument) => string;

/** The question with names in place of documents; an authorizer's policy is never stored. */
function byName(body: SimulationBody, write: Write): object {
  const { endpointPolicy, resourcePolicy, identityPolicies, permissionsBoundary, sessionPolicies, ...rest } = body;
  const list = (documents: readonly PolicyDocument[], name: string): string[] =>
    documents.map((document, at) => write('identity', `${name}-${at}`, document));
  return {
    ...rest,
    ...(endpointPolicy !== undefined && {
      endpointPolicy: endpointPolicy && write('endpoint', 'door', endpointPolicy),
    }),
    ...(resourcePolicy !== undefined && { resourcePolicy: resourcePolicy && write('resource', 'api', resourcePolicy) }),
    ...(identityPolicies && { identityPolicies: list(identityPolicies, 'own') }),
    ...(permissionsBoundary && { permissionsBoundary: write('identity', 'boundary', permissionsBoundary) }),
    ...(sessionPolicies && { sessionPolicies: list(sessionPolicies, 'session') }),
  };
}
