import type { DecisionInput, Layer } from './decision.js';
import { allowing } from './remedies/allow.js';
import {
  authorizerAnswers,
  otherAuthorization,
  otherCallers,
  signed,
  statedPolicies,
  wantsSignature,
} from './remedies/caller.js';
import { allowingContext, undenyingContext } from './remedies/context-change.js';
import { exempting } from './remedies/exempt.js';
import { together } from './remedies/places.js';
import { type Change, Rank, type Remedy, type Retry, type Scene, type Step, type Trial } from './remedies/remedy.js';
import { settled } from './remedies/settled.js';
import { attachedPolicy, fullAccess, otherEndpoints, reaching } from './remedies/target.js';
import { policiesAt } from './remedies/views.js';
import type { Refusal } from './target.js';

export type { Change, Remedy, Retry, Scene, Trial } from './remedies/remedy.js';

/** How many remedies are offered at most. */
const OFFERED = 5;

/** How many layers may be mended one after another. */
const DEPTH = 8;

/** How many ways are tried for a layer that stands behind another: the first that helps is taken. */
const TRIED_BEHIND = 8;

/** What a search may cost: questions asked anew, in all and for one way, and characters of policies changed for it. */
const MOST_TRIALS = 50;
const TRIALS_OF_ONE = 20;
const MOST_CHARACTERS = 150_000;

/**
 * The smallest changes that turn a Deny into an Allow. Each way out of the layer that denies is applied as a patch and
 * the question asked anew; where another layer denies then, the search goes on from there, so that one remedy covers
 * all. What is offered has been seen to allow.
 */
export function remedies(denied: Trial, retry: Retry): Remedy[] {
  if (denied.decision.decision === 'Allow') return [];
  const search = new Search(retry);
  const found: (Step & { readonly parts: number; readonly patched: string })[] = [];
  for (const step of ordered(ways(denied))) {
    // What opens a whole layer is for those whom nothing else helps.
    if (found.length >= OFFERED * 2 || (step.rank >= Rank.removal && found.length > 0)) break;
    const way = search.from(denied, step);
    if (way === null) continue;
    const remedy = joined(way.steps);
    found.push({ ...remedy, parts: way.steps.length, patched: patchedBy(remedy, way.allowed) });
  }
  found.sort((a, b) => Number(a.widens) - Number(b.widens) || a.rank - b.rank || a.parts - b.parts);
  const seen = new Set<string>();
  return found
    .filter(({ patched }) => !seen.has(patched) && Boolean(seen.add(patched)))
    .slice(0, OFFERED)
    .map(({ summary, widens, changes }) => ({ summary, widens, changes }));
}

const ordered = (steps: Iterable<Step>): Step[] =>
  [...steps].sort((a, b) => Number(a.widens) - Number(b.widens) || a.rank - b.rank);

function joined(steps: readonly Step[]): Step {
  return {
    summary: steps.map(({ summary }) => summary).join('; and '),
    widens: steps.some(({ widens }) => widens) || forAnother(steps),
    rank: Math.max(...steps.map(({ rank }) => rank)),
    changes: changesOf(steps),
  };
}

/** Whether something beside the request is changed for a call that is no longer the one that was asked about. */
function forAnother(steps: readonly Step[]): boolean {
  const changes = steps.flatMap((step) => step.changes);
  const moves = changes.some(
    ({ target, patch }) => target === 'request' && patch.some(({ path }) => IDENTITY.test(path)),
  );
  return moves && changes.some(({ target }) => target !== 'request');
}

const IDENTITY = /^\/(?:principal|action|resource)$/;

const changesOf = (steps: readonly Step[]): Change[] => together(steps.flatMap(({ changes }) => changes));

/** What is asked and decided, so that a search sees that it goes in circles. */
function stateOf({ decision: { reason, layer, determining }, input, scene }: Trial): string {
  // Policies are asked of the call; where none was, only another target is a step ahead.
  const target = input === null ? [scene.call.resource, scene.body.endpoint] : [];
  return JSON.stringify([reason, layer, target, determining.map(({ name, index, pointer }) => [name, index, pointer])]);
}

/** What a remedy comes to, however it gets there: what is then asked, of which records, and what policies are written. */
function patchedBy({ changes }: Step, { scene: { body, endpoint, api } }: Trial): string {
  const policies = changes.filter(({ target }) => target === 'policy').map((change) => JSON.stringify(change));
  return JSON.stringify([inOrder([body, endpoint?.body, api?.body]), policies.sort()]);
}

/** A JSON value with the members of its objects by name. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return members.map(([name, member]) => [name, inOrder(member)]);
}

/** Steps, and the question after them, which is answered with Allow. */
interface Way {
  readonly steps: readonly Step[];
  readonly allowed: Trial;
}

class Search {
  #trials = 0;
  #most = 0;

  constructor(private readonly retry: Retry) {}

  /** A step and those that have to follow, so that the call is allowed; null where it is not seen to be. */
  from(denied: Trial, step: Step): Way | null {
    this.#most = Math.min(MOST_TRIALS, this.#trials + TRIALS_OF_ONE);
    const way = this.#allowing([step], [stateOf(denied)]);
    return way && this.#least(this.#settled(way));
  }

  #allowing(steps: readonly Step[], states: readonly string[]): Way | null {
    const next = this.#ask(steps);
    if (next === null) return null;
    if (next.decision.decision === 'Allow') return { steps, allowed: next };
    const state = stateOf(next);
    if (steps.length >= DEPTH || states.includes(state)) return null;
    for (const step of ordered(ways(next)).slice(0, TRIED_BEHIND)) {
      const found = this.#allowing([...steps, step], [...states, state]);
      if (found !== null) return found;
    }
    return null;
  }

  /** The steps without those that later ones overwrite. */
  #settled(way: Way): Way {
    const steps = settled(way.steps);
    return (steps.length < way.steps.length && this.#allowed(steps)) || way;
  }

  /** The steps without those that later ones made needless. */
  #least(way: Way): Way {
    if (way.steps.length === 1) return way;
    for (const step of way.steps.slice(0, -1)) {
      const fewer = this.#allowed(way.steps.filter((each) => each !== step));
      if (fewer !== null) return this.#least(fewer);
    }
    return way;
  }

  #allowed(steps: readonly Step[]): Way | null {
    const allowed = this.#ask(steps);
    return allowed?.decision.decision === 'Allow' ? { steps, allowed } : null;
  }

  #ask(steps: readonly Step[]): Trial | null {
    if (this.#trials >= this.#most || this.retry.parsed >= MOST_CHARACTERS) return null;
    this.#trials++;
    return this.retry.ask(changesOf(steps));
  }
}

/** The ways out of a Deny: one layer's, of which each may lead to the next. */
function* ways({ decision, input, scene }: Trial): Iterable<Step> {
  const { reason, layer } = decision;
  if (input === null) {
    yield* reaching[reason as Refusal](scene);
    return;
  }
  if (reason === 'NO_RESOURCE_POLICY') {
    yield* attachedPolicy(input, scene);
  } else if (reason === 'NOT_AUTHENTICATED') {
    yield* authenticating(input, scene);
  } else if (reason === 'IDENTITY_POLICIES_MISSING') {
    yield* statedPolicies(scene);
    yield* allowing('identity', [], input, scene);
  } else if (layer !== null) {
    yield* reason === 'EXPLICIT_DENY' ? pastDeny(layer, input, scene) : pastSilence(layer, input, scene);
  }
}

function* authenticating(input: DecisionInput, scene: Scene): Iterable<Step> {
  yield* authorizerAnswers(input, scene);
  if (input.authorizationType === 'AWS_IAM') {
    yield* otherCallers('resource', policiesAt('resource', input), input, scene);
    yield* otherCallers('endpoint', policiesAt('endpoint', input), input, scene);
    yield* signed(input, scene);
    yield* otherAuthorization('NONE', input, scene);
  } else if (input.principal.type !== 'anonymous') {
    yield* otherAuthorization('AWS_IAM', input, scene);
  }
}

function* pastDeny(layer: Layer, input: DecisionInput, scene: Scene): Iterable<Step> {
  const policies = policiesAt(layer, input);
  yield* undenyingContext(layer, policies, input, scene);
  if (layer === 'endpoint' || layer === 'resource') {
    yield* otherEndpoints(scene);
    yield* otherCallers(layer, policies, input, scene);
  }
  if (layer === 'authorizer') yield* authorizerAnswers(input, scene);
  yield* exempting(layer, policies, input, scene);
  if (layer === 'resource' && wantsSignature(policies, input)) yield* otherAuthorization('AWS_IAM', input, scene);
}

function* pastSilence(layer: Layer, input: DecisionInput, scene: Scene): Iterable<Step> {
  for (const each of allowingLayers(layer, input)) {
    const policies = policiesAt(each, input);
    yield* allowingContext(each, policies, input, scene);
    if (each === 'endpoint' || each === 'resource') {
      yield* otherEndpoints(scene);
      yield* otherCallers(each, policies, input, scene);
    }
    if (each === 'authorizer') yield* authorizerAnswers(input, scene);
    if (each !== 'authorizer' || policies.length > 0) yield* allowing(each, policies, input, scene);
    if (each === 'resource' && wantsSignature(policies, input)) yield* otherAuthorization('AWS_IAM', input, scene);
    if (each === 'endpoint') yield* fullAccess(scene);
  }
}

/** The layers of which one would have to speak: in one account a resource policy may stand in for the caller's own. */
function allowingLayers(layer: Layer, { authorizationType, principal, resource }: DecisionInput): Layer[] {
  if (layer === 'authorizer') return ['authorizer', 'resource'];
  if (layer === 'endpoint' || layer === 'resource' || authorizationType !== 'AWS_IAM') return [layer];
  return principal.account === resource.account && principal.partition === resource.partition
    ? [layer, 'resource']
    : [layer];
}
