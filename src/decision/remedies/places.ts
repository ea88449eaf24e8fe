import type { PolicyDocument } from '../../policy/document.js';
import type { AppliedPolicy, Layer } from '../decision.js';
import { patchBetween } from '../json-patch.js';
import type { Change, JsonObject, Scene, StoredRecord } from './remedy.js';

/** Where a body brings the policies of a layer. */
const FIELDS: Readonly<Record<Layer, string>> = {
  endpoint: 'endpointPolicy',
  resource: 'resourcePolicy',
  authorizer: 'authorizerPolicy',
  identity: 'identityPolicies',
  boundary: 'permissionsBoundary',
  session: 'sessionPolicies',
};

/** Pointer of a policy, or of a reference to one, in the body of a decision or simulation. */
export const fieldOf = (layer: Layer, index?: number): string =>
  index === undefined ? `/${FIELDS[layer]}` : `/${FIELDS[layer]}/${index}`;

export const changeCall = (scene: Scene, call: JsonObject): Change => ({
  target: 'request',
  patch: patchBetween(scene.call, call),
});

/** Something that a decision states in its request, a simulation beside it. @param without a member to leave out */
export function changeBody(scene: Scene, members: JsonObject, without?: string): Change {
  const changed = (body: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries({ ...body, ...members }).filter(([name]) => name !== without));
  if (scene.form === 'decision') return changeCall(scene, changed(scene.call));
  return { target: 'api', name: null, patch: patchBetween(scene.body, changed(scene.body)) };
}

/** Whether a change of the body is one of the request alone: what a simulation states beside it holds for any request. */
export const bodyWidens = (scene: Scene): boolean => scene.form === 'simulation';

export const changeRecord = (target: 'endpoint' | 'api', record: StoredRecord, body: JsonObject): Change => ({
  target,
  name: record.id,
  patch: patchBetween(record.body, body),
});

/** A new document for a policy, by way of those before it; a reference to an old version is turned to the newest, which it becomes. */
export function changePolicy(
  scene: Scene,
  layer: Layer,
  policy: AppliedPolicy,
  ...documents: readonly PolicyDocument[]
): Change[] {
  const { name, version, index } = policy;
  const place = index === undefined ? {} : { index };
  const patch = documents.flatMap((document, at) =>
    patchBetween(at === 0 ? policy.document : documents[at - 1], document),
  );
  const change: Change = { target: 'policy', layer, name, version, ...place, patch };
  if (name === null) return [change];
  const field = FIELDS[layer];
  const stated = scene.body[field];
  const reference: unknown = index === undefined ? stated : Array.isArray(stated) ? stated[index] : undefined;
  if (typeof reference !== 'string' || !reference.includes('@')) return [change];
  const list = index === undefined ? name : (stated as unknown[]).map((each, at) => (at === index ? name : each));
  return [change, changeBody(scene, { [field]: list })];
}

/** One change after another: what is changed twice gets one patch, in the order of the first. */
export function together(changes: readonly Change[]): Change[] {
  const merged = new Map<string, Change>();
  for (const change of changes) {
    const { target, layer, name, index } = change;
    const key =
      typeof name === 'string' ? `${target} ${kindOf(layer)} ${name}` : `${target} ${layer ?? ''} ${index ?? ''}`;
    const before = merged.get(key);
    merged.set(key, before === undefined ? change : { ...before, patch: [...before.patch, ...change.patch] });
  }
  return [...merged.values()].filter(({ patch }) => patch.length > 0);
}

const kindOf = (layer: Layer | undefined): string =>
  layer === undefined || layer === 'endpoint' || layer === 'resource' ? (layer ?? '') : 'identity';
