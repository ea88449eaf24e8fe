import { CallContext, type Circumstances } from '../../src/decision/context.js';
import { decide } from '../../src/decision/decide.js';
import type { AppliedPolicy, AuthorizationType, Decision, DecisionInput } from '../../src/decision/decision.js';
import { parseArn } from '../../src/policy/arn.js';
import { compilePolicy } from '../../src/policy/compile.js';
import type { PolicyKind } from '../../src/policy/document.js';
import { parsePolicy } from '../../src/policy/parse.js';
import { parsePrincipal } from '../../src/policy/principal.js';
import { parseContext } from '../../src/policy/request.js';

export const ACCOUNT = '123412341234';
export const API = `arn:aws:execute-api:us-east-1:${ACCOUNT}:a1b2c3d4e5`;
export const PETS = `${API}/prod/GET/pets`;
const NOW = Date.parse('2026-06-01T12:00:00.250Z');

export const iam = (resource: string, account = ACCOUNT): string => `arn:aws:iam::${account}:${resource}`;
export const sts = (resource: string, account = ACCOUNT): string => `arn:aws:sts::${account}:${resource}`;

/** A policy, as one says it in a sentence. */
export type Says = 'allow' | 'silent' | 'deny' | readonly object[];

const SAYING: Readonly<Record<Extract<Says, string>, readonly object[]>> = {
  allow: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
  silent: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
  deny: [
    { Effect: 'Allow', Action: '*', Resource: '*' },
    { Sid: 'no', Effect: 'Deny', Action: '*', Resource: '*' },
  ],
};

/** Statements that name no principal speak of everyone where a policy has to name one. */
export function policy(kind: PolicyKind, says: Says, place: Partial<AppliedPolicy> = {}): AppliedPolicy {
  const statements = (typeof says === 'string' ? SAYING[says] : says).map((statement) =>
    kind === 'identity' || 'NotPrincipal' in statement ? statement : { Principal: '*', ...statement },
  );
  const parsed = parsePolicy(kind, { Version: '2012-10-17', Statement: statements }, Number.POSITIVE_INFINITY);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return { name: null, version: null, ...place, compiled: compilePolicy(parsed.document) };
}

/** A call and its policies; what is left out is AWS's default, or was not said. */
export interface Situation {
  readonly principal?: string;
  readonly action?: string;
  readonly resource?: string;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly type?: AuthorizationType;
  readonly scope?: 'full' | 'endpoint';
  readonly endpoint?: Says;
  /** Null: none attached. Left out: silent. */
  readonly attached?: Says | null;
  readonly identity?: Says | readonly Says[];
  readonly boundary?: Says;
  readonly session?: Says | readonly Says[];
  readonly authorizer?: Exclude<DecisionInput['authorizer'], AppliedPolicy | null>;
  readonly authorizerPolicy?: Says;
  readonly requireIdentityPolicies?: boolean;
}

export function arnOf(text: string) {
  const arn = parseArn(text);
  if (arn === undefined) throw new Error(`no ARN: ${text}`);
  return arn;
}

export function principalOf(text: string) {
  const principal = parsePrincipal(text);
  if (!principal.ok) throw new Error(principal.fault.detail);
  return principal.value;
}

export function keysOf(context: Readonly<Record<string, unknown>>) {
  const { entries, issues } = parseContext(context, '');
  if (issues.length > 0) throw new Error(JSON.stringify(issues));
  return entries;
}

export function contextOf(given: Readonly<Record<string, unknown>>, known: Partial<Circumstances>): CallContext {
  return new CallContext(keysOf(given), {
    principal: principalOf('anonymous'),
    resource: arnOf(PETS),
    endpoint: { id: 'vpce-1a2b3c4d', vpcId: 'vpc-1a2b3c4d' },
    endpointKeys: null,
    apiKeys: null,
    now: NOW,
    ...known,
  });
}

const isSays = (says: Says | readonly Says[]): says is Says =>
  typeof says === 'string' || says.every((each) => typeof each === 'object' && !Array.isArray(each));

/** The policies of a field that takes a list: one `Says`, or several. */
function several(says: Says | readonly Says[] | undefined): AppliedPolicy[] | null {
  if (says === undefined) return null;
  if (!isSays(says)) return says.map((each, index) => policy('identity', each, { index }));
  return says.length === 0 ? [] : [policy('identity', says, { index: 0 })];
}

export function inputOf(situation: Situation): DecisionInput {
  const { endpoint, attached = 'silent', boundary, authorizerPolicy } = situation;
  const principal = principalOf(situation.principal ?? 'anonymous');
  const resource = arnOf(situation.resource ?? PETS);
  const full = contextOf(situation.context ?? {}, { principal, resource });
  return {
    principal,
    action: situation.action ?? 'execute-api:Invoke',
    resource,
    context: full,
    scope: situation.scope ?? 'full',
    endpointPolicy: endpoint === undefined ? null : policy('endpoint', endpoint, { name: 'door', version: 7 }),
    resourcePolicy: attached === null ? null : policy('resource', attached, { name: 'orders', version: 3 }),
    authorizationType: situation.type ?? 'NONE',
    identityPolicies: several(situation.identity),
    permissionsBoundary: boundary === undefined ? null : policy('identity', boundary),
    sessionPolicies: several(situation.session),
    authorizer: authorizerPolicy === undefined ? (situation.authorizer ?? null) : policy('identity', authorizerPolicy),
    requireIdentityPolicies: situation.requireIdentityPolicies ?? false,
  };
}

export const decided = (situation: Situation): Decision => decide(inputOf(situation));

/** Reason and layer in one word, as in `EXPLICIT_DENY resource`; `ALLOWED` alone. */
export function verdict(situation: Situation): string {
  const { decision, reason, layer } = decided(situation);
  if ((decision === 'Allow') !== (reason === 'ALLOWED')) throw new Error(`${decision} because of ${reason}`);
  return layer === null ? reason : `${reason} ${layer}`;
}
