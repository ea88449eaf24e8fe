/**
 * Valid simulation bodies from a seed. The request comes first; policies are drawn from its own strings and bent a
 * little, so that statements match often, and at the end the request may be bent away from them again.
 */
import { completed, withoutPrincipal } from './context.js';
import type { View } from './document.js';
import { caseFlipped } from './generator/bend.js';
import { drawDocument, type Mood, type Setting } from './generator/draw-document.js';
import { type Accounts, drawCaller } from './generator/draw-principal.js';
import { drawRest } from './generator/draw-resource.js';
import { Random } from './generator/random.js';
import { drawContextValue, keys } from './generator/vocabulary.js';
import { anonymous, readCaller } from './principals.js';
import type { AuthorizationType, AuthorizerResult, Context, ContextValue, SimulationBody } from './types.js';

export { allFeatures, features } from './generator/features.js';

/** What all the documents of one body are about. */
interface World {
  random: Random;
  accounts: Accounts;
  epoch: number;
  authorizationType: AuthorizationType;
  /** As the endpoint policy and the caller's own policies see the request. */
  signed: View;
  /** As the resource policy sees it. */
  atResource: View;
}

function draw(seed: number): SimulationBody {
  const random = new Random(seed);
  const scope = random.weighted([
    [70, 'full' as const],
    [18, 'endpoint' as const],
    [12, undefined],
  ]);
  const authorizationType = random.weighted<AuthorizationType>([
    [50, 'AWS_IAM'],
    [17, 'NONE'],
    [20, 'CUSTOM'],
    [13, 'COGNITO_USER_POOLS'],
  ]);
  const request = drawRequest(random, authorizationType, scope === 'endpoint');
  const hasBoundary = random.chance(authorizationType === 'AWS_IAM' ? 0.3 : 0.12);
  const world = worldOf(random, request, authorizationType, hasBoundary);
  const body: SimulationBody = {
    ...(scope ? { scope } : {}),
    ...(authorizationType === 'NONE' && random.chance(0.5) ? {} : { authorizationType }),
    ...endpointPart(world, scope === 'endpoint'),
    ...resourcePart(world),
    ...callersPart(world, hasBoundary),
    ...authorizerPart(world),
    request: request.body,
  };
  body.request = settled(random, body, request.epoch);
  return body;
}

interface DrawnRequest {
  body: SimulationBody['request'];
  accounts: Accounts;
  epoch: number;
}

function drawRequest(random: Random, authorizationType: AuthorizationType, endpointOnly: boolean): DrawnRequest {
  const owner = random.pick(['123412341234', '123412341234', '111122223333']);
  const accounts = {
    partition: random.weighted([
      [90, 'aws'],
      [6, 'aws-cn'],
      [4, 'aws-us-gov'],
    ]),
    owner,
    others: ['999988887777', '555566667777'],
  };
  const anonymousShare = authorizationType === 'AWS_IAM' && !endpointOnly ? 0.02 : 0.4;
  const principal = drawCaller(random, accounts, anonymousShare);
  const epoch = random.pick([1_717_200_000, 1_704_067_200, 1_735_689_600, 1_600_000_000 + random.below(200_000_000)]);
  const context = drawContext(random, principal, epoch);
  const name = random.pick([nameOf(principal), String(context['aws:PrincipalTag/team'] ?? 'blue')]);
  const rest = drawRest(random, random.pick(['a1b2c3d4e5', 'aaaaa11111']), name);
  const region = random.pick(['us-east-1', 'us-east-1', 'eu-west-1']);
  const action = random.weighted([
    [55, 'execute-api:Invoke'],
    [25, undefined],
    [8, 'execute-api:InvalidateCache'],
    [7, 'execute-api:ManageConnections'],
    [5, 'EXECUTE-API:invoke'],
  ]);
  return {
    body: {
      principal,
      ...(action ? { action } : {}),
      resource: `arn:${accounts.partition}:execute-api:${region}:${owner}:${rest}`,
      context,
    },
    accounts,
    epoch,
  };
}

function nameOf(principal: string): string {
  return principal.slice(principal.lastIndexOf('/') + 1).slice(principal.lastIndexOf(':') + 1) || 'alice';
}

/** About half of the known keys, no two of which differ only in case. */
function drawContext(random: Random, principal: string, epoch: number): Context {
  const context: Record<string, ContextValue> = {};
  const share = random.pick([0.25, 0.5, 0.75]);
  for (const key of keys) {
    if (!random.chance(key.derived ? 0.025 : share)) continue;
    const name = random.chance(0.04) ? caseFlipped(random, key.name) : key.name;
    context[name] = drawContextValue(key, random, epoch);
  }
  const caller = readCaller(principal);
  if (caller.type === 'session' && random.chance(0.15)) {
    // A role with a path, which its session's ARN does not show.
    for (const name of Object.keys(context)) if (name.toLowerCase() === 'aws:principalarn') delete context[name];
    context['aws:PrincipalArn'] = `arn:${caller.partition}:iam::${caller.account}:role/path/${caller.role}`;
  }
  return context;
}

function worldOf(
  random: Random,
  request: DrawnRequest,
  authorizationType: AuthorizationType,
  hasBoundary: boolean,
): World {
  const { principal, action = 'execute-api:Invoke', resource, context = {} } = request.body;
  const caller = readCaller(principal);
  const full = completed({ ...atEpoch(request.epoch), ...context }, caller, resource);
  const signed: View = { caller, action, resource, context: full, hasBoundary };
  const unsigned: View = { ...signed, caller: anonymous, context: withoutPrincipal(full) };
  const atResource = authorizationType === 'AWS_IAM' ? signed : unsigned;
  return { random, accounts: request.accounts, epoch: request.epoch, authorizationType, signed, atResource };
}

function atEpoch(epoch: number): Context {
  return { 'aws:CurrentTime': new Date(epoch * 1000).toISOString(), 'aws:EpochTime': String(epoch) };
}

function settingOf(world: World, kind: Setting['kind'], view: View): Setting {
  return { kind, view, accounts: world.accounts, epoch: world.epoch };
}

type MoodWeights = readonly (readonly [number, Mood])[];

function moods(allow: number, deny: number, silent: number, any: number): MoodWeights {
  return [
    [allow, 'allow'],
    [deny, 'deny'],
    [silent, 'silent'],
    [any, 'any'],
  ];
}

function endpointPart(world: World, alone: boolean): Pick<SimulationBody, 'endpointPolicy'> {
  const { random } = world;
  if (random.chance(alone ? 0.05 : 0.2)) return {};
  if (random.chance(alone ? 0.03 : 0.08)) return { endpointPolicy: null };
  const mood = random.weighted(alone ? moods(45, 20, 25, 10) : moods(88, 4, 5, 3));
  return { endpointPolicy: drawDocument(random, settingOf(world, 'endpoint', world.signed), mood) };
}

function resourcePart(world: World): Pick<SimulationBody, 'resourcePolicy'> {
  const { random } = world;
  if (random.chance(0.03)) return random.chance(0.5) ? { resourcePolicy: null } : {};
  const mood = random.weighted(world.authorizationType === 'AWS_IAM' ? moods(52, 10, 33, 5) : moods(55, 14, 26, 5));
  return { resourcePolicy: drawDocument(random, settingOf(world, 'resource', world.atResource), mood) };
}

/** The caller's own documents; now and then also where the authorization type has no use for them. */
function callersPart(
  world: World,
  hasBoundary: boolean,
): Pick<SimulationBody, 'identityPolicies' | 'permissionsBoundary' | 'sessionPolicies'> {
  const { random, signed, authorizationType } = world;
  const used = authorizationType === 'AWS_IAM';
  const setting = settingOf(world, 'identity', signed);
  const draw = (weights: MoodWeights) => drawDocument(random, setting, random.weighted(weights));
  const withSession = { session: 0.35, role: 0.3, federated: 0.6 }[signed.caller.type as string] ?? 0.08;
  const part: Pick<SimulationBody, 'identityPolicies' | 'permissionsBoundary' | 'sessionPolicies'> = {};
  if (random.chance(used ? 0.88 : 0.08)) {
    part.identityPolicies = random.times(random.pick([0, 1, 1, 1, 1, 2, 2, 3]), () => draw(moods(70, 4, 20, 6)));
  }
  if (hasBoundary) part.permissionsBoundary = draw(moods(52, 8, 35, 5));
  if (random.chance(used ? withSession : 0.05)) {
    part.sessionPolicies = random.times(random.pick([0, 1, 1, 1, 1, 2]), () => draw(moods(52, 7, 36, 5)));
  }
  return part;
}

/** The authorizer's word; now and then one that means nothing for the authorization type. */
function authorizerPart(world: World): Pick<SimulationBody, 'authorizerResult' | 'authorizerPolicy'> {
  const { random, atResource, authorizationType } = world;
  const ofCustom: readonly (readonly [number, AuthorizerResult | 'policy'])[] = [
    [30, 'Allow'],
    [22, 'Silent'],
    [7, 'Deny'],
    [4, 'Unauthorized'],
    [37, 'policy'],
  ];
  const ofCognito: readonly (readonly [number, AuthorizerResult])[] = [
    [92, 'Authenticated'],
    [8, 'Unauthenticated'],
  ];
  const result = random.weighted<AuthorizerResult | 'policy' | undefined>(
    {
      CUSTOM: [
        [96, random.weighted(ofCustom)] as const,
        [2, random.weighted(ofCognito)] as const,
        [2, undefined] as const,
      ],
      COGNITO_USER_POOLS: [
        [94, random.weighted(ofCognito)] as const,
        [3, random.weighted(ofCustom)] as const,
        [3, undefined] as const,
      ],
      AWS_IAM: [
        [1, random.weighted(ofCustom)] as const,
        [1, random.weighted(ofCognito)] as const,
        [13, undefined] as const,
      ],
      NONE: [
        [1, random.weighted(ofCustom)] as const,
        [1, random.weighted(ofCognito)] as const,
        [10, undefined] as const,
      ],
    }[authorizationType],
  );
  if (result === undefined) return {};
  if (result !== 'policy') return { authorizerResult: result };
  const mood = random.weighted(moods(55, 12, 25, 8));
  return { authorizerPolicy: drawDocument(random, settingOf(world, 'identity', atResource), mood) };
}

/** The request as it is sent: perhaps bent, and with a clock if any document reads one. */
function settled(random: Random, body: SimulationBody, epoch: number): SimulationBody['request'] {
  const { request } = body;
  const context: Record<string, ContextValue> = { ...request.context };
  let resource = request.resource;
  if (random.chance(0.06)) {
    const names = Object.keys(context);
    if (names.length > 0) delete context[random.pick(names)];
  }
  if (random.chance(0.05)) {
    resource = random.pick([
      `${resource}${random.pick(['/', '/x', 'x', ':x'])}`,
      resource.replace(/\/GET\//, '/POST/'),
      resource.replace('/prod', '/Prod'),
    ]);
  }
  const documents = JSON.stringify({ ...body, request: undefined }).toLowerCase();
  if (documents.includes('aws:currenttime') || documents.includes('aws:epochtime')) {
    const given = new Set(Object.keys(context).map((name) => name.toLowerCase()));
    for (const [name, value] of Object.entries(atEpoch(epoch))) {
      if (!given.has(name.toLowerCase())) context[name] = value;
    }
  }
  const { context: _, ...rest } = request;
  const hasContext = Object.keys(context).length > 0 || random.chance(0.5);
  return { ...rest, resource, ...(hasContext ? { context } : {}) };
}

export function generate(seed: number): SimulationBody {
  const body = draw(seed);
  // Bending a text may cut a character outside the basic plane in two; half of one is no text that UTF-8 can carry.
  return isWellFormed(body) ? body : generate(seed + 0x40000000);
}

const isWellFormed = (value: unknown): boolean => {
  if (typeof value === 'string') return !/\p{Surrogate}/u.test(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, member]) => isWellFormed(name) && isWellFormed(member));
};
