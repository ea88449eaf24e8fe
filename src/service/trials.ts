import type { AppliedPolicy, Layer } from '../decision/decision.js';
import { applyPatch, type Operation } from '../decision/json-patch.js';
import { fieldOf } from '../decision/remedies/places.js';
import type { Change, Retry, Scene, Trial } from '../decision/remedies.js';
import type { PolicyKind } from '../policy/document.js';
import { quoted } from '../policy/issue.js';
import type { DecisionBody, PolicyReference, SimulationBody } from './decision-request.js';
import { ServiceError } from './errors.js';
import { decisionOn, decisionQuestion, type PolicySource, type Question, simulationQuestion } from './question.js';
import { type Api, type Endpoint, readApi, readEndpoint, recordIssues } from './records.js';
import type { PolicyLimits, Reference, Resolved } from './references.js';
import { type Before, type Reparsed, reparse } from './reparse.js';

/** What is asked, and in which form. */
export type Asked =
  | { readonly form: 'decision'; readonly body: DecisionBody }
  | { readonly form: 'simulation'; readonly body: SimulationBody };

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
  readonly #looked: Looked = {
    stored: new Map(),
    inline: new Map(),
    parsed: new Map(),
    characters: 0,
    full: new Set(),
  };

  constructor(
    private readonly asked: Asked,
    private readonly known: Known,
  ) {
    for (const { kind, called, reference } of known.policies) {
      if (reference.policy === null) continue;
      if (typeof called === 'string') this.#looked.stored.set(`${kind}/${called}`, reference.policy);
      else this.#looked.inline.set(called, reference.policy);
    }
  }

  get parsed(): number {
    return this.#looked.characters;
  }

  /** The policies that took no more, as sentences name them. */
  get full(): readonly string[] {
    return [...this.#looked.full];
  }

  ask(changes: readonly Change[]): Trial | null {
    const world = new World(this.asked, this.known, this.#looked);
    try {
      return world.apply(changes) ? world.trial() : null;
    } catch (error) {
      // A change may make a request that is refused: then it is no remedy.
      if (error instanceof ServiceError) return null;
      throw error;
    }
  }
}

/** The policies that trials have in common. */
interface Looked {
  /** By kind and what the question called them. */
  readonly stored: Map<string, AppliedPolicy>;
  readonly inline: Map<object, AppliedPolicy>;
  /** Changed documents, by kind and text: trials that go on from one another parse each once. */
  readonly parsed: Map<string, Reparsed>;
  characters: number;
  /** The policies that would have grown beyond their quota, as sentences name them. */
  readonly full: Set<string>;
}

/** A question with changes made to it. */
class World implements PolicySource {
  #body: unknown;
  readonly #endpoints: Map<string, Endpoint>;
  readonly #apis: Map<string, Api>;
  readonly #changed = new Map<string, AppliedPolicy>();
  /** What stood at a pointer of the body before a policy there was changed. */
  readonly #changedFrom = new Map<string, AppliedPolicy>();
  #unknown = false;

  constructor(
    private readonly asked: Asked,
    private readonly known: Known,
    private readonly looked: Looked,
  ) {
    this.#body = asked.body;
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

  trial(): Trial | null {
    const { requireIdentityPolicies, now } = this.known;
    const around = {
      endpoint: (id: string) => this.#endpoints.get(id),
      api: (id: string) => this.#apis.get(id),
      policies: this,
      requireIdentityPolicies,
      now,
    };
    const question =
      this.asked.form === 'decision'
        ? decisionQuestion(this.#body as DecisionBody, around)
        : simulationQuestion(this.#body as SimulationBody, around);
    if (this.#unknown) return null;
    return trialOf(question, { ...this.asked, body: this.#body } as Asked, this.known.hints);
  }

  attached(kind: PolicyKind, name: string): Reference {
    return this.of(kind, name, '');
  }

  of(kind: PolicyKind, called: PolicyReference, pointer: string, index?: number): Reference {
    const found =
      typeof called === 'string'
        ? (this.#changed.get(`${kind}/${called}`) ?? this.looked.stored.get(`${kind}/${called}`))
        : (this.looked.inline.get(called) ??
          this.#parsed(kind, called, { name: null, version: null }, this.#changedFrom.get(pointer)));
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
      this.#body,
      patch.map((operation) => ({ ...operation, path: base + operation.path })),
    );
    if (patched.ok) this.#body = patched.value;
    return patched.ok;
  }

  #changeInline(pointer: string, patch: readonly Operation[]): boolean {
    const before = valueAt(this.#body, pointer);
    const policy = typeof before === 'object' && before !== null ? this.looked.inline.get(before) : undefined;
    if (policy !== undefined) this.#changedFrom.set(pointer, policy);
    return this.#patchBody(patch, pointer);
  }

  #changePolicy({ layer, name, version, index, patch }: Change): boolean {
    if (layer === undefined) return false;
    if (!name) return this.#changeInline(fieldOf(layer, index), patch);
    const kind = KINDS[layer];
    const key = `${kind}/${name}`;
    const newest = this.looked.stored.get(key);
    const stored = newest?.version === version ? newest : this.looked.stored.get(`${key}@${version}`);
    const before = this.#changed.get(key) ?? stored;
    const patched = applyPatch(before?.document, patch);
    const parsed = patched.ok
      ? this.#parsed(kind, patched.value, { name, version: before?.version ?? 1 }, before)
      : undefined;
    if (parsed !== undefined) this.#changed.set(key, parsed);
    return parsed !== undefined;
  }

  #parsed(
    kind: PolicyKind,
    value: unknown,
    named: Pick<AppliedPolicy, 'name' | 'version'>,
    before: Before | undefined,
  ): AppliedPolicy | undefined {
    const text = JSON.stringify(value) ?? '';
    const key = `${kind} ${text}`;
    let found = this.looked.parsed.get(key);
    if (found === undefined) {
      this.looked.characters += text.length;
      found = reparse(kind, value, text, this.known.limits[kind], before);
      if (found === 'too-large') this.looked.full.add(titleOfKind(kind, named.name));
      this.looked.parsed.set(key, found);
    }
    return typeof found === 'string' ? undefined : { ...named, ...found };
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

const titleOfKind = (kind: PolicyKind, name: string | null): string =>
  `the ${kind} policy ${name === null ? 'of the request' : quoted(name)}`;

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

/** A question whose policies are there, as a search for remedies sees it. */
export function trialOf(question: Question, { form, body }: Asked, hints: Known['hints']): Trial {
  const { endpoint, api, refused } = question;
  return {
    decision: decisionOn(question),
    input: refused === null ? question.input() : null,
    scene: {
      form,
      body: body as unknown as Scene['body'],
      call: (form === 'decision' ? body : body.request) as unknown as Scene['call'],
      endpoint: endpoint ? { id: endpoint.id, body: endpoint.body as unknown as Scene['body'] } : null,
      api: api ? { id: api.id, body: api.body as unknown as Scene['body'] } : null,
      ...hints,
    },
  };
}
