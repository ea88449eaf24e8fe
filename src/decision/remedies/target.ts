import { parseArn } from '../../policy/arn.js';
import { quoted } from '../../policy/issue.js';
import { AUTHORIZATION_TYPES, type AuthorizationType, type DecisionInput } from '../decision.js';
import { CONFIGURED_METHODS } from '../methods.js';
import type { Refusal } from '../target.js';
import { methodsOf, partsOf, reachedBy, type WrittenMethod } from './caller.js';
import { exactly } from './exactly.js';
import { changeBody, changeCall, changeRecord } from './places.js';
import { Rank, type Scene, type Step } from './remedy.js';

/** What would let a call get as far as a policy. */
export const reaching: Readonly<Record<Refusal, (scene: Scene) => Iterable<Step>>> = {
  *UNKNOWN_ENDPOINT(scene) {
    yield* otherEndpoints(scene);
    yield* leftOut(scene, 'endpoint');
  },

  *UNKNOWN_API(scene) {
    for (const resource of scene.otherResources) {
      yield {
        summary: `call ${quoted(resource)}`,
        widens: false,
        rank: Rank.request,
        changes: [changeCall(scene, { ...scene.call, resource })],
      };
    }
    yield* otherEndpoints(scene);
    const region = parseArn(String(scene.call.resource))?.region;
    if (scene.endpoint?.body.region !== undefined && scene.endpoint.body.region !== region) {
      yield {
        summary: `correct the region of the endpoint ${quoted(scene.endpoint.id)} to ${quoted(region ?? '')}`,
        widens: true,
        rank: Rank.record,
        changes: [changeRecord('endpoint', scene.endpoint, { ...scene.endpoint.body, region })],
      };
    }
    yield* leftOut(scene, 'api');
  },

  *API_NOT_PRIVATE({ api }) {
    if (api === null) return;
    yield {
      summary: `make the API ${quoted(api.id)} private: only a private API is reached through an endpoint`,
      widens: true,
      rank: Rank.record,
      changes: [changeRecord('api', api, { ...api.body, endpointType: 'PRIVATE' })],
    };
  },

  *UNKNOWN_METHOD(scene) {
    const { api } = scene;
    if (api === null) return;
    const methods = methodsOf(api.body.methods);
    yield* existingMethod(methods, scene, api.id);
    yield* addedMethod(methods, scene, api.id);
  },
};

/** The same call through another endpoint. */
export function* otherEndpoints(scene: Scene): Iterable<Step> {
  for (const endpoint of scene.otherEndpoints) {
    yield {
      summary: `send the call through the endpoint ${quoted(endpoint)}`,
      widens: scene.form === 'simulation',
      rank: Rank.request,
      changes: [changeBody(scene, { endpoint })],
    };
  }
}

/** A simulation may do without records. */
function* leftOut(scene: Scene, member: 'endpoint' | 'api'): Iterable<Step> {
  if (scene.form !== 'simulation' || scene.body[member] === undefined) return;
  yield {
    summary: `simulate without the ${member === 'api' ? 'API' : 'endpoint'} ${quoted(String(scene.body[member]))}`,
    widens: true,
    rank: Rank.record,
    changes: [changeBody(scene, {}, member)],
  };
}

/** The same call where the API has a method for it: in another stage, or at the path without empty segments. */
function* existingMethod(methods: readonly WrittenMethod[], scene: Scene, api: string): Iterable<Step> {
  const arn = String(scene.call.resource);
  const [, stage, verb, path] = partsOf(arn, api);
  const head = arn.slice(0, arn.length - `${api}/${stage}/${verb}/${path}`.length);
  const clean = path.split('/').filter(isSegment).join('/');
  const cleaned = `${stage}/${verb}/${clean}`;
  const stages = [...new Set(methods.map((method) => method.stage ?? '*'))].filter((each) => each !== '*').slice(0, 5);
  const others = [...(clean === path ? [] : [cleaned]), ...stages.map((each) => `${each}/${verb}/${path}`)];
  const reached = reachedBy(methods, api);
  for (const other of others) {
    const resource = `${head}${api}/${other}`;
    // A path with empty segments reaches no method there could be.
    if (resource === arn || (reached(resource) === null && other !== cleaned)) continue;
    yield {
      summary: `call ${quoted(`${api}/${other}`)}${reached(resource) === null ? '' : ', which the API has a method for'}`,
      widens: false,
      rank: Rank.request,
      changes: [changeCall(scene, { ...scene.call, resource })],
    };
  }
}

/** What a path that reaches a method is made of. */
const isSegment = (segment: string): boolean => segment !== '' && segment !== '.' && segment !== '..';

/** A method for exactly this verb and path, which authorizes as the API's others do. */
function* addedMethod(methods: readonly WrittenMethod[], scene: Scene, api: string): Iterable<Step> {
  const [, stage, verb, path] = partsOf(String(scene.call.resource), api);
  if (scene.api === null || (path !== '' && !path.split('/').every(isSegment))) return;
  // What looks like a parameter can only be matched by one.
  const template = path.split('/').map((segment, at) => (/[{}]/.test(segment) ? `{part${at}}` : segment));
  // An entry for the stage would hide those for all stages.
  const own = methods.some((method) => method.stage === stage) ? { stage } : {};
  const httpMethod = CONFIGURED_METHODS.find((each) => each === verb) ?? 'ANY';
  for (const authorizationType of byUse(methods)) {
    const method = { ...own, httpMethod, path: `/${template.join('/')}`, authorizationType };
    yield {
      summary: `add to the API ${quoted(api)} a method ${httpMethod} ${quoted(method.path)} with authorization type ${authorizationType}`,
      widens: true,
      rank: Rank.record,
      changes: [changeRecord('api', scene.api, { ...scene.api.body, methods: [...methods, method] })],
    };
  }
}

/** The types that an API's methods have, the commonest first; for an API without methods the strictest and the laxest. */
function byUse(methods: readonly WrittenMethod[]): AuthorizationType[] {
  const uses = (type: AuthorizationType): number => methods.filter((each) => each.authorizationType === type).length;
  const used = AUTHORIZATION_TYPES.filter((type) => uses(type) > 0).sort((a, b) => uses(b) - uses(a));
  return used.length > 0 ? used.slice(0, 2) : ['AWS_IAM', 'NONE'];
}

/** A resource policy for an API that has none. */
export function* attachedPolicy(input: DecisionInput, scene: Scene): Iterable<Step> {
  const { statement } = exactly('resource', input, scene, true);
  const document = { Version: '2012-10-17', Statement: [statement] };
  // Once there is a policy, whoever is allowed by its own identity policy or authorizer passes, too.
  const common = { widens: true, rank: Rank.record };
  if (scene.form === 'simulation' || scene.api === null) {
    const summary = 'give the API a resource policy that allows exactly this action and ARN';
    yield { ...common, summary, changes: [changeBody(scene, { resourcePolicy: document })] };
    return;
  }
  const name = scene.freePolicyName;
  yield {
    ...common,
    summary: `write a resource policy ${quoted(name)} that allows exactly this action and ARN, and attach it to the API ${quoted(scene.api.id)}`,
    changes: [
      { target: 'policy', layer: 'resource', name, version: null, patch: [{ op: 'add', path: '', value: document }] },
      changeRecord('api', scene.api, { ...scene.api.body, policy: name }),
    ],
  };
}

/** AWS's default endpoint policy, from which its troubleshooting guide starts. */
export function* fullAccess(scene: Scene): Iterable<Step> {
  const summary = "go back to AWS's default endpoint policy, full access, and restrict it again from there";
  const common = { summary, widens: true, rank: Rank.fullAccess };
  if (scene.form === 'simulation') yield { ...common, changes: [changeBody(scene, { endpointPolicy: null })] };
  else if (scene.endpoint !== null) {
    yield { ...common, changes: [changeRecord('endpoint', scene.endpoint, { ...scene.endpoint.body, policy: null })] };
  }
}
