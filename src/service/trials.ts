import { toDecision } from '../decision/decide.js';
import type { AppliedPolicy, DecisionInput, Layer } from '../decision/decision.js';
import { applyPatch, type Operation } from '../decision/json-patch.js';
import { judgeOnce } from '../decision/judge-once.js';
import { fieldOf } from '../decision/remedies/places.js';
import type { Change, Retry, Scene, Trial } from '../decision/remedies.js';
import type { PolicyKind } from '../policy/document.js';
import { ChangedPolicies } from './changed-policies.js';
import type { Asked, PolicyReference } from './decision-request.js';
import { ServiceError } from './errors.js';
import type { PolicyLimits } from './policy-sources.js';
import { decideQuestion, type PolicySource, type Question, questionOf } from './question.js';
import { type Api, type Endpoint, readApi, readEndpoint, recordIssues } from './records.js';
import type { Reference, Resolved } from './references.js';

/** Everything that was looked up for a question, and what changes of it may lead to. */
export interface Known {
  readonly endpoints: ReadonlyMap<string, Endpoint>;
  readonly apis: ReadonlyMap<string, Api>;
  readonly policies: readonly Resolved[];
  readonly limits: PolicyLimits;
  readonly requireIdentityPolicies: boolean;
  readonly now: number;
  /** What a scene says besides the bodies. */
  readonly hints: Pick<Scene, 'otherEndpoints' | 'otherResources' | 'freePolicyName' | 'sharedBy'>;
}

/**
 * Asks a question again with changes made to it, by the same way as it was asked first: what is changed is patched,
 * parsed and looked up anew. Nothing is waited for, and nothing is written.
 */
export class Trials implements Retry {
  readonly #policies: ChangedPolicies;
  readonly #calls: { readonly of: readonly unknown[]; readonly input: DecisionInput }[] = [];

  constructor(
    private readonly asked: Asked,
    private readonly known: Known,
  ) {
    this.#policies = new ChangedPolicies(known.policies, known.limits);
  }

  get parsed(): number {
    return this.#policies.characters;
  }

  /** The policies that took no more, as sentences name them. */
  get full(): readonly string[] {
    return this.#policies.full;
  }

  /** The question without changes, whose policies are there. */
  first(question: Question): Trial {
    return this.#trial(question, this.asked.body);
  }

  ask(changes: readonly Change[]): Trial | null {
    const world = new World(this.asked, this.known, this.#policies);
    try {
      const question = world.apply(changes) ? world.question() : null;
      return question && this.#trial(question, world.body);
    } catch (error) {
      // A change may make a request that is refused: then it is no remedy.
      if (error instanceof ServiceError) return null;
      throw error;
    }
  }

  #trial(question: Question, body: Asked['body']): Trial {
    const scene = sceneOf(question, { ...this.asked, body } as Asked, this.known.hints);
    if (question.refused !== null) return { decision: decideQuestion(question), input: null, scene };
    const input = this.#asBefore(question, scene);
    return { decision: toDecision(input, judgeOnce(input)), input, scene };
  }

  /** A call that was asked about before is the same objects, so that what its policies answered need not be found again. */
  #asBefore({ endpointId, endpoint, api, input }: Question, { call }: Scene): DecisionInput {
    const of = [call.principal, call.action, call.resource, call.context, endpointId, endpoint, api];
    const before = this.#calls.find((known) => known.of.every((part, at) => part === of[at]));
    const now = input();
    if (before === undefined) this.#calls.push({ of, input: now });
    const { principal, action, resource, context } = before?.input ?? now;
    return { ...now, principal, action, resource, context };
  }
}

/** A question with changes made to it. */
class World implements PolicySource {
  body: Asked['body'];
  readonly #endpoints: Map<string, Endpoint>;
  readonly #apis: Map<string, Api>;
  readonly #changed = new Map<string, AppliedPolicy>();
  #unknown = false;

  constructor(
    private readonly asked: Asked,
    private readonly known: Known,
    private readonly policies: ChangedPolicies,
  ) {
    this.body = asked.body;
    this.#endpoints = new Map(known.endpoints);
    this.#apis = new Map(known.apis);
  }

  apply(changes: readonly Change[]): boolean {
    return changes.every((change) => {
      if (change.target === 'policy') return this.#changePolicy(change);
      if (change.target === 'request') return this.#patchBody(change.patch, this.#call);
      return change.name
        ? this.#changeRecord(change.target, change.name, change.patch)
        : this.#patchBody(change.patch, '');
    });
  }

  /** Null where a policy is missing, or is none. */
  question(): Question | null {
    const { requireIdentityPolicies, now } = this.known;
    const records = { endpoints: this.#endpoints, apis: this.#apis };
    const around = { records, policies: this, requireIdentityPolicies, now };
    const question = questionOf({ ...this.asked, body: this.body } as Asked, around);
    return this.#unknown ? null : question;
  }

  attached(kind: PolicyKind, name: string): Reference {
    return this.of(kind, name, '');
  }

  of(kind: PolicyKind, called: PolicyReference, _pointer: string, index?: number): Reference {
    const found =
      typeof called === 'string'
        ? (this.#changed.get(`${kind}/${called}`) ?? this.policies.stored(kind, called))
        : this.policies.written(kind, called);
    if (found === undefined) {
      this.#unknown = true;
      return { policy: null };
    }
    const { index: _before, ...policy } = found;
    return { policy: index === undefined ? policy : { ...policy, index } };
  }

  /** Where the call begins in the body. */
  get #call(): string {
    return this.asked.form === 'decision' ? '' : '/request';
  }

  #patchBody(patch: readonly Operation[], base: string): boolean {
    const patched = applyPatch(
      this.body,
      patch.map((operation) => ({ ...operation, path: base + operation.path })),
    );
    if (patched.ok) this.body = patched.value as Asked['body'];
    return patched.ok;
  }

  #changePolicy({ layer, name, version, index, patch }: Change): boolean {
    if (layer === undefined) return false;
    const kind = KINDS[layer];
    if (!name) return this.#changeInline(kind, fieldOf(layer, index), patch);
    const newest = this.policies.stored(kind, name);
    const stored = newest?.version === version ? newest : this.policies.stored(kind, `${name}@${version}`);
    const before = this.#changed.get(`${kind}/${name}`) ?? stored;
    const after = this.policies.patched(kind, before, patch, { name, version: before?.version ?? 1 });
    if (after !== undefined) this.#changed.set(`${kind}/${name}`, after);
    return after !== undefined;
  }

  #changeInline(kind: PolicyKind, pointer: string, patch: readonly Operation[]): boolean {
    const before = this.policies.brought(valueAt(this.body, pointer));
    if (before === undefined) return this.#patchBody(patch, pointer);
    const after = this.policies.patched(kind, before, patch);
    return after !== undefined && this.#patchBody([{ op: 'replace', path: '', value: after.document }], pointer);
  }

  #changeRecord(type: 'endpoint' | 'api', id: string, patch: readonly Operation[]): boolean {
    const before = (type === 'endpoint' ? this.#endpoints : this.#apis).get(id);
    if (before === undefined) return false;
    const patched = applyPatch(before.body, patch);
    if (!patched.ok) return false;
    const body = patched.value as Endpoint['body'] & Api['body'];
    if (recordIssues(body).length > 0) return false;
    const { revision, createdAt, updatedAt } = before;
    const record = { type, id, policy: body.policy, body: JSON.stringify(body), revision, createdAt, updatedAt };
    if (type === 'endpoint') this.#endpoints.set(id, readEndpoint(record));
    else this.#apis.set(id, readApi(record));
    return true;
  }
}

/** What stands at a pointer whose steps need no unescaping. */
const valueAt = (body: unknown, pointer: string): unknown =>
  pointer
    .split('/')
    .slice(1)
    .reduce((value: unknown, step) => (value as Readonly<Record<string, unknown>> | undefined)?.[step], body);

const KINDS: Readonly<Record<Layer, PolicyKind>> = {
  endpoint: 'endpoint',
  resource: 'resource',
  authorizer: 'identity',
  identity: 'identity',
  boundary: 'identity',
  session: 'identity',
};

/** Where a question is written, as a search for remedies sees it. */
function sceneOf({ endpoint, api }: Question, { form, body }: Asked, hints: Known['hints']): Scene {
  return {
    form,
    body: body as unknown as Scene['body'],
    call: (form === 'decision' ? body : body.request) as unknown as Scene['call'],
    endpoint: endpoint ? { id: endpoint.id, body: endpoint.body as unknown as Scene['body'] } : null,
    api: api ? { id: api.id, body: api.body as unknown as Scene['body'] } : null,
    ...hints,
  };
}
