import { isAboutPrincipal } from '../../policy/condition-keys.js';
import { many } from '../../policy/document.js';
import { quoted } from '../../policy/issue.js';
import { type Principal, parsePrincipal } from '../../policy/principal.js';
import type { AppliedPolicy, AuthorizationType, DecisionInput, Layer } from '../decision.js';
import { type Method, MethodTable } from '../methods.js';
import { seesCaller } from './exactly.js';
import { applyingDenies, type Looked, nearMisses } from './near.js';
import { bodyWidens, changeBody, changeCall, changeRecord } from './places.js';
import { type Change, Rank, type Scene, type Step } from './remedy.js';
import { viewOf } from './views.js';

/** What the method's authorizer would have to answer. */
export function* authorizerAnswers(input: DecisionInput, scene: Scene): Iterable<Step> {
  const { authorizationType } = input;
  if (authorizationType !== 'CUSTOM' && authorizationType !== 'COGNITO_USER_POOLS') return;
  const lambda = authorizationType === 'CUSTOM';
  for (const answer of lambda ? ['Allow', 'Silent'] : ['Authenticated']) {
    yield {
      summary: lambda
        ? `have the Lambda authorizer answer ${quoted(answer)}`
        : 'send the call with a token that the user pool authenticates',
      widens: bodyWidens(scene),
      rank: Rank.authorizer,
      changes: [changeBody(scene, { authorizerResult: answer }, 'authorizerPolicy')],
    };
  }
}

/** The call signed, by someone of the API's own account. */
export function* signed({ resource }: DecisionInput, scene: Scene): Iterable<Step> {
  const principal = `arn:${resource.partition}:iam::${resource.account}:user/caller`;
  yield {
    summary: `sign the call with credentials of the account ${resource.account}, such as those of ${quoted(principal)}`,
    widens: false,
    rank: Rank.caller,
    changes: [changeCall(scene, { ...scene.call, principal })],
  };
}

/** What nobody said of a caller: that it has no identity policies of its own. */
export function* statedPolicies(scene: Scene): Iterable<Step> {
  yield {
    summary: 'state that the caller has no identity policies (`identityPolicies`: `[]`)',
    widens: bodyWidens(scene),
    rank: Rank.request,
    changes: [changeBody(scene, { identityPolicies: [] })],
  };
}

/** How many other callers are tried. */
const CALLERS = 3;
const LOOKED_AT = 4;

/** The same call by someone whom the policies of a layer name. */
export function* otherCallers(
  layer: Layer,
  policies: readonly AppliedPolicy[],
  input: DecisionInput,
  scene: Scene,
): Iterable<Step> {
  if (!seesCaller(layer, input)) return;
  const request = viewOf(layer, input);
  const texts = policies.flatMap((policy) => [
    ...nearMisses(policy, request, LOOKED_AT).flatMap(callersOf),
    ...applyingDenies(policy, request).slice(0, LOOKED_AT).flatMap(callersOf),
  ]);
  const callers = [...new Set(texts)].filter((text) => text !== input.principal.text && isCaller(text));
  for (const caller of callers.slice(0, CALLERS)) {
    yield {
      summary: `${input.principal.type === 'anonymous' ? 'sign the call' : 'call'} as ${quoted(caller)}`,
      widens: false,
      rank: Rank.caller,
      changes: [changeCall(scene, { ...scene.call, principal: caller })],
    };
  }
}

function callersOf({ written, statement }: Looked): string[] {
  const element = written.Effect === 'Allow' ? written.Principal : written.NotPrincipal;
  const named = typeof element === 'object' ? Object.values(element).flatMap((values) => many<string>(values)) : [];
  const arns = statement.conditions.filter(({ key }) => key === 'aws:principalarn');
  return [...named, ...arns.flatMap(({ operands }) => operands.map(({ text }) => text))];
}

const CALLS: readonly Principal['type'][] = ['user', 'role', 'session', 'federated', 'service'];

function isCaller(text: string): boolean {
  const parsed = /[*?$]/.test(text) ? null : parsePrincipal(text);
  return parsed?.ok === true && CALLS.includes(parsed.value.type);
}

/** Whether the policies would have to know who signed, which this method does not tell them. */
export function wantsSignature(policies: readonly AppliedPolicy[], input: DecisionInput): boolean {
  if (input.principal.type === 'anonymous' || input.authorizationType === 'AWS_IAM') return false;
  const request = viewOf('resource', input);
  return policies.some((policy) => {
    const allows = nearMisses(policy, request, LOOKED_AT);
    const unnamed = allows.some(
      ({ principal, failing }) => !principal || failing.some(({ key }) => isAboutPrincipal(key)),
    );
    const denies = applyingDenies(policy, request);
    return unnamed || denies.some(({ statement }) => statement.conditions.some(({ key }) => isAboutPrincipal(key)));
  });
}

/** Another authorization type, where the method's cannot work with this caller. */
export function* otherAuthorization(type: AuthorizationType, input: DecisionInput, scene: Scene): Iterable<Step> {
  const change = authorizationChange(type, scene);
  if (change === null || type === input.authorizationType) return;
  const why =
    type === 'AWS_IAM'
      ? `only AWS_IAM tells the API who signed, ${input.authorizationType} does not`
      : `${input.authorizationType} cannot work with an anonymous caller`;
  yield {
    summary: `set the authorization type of the method to ${type}: ${why}`,
    widens: true,
    rank: Rank.authorization,
    changes: [change],
  };
}

function authorizationChange(authorizationType: AuthorizationType, scene: Scene): Change | null {
  const stated = Object.hasOwn(scene.body, 'authorizationType') || scene.api === null;
  if (scene.form === 'simulation' && stated) return changeBody(scene, { authorizationType });
  if (scene.api === null) return null;
  const { body } = scene.api;
  if (body.methods === undefined) return changeRecord('api', scene.api, { ...body, authorizationType });
  const methods = methodsOf(body.methods);
  const at = reachedBy(methods, scene.api.id)(String(scene.call.resource));
  if (at === null) return null;
  const changed = methods.map((method, place) => (place === at ? { ...method, authorizationType } : method));
  return changeRecord('api', scene.api, { ...body, methods: changed });
}

export type WrittenMethod = Omit<Method, 'stage'> & { readonly stage?: string };

export const methodsOf = (methods: unknown): readonly WrittenMethod[] =>
  Array.isArray(methods) ? (methods as readonly WrittenMethod[]) : [];

/** Which of the methods an ARN reaches, by its place among them; null when it reaches none. */
export function reachedBy(methods: readonly WrittenMethod[], api: string): (arn: string) => number | null {
  // Each method's place stands where its type would: the table gives back what it was given.
  const table = new MethodTable(
    methods.map((method, at) => ({ stage: '*', ...method, authorizationType: String(at) as AuthorizationType })),
  );
  return (arn) => {
    const [, stage, verb, path] = partsOf(arn, api);
    const found = table.find(stage, verb, path);
    return found === undefined ? null : Number(found);
  };
}

/** API, stage, verb and path of an ARN. */
export function partsOf(arn: string, api: string): [string, string, string, string] {
  const resource = arn.split(':').slice(5).join(':');
  const [, stage = '', verb = ''] = resource.split('/', 3);
  return [api, stage, verb, resource.slice(api.length + stage.length + verb.length + 3)];
}
