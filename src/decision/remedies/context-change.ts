import type { CompiledStatement } from '../../policy/compiled-policy.js';
import type { Condition } from '../../policy/condition.js';
import { conditionKey, isAboutPrincipal } from '../../policy/condition-keys.js';
import { conditionsHold, evaluate, resourceMatches } from '../../policy/evaluate.js';
import { quoted } from '../../policy/issue.js';
import type { AccessRequest, ContextEntry } from '../../policy/request.js';
import { isDerived } from '../context.js';
import type { AppliedPolicy, DecisionInput, Layer } from '../decision.js';
import { type Alternative, alternatives } from './condition-values.js';
import { seesCaller } from './exactly.js';
import { applyingDenies, nearMisses } from './near.js';
import { changeCall, changeRecord } from './places.js';
import { type Change, type JsonObject, Rank, type Scene, type Step, type StoredRecord } from './remedy.js';
import { viewOf } from './views.js';

/** What a call would state instead, by lower-case name of the key. */
type Overlay = ReadonlyMap<string, Alternative & { readonly name: string }>;

/** How many statements are looked at for a value that would do, and how many ways are offered. */
const LOOKED_AT = 4;
const OFFERED = 2;

/** Other context values with which one of the policies would allow the call. */
export function* allowingContext(
  layer: Layer,
  policies: readonly AppliedPolicy[],
  input: DecisionInput,
  scene: Scene,
): Iterable<Step> {
  const request = viewOf(layer, input);
  const may = settable(layer, input, scene);
  let offered = 0;
  for (const policy of policies) {
    for (const near of nearMisses(policy, request, LOOKED_AT)) {
      if (!near.principal || !near.action || !near.resource || offered === OFFERED) continue;
      const overlay = satisfying(near.failing, request, may);
      if (overlay === null || evaluate(policy.compiled, under(request, overlay)).outcome !== 'allow') continue;
      offered++;
      yield step(overlay, scene);
    }
  }
}

/** Other context values with which none of the policies would deny the call. */
export function* undenyingContext(
  layer: Layer,
  policies: readonly AppliedPolicy[],
  input: DecisionInput,
  scene: Scene,
): Iterable<Step> {
  const request = viewOf(layer, input);
  const may = settable(layer, input, scene);
  const denies = policies.flatMap((policy) => applyingDenies(policy, request)).map(({ statement }) => statement);
  let offered = 0;
  // Another key of the first Deny makes another way; the Denies after it take the first that helps.
  for (const start of denies[0]?.conditions ?? []) {
    if (offered === OFFERED || !may(start.key)) continue;
    const overlay = avoiding(start, denies, policies, request, may);
    if (overlay === null) continue;
    offered++;
    yield step(overlay, scene);
  }
}

/** All these conditions hold with the overlay. */
function satisfying(failing: readonly Condition[], request: AccessRequest, may: May): Overlay | null {
  const overlay = new Map<string, Alternative & { name: string }>();
  for (const condition of failing) {
    if (!may(condition.key)) return null;
    const [found] = alternatives(condition, true, under(request, overlay), 'Allow');
    if (found === undefined) return null;
    overlay.set(condition.key, { ...found, name: condition.keyText });
  }
  return overlay;
}

/** How many Denies of a layer are gone through, one after another. */
const MOST_DENIES = 8;

/** @param denies those that apply to the request as it is; the overlay may wake others */
function avoiding(
  start: Condition,
  denies: readonly CompiledStatement[],
  policies: readonly AppliedPolicy[],
  request: AccessRequest,
  may: May,
): Overlay | null {
  const overlay = new Map<string, Alternative & { name: string }>();
  let conditions: readonly Condition[] = [start];
  for (let round = 0; round < MOST_DENIES; round++) {
    const changed = conditions.find((condition) => {
      if (!may(condition.key) || overlay.has(condition.key)) return false;
      const [found] = alternatives(condition, false, under(request, overlay), 'Deny');
      if (found !== undefined) overlay.set(condition.key, { ...found, name: condition.keyText });
      return found !== undefined;
    });
    if (changed === undefined) return null;
    const now = under(request, overlay);
    const still = denies.find((deny) => resourceMatches(deny, now) && conditionsHold(deny, now));
    const deny = still ?? applyingDeny(policies, now);
    if (deny === undefined) return overlay;
    conditions = deny.conditions;
  }
  return null;
}

function applyingDeny(policies: readonly AppliedPolicy[], request: AccessRequest): CompiledStatement | undefined {
  const evaluations = policies.map(({ compiled }) => evaluate(compiled, request));
  return evaluations.find(({ outcome }) => outcome === 'explicitDeny')?.determining[0];
}

function under(
  { principal, action, resource, context: before, hasBoundary }: AccessRequest,
  overlay: Overlay,
): AccessRequest {
  const context = {
    get(key: string): ContextEntry | undefined {
      const other = overlay.get(key);
      return other === undefined ? before.get(key) : other.entry;
    },
  };
  return { principal, action, resource, context, hasBoundary };
}

type May = (key: string) => boolean;

/** Which keys a call may state otherwise: what Postern derives is changed through what it is derived from. */
function settable(layer: Layer, input: DecisionInput, scene: Scene): May {
  const given = new Set(Object.keys(contextOf(scene.call)).map((name) => name.toLowerCase()));
  return (key) => {
    if (isAboutPrincipal(key) && (!seesCaller(layer, input) || input.principal.type === 'anonymous')) return false;
    if (!isDerived(key)) return true;
    return scene.form === 'simulation' && (!isAboutPrincipal(key) || given.has(key));
  };
}

function contextOf(body: JsonObject): JsonObject {
  const { context } = body;
  return typeof context === 'object' && context !== null ? (context as JsonObject) : {};
}

function step(overlay: Overlay, scene: Scene): Step {
  const inRecords = [...overlay].filter(([key]) => recordWith(key, scene) !== null);
  const records = inRecords.flatMap(([key, other]): Change[] => {
    const found = recordWith(key, scene);
    if (found === null) return [];
    const { record } = found;
    const context = withKey(contextOf(record.body), key, other);
    return [changeRecord(found.target, record, { ...record.body, context })];
  });
  const own = [...overlay].filter(([key]) => recordWith(key, scene) === null);
  const context = own.reduce((all, [key, other]) => withKey(all, key, other), contextOf(scene.call));
  return {
    summary: summaryOf(overlay, records.length > 0),
    widens: records.length > 0,
    rank: records.length > 0 ? Rank.record : Rank.request,
    changes: [...(own.length > 0 ? [changeCall(scene, { ...scene.call, context })] : []), ...records],
  };
}

/** A key that a record fixes can be stated otherwise only there. */
function recordWith(
  key: string,
  scene: Scene,
): { readonly target: 'endpoint' | 'api'; readonly record: StoredRecord } | null {
  if (scene.form === 'simulation') return null;
  const holds = (record: StoredRecord | null): record is StoredRecord =>
    record !== null && Object.keys(contextOf(record.body)).some((name) => name.toLowerCase() === key);
  if (holds(scene.endpoint)) return { target: 'endpoint', record: scene.endpoint };
  return holds(scene.api) ? { target: 'api', record: scene.api } : null;
}

function withKey(
  context: JsonObject,
  key: string,
  { name, value }: Alternative & { readonly name: string },
): JsonObject {
  // Of a family of keys, such as tags, AWS documents no spelling.
  const documented = conditionKey(key)?.name;
  const spelled = documented === undefined || documented === key ? name : documented;
  const written = Object.keys(context).find((each) => each.toLowerCase() === key) ?? spelled;
  if (value !== undefined) return { ...context, [written]: value };
  return Object.fromEntries(Object.entries(context).filter(([each]) => each !== written));
}

function summaryOf(overlay: Overlay, recorded: boolean): string {
  const parts = [...overlay.values()].map(({ name, value, sample }) => {
    if (value === undefined) return `without ${quoted(name)}`;
    if (sample) return `with another ${quoted(name)}, such as ${quoted(String(value))}`;
    return Array.isArray(value)
      ? `with ${quoted(name)} holding ${value.length === 0 ? 'no value' : value.map((each) => quoted(String(each))).join(', ')}`
      : `with ${quoted(String(value))} as ${quoted(name)}`;
  });
  return `${recorded ? 'let the record state the call' : 'send the call'} ${parts.join(' and ')}`;
}
