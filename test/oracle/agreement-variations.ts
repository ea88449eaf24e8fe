/** More questions about the same documents: their request, bent a little or a lot. */
import { caseFlipped } from './generator/bend.js';
import { drawCaller } from './generator/draw-principal.js';
import { drawRest } from './generator/draw-resource.js';
import { Random } from './generator/random.js';
import { drawContextValue, keys } from './generator/vocabulary.js';
import { splitArn } from './glob.js';
import type { AuthorizationType, Context, ContextValue, SimulationBody } from './types.js';

/** @param seed of the body; the same seed gives the same variations */
export function variations(body: SimulationBody, seed: number, count: number): SimulationBody[] {
  const random = new Random(seed ^ 0x2545f491);
  return random.times(count, () => variation(random, body));
}

function variation(random: Random, body: SimulationBody): SimulationBody {
  const { request, ...about } = random.chance(0.3) ? askedOtherwise(random, body) : body;
  // Mostly one thing: documents are about the request, and far from it nothing matches.
  const part = random.pick(['principal', 'action', 'resource', 'resource', 'context', 'context', 'context', 'all']);
  const bend = (name: string): boolean => part === name || part === 'all';
  const changed = {
    ...request,
    ...(bend('principal') ? { principal: otherCaller(random, request.resource) } : {}),
    ...(bend('action') ? { action: otherAction(random) } : {}),
    ...(bend('resource') ? { resource: otherResource(random, request.resource) } : {}),
    ...(bend('context') ? { context: otherContext(random, request.context ?? {}) } : {}),
  };
  return { ...about, request: changed };
}

/** The same documents for another type of method, or not all of them. */
function askedOtherwise(random: Random, body: SimulationBody): SimulationBody {
  const { permissionsBoundary, sessionPolicies, identityPolicies, ...rest } = body;
  const types: readonly AuthorizationType[] = ['AWS_IAM', 'AWS_IAM', 'NONE', 'CUSTOM', 'COGNITO_USER_POOLS'];
  return {
    ...rest,
    ...(random.chance(0.5) ? { authorizationType: random.pick(types) } : {}),
    ...(permissionsBoundary && random.chance(0.6) ? { permissionsBoundary } : {}),
    ...(sessionPolicies && random.chance(0.6) ? { sessionPolicies } : {}),
    ...(identityPolicies && random.chance(0.9) ? { identityPolicies: random.shuffled(identityPolicies) } : {}),
  };
}

function otherCaller(random: Random, resource: string): string {
  const [, partition = '', , , owner = ''] = splitArn(resource) ?? [];
  return drawCaller(random, { partition, owner, others: ['999988887777', '555566667777'] }, 0.1);
}

const otherAction = (random: Random): string =>
  random.pick([
    'execute-api:Invoke',
    'execute-api:InvalidateCache',
    'execute-api:ManageConnections',
    'EXECUTE-API:Invoke',
  ]);

function otherResource(random: Random, resource: string): string {
  const [head, tail] = [resource.split(':').slice(0, 5), resource.split(':').slice(5).join(':')];
  const of = (rest: string): string => [...head, rest].join(':');
  const segments = tail.split('/');
  const place = random.below(segments.length);
  return random.weighted([
    [3, () => of(drawRest(random, segments[0] ?? '', 'alice'))],
    [2, () => of(segments.with(place, random.pick(['prod', 'GET', 'pets', '42', ''])).join('/'))],
    [1, () => of([...segments.slice(0, place), ...segments.slice(place + 1)].join('/') || 'x')],
    [1, () => of([...segments.slice(0, place + 1), 'x', ...segments.slice(place + 1)].join('/'))],
    [1, () => of(caseFlipped(random, tail))],
    [1, () => `${resource}${random.pick(['/', 'x', ':x', '/*', '😀'])}`],
    [1, () => of(tail.replace(/^[^/]*/, 'bbbbb22222'))],
    // Not of another partition: whether an account may be in two is nothing that the rules speak of.
    [0.5, () => [...head.with(3, 'us-west-2'), tail].join(':')],
    [0.5, () => [...head.with(4, random.pick(['123412341234', '999988887777'])), tail].join(':')],
  ])();
}

/** Never without a clock: the two judges would read it one after the other. */
const CLOCK = new Set(['aws:currenttime', 'aws:epochtime']);
const EPOCH = 1_717_200_000;

function otherContext(random: Random, context: Context): Context {
  const changed: Record<string, ContextValue> = {};
  const [left, redrawn, added] = random.pick([
    [0.05, 0.05, 0.02],
    [0.2, 0.2, 0.1],
    [0, 0.5, 0.2],
  ] as const);
  const epoch = Number(context['aws:EpochTime'] ?? EPOCH);
  for (const [name, value] of Object.entries(context)) {
    const known = keys.find((key) => key.name.toLowerCase() === name.toLowerCase());
    if (CLOCK.has(name.toLowerCase()) || known === undefined) changed[name] = value;
    else if (random.chance(left)) continue;
    else changed[name] = random.chance(redrawn) ? drawContextValue(known, random, epoch) : value;
  }
  const given = new Set(Object.keys(context).map((name) => name.toLowerCase()));
  for (const key of keys) {
    if (given.has(key.name.toLowerCase()) || CLOCK.has(key.name.toLowerCase()) || !random.chance(added)) continue;
    changed[random.chance(0.05) ? caseFlipped(random, key.name) : key.name] = drawContextValue(key, random, epoch);
  }
  return changed;
}
