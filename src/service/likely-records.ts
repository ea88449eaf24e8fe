import type { DecisionInput } from '../decision/decision.js';
import { isDomain } from '../policy/domain-name.js';
import type { Directory } from './directory.js';
import type { Question } from './question.js';
import type { Api, Endpoint } from './records.js';

/** How many records are offered, and how many are looked at to find them. */
const OFFERED = 3;
const LOOKED_AT = 2000;

/**
 * Endpoints through which the same call may fare better: those that a condition asks for, or, where the one named is
 * not stored or in another region, those with the most similar id.
 */
export function otherEndpoints(
  { endpoint, endpointId, call, refused }: Question,
  input: DecisionInput | null,
  form: 'decision' | 'simulation',
  { endpoints }: Directory,
): Endpoint[] {
  if (endpointId === null) return [];
  if (refused === 'UNKNOWN_ENDPOINT' || (refused === 'UNKNOWN_API' && endpoint)) {
    const fitting = first(endpoints.values(), LOOKED_AT).filter(
      ({ id, body }) => id !== endpointId && (body.region === undefined || body.region === call.resource.region),
    );
    return mostAlike(fitting, endpointId);
  }
  if (input === null || form === 'simulation') return [];
  const asked = valuesAsked(input);
  const named = asked.endpoints.flatMap((id) => endpoints.get(id) ?? []);
  const inVpc =
    asked.vpcs.size === 0 ? [] : first(endpoints.values(), LOOKED_AT).filter(({ body }) => asked.vpcs.has(body.vpcId));
  return [...new Set([...named, ...inVpc])].filter(({ id }) => id !== endpointId).slice(0, OFFERED);
}

/** The endpoints and VPCs that the conditions of the first two layers name. */
function valuesAsked({ endpointPolicy, resourcePolicy }: DecisionInput): { endpoints: string[]; vpcs: Set<string> } {
  const endpoints = new Set<string>();
  const vpcs = new Set<string>();
  for (const policy of [endpointPolicy, resourcePolicy]) {
    for (const { conditions } of policy?.compiled.statements ?? []) {
      for (const { key, operands } of conditions) {
        const values = key === 'aws:sourcevpce' ? endpoints : key === 'aws:sourcevpc' ? vpcs : null;
        for (const { text } of operands) values?.add(text);
      }
    }
  }
  return { endpoints: [...endpoints], vpcs };
}

/** The same call to an API that is stored: the one with this id as it really is, or those with the most similar id. */
export function otherResources(
  { api, call, endpoint }: Question,
  { apis }: Directory,
): { apis: Api[]; resources: string[] } {
  const { resource } = call.resource;
  // It says neither stage nor verb.
  if (isDomain(resource)) return { apis: [], resources: [] };
  const slash = resource.indexOf('/');
  const id = slash < 0 ? resource : resource.slice(0, slash);
  const rest = slash < 0 ? '' : resource.slice(slash);
  const region = endpoint?.body.region;
  const known = first(apis.values(), LOOKED_AT);
  const near = known.filter(({ body }) => region === undefined || body.region === region);
  const fitting = api ? [api] : mostAlike(near.length > 0 ? near : known, id);
  const resources = fitting.map(
    (each) => `arn:${each.partition}:execute-api:${each.body.region}:${each.body.accountId}:${each.id}${rest}`,
  );
  return { apis: fitting, resources };
}

function first<T>(values: Iterable<T>, limit: number): T[] {
  const found: T[] = [];
  for (const value of values) {
    if (found.length === limit) break;
    found.push(value);
  }
  return found;
}

/** Ids that begin and end like one that was mistyped, or that somebody used for another. */
const mostAlike = <T extends { readonly id: string }>(records: readonly T[], id: string): T[] =>
  records
    .map((record) => ({ record, score: likeness(record.id, id) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, OFFERED)
    .map(({ record }) => record);

function likeness(left: string, right: string): number {
  const most = Math.min(left.length, right.length);
  let before = 0;
  while (before < most && left[before] === right[before]) before++;
  let after = 0;
  while (after < most - before && left.at(-1 - after) === right.at(-1 - after)) after++;
  return before + after - Math.abs(left.length - right.length);
}
