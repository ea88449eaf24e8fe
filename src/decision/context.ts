import type { Arn } from '../policy/arn.js';
import { conditionKey, isAboutPrincipal, lowerKey } from '../policy/condition-keys.js';
import { type Issue, pointerTo, quoted } from '../policy/issue.js';
import { type Principal, parsePrincipal } from '../policy/principal.js';
import { type Context, type ContextEntry, ContextValue, contextEntry } from '../policy/request.js';
import { isoTime } from './iso-time.js';

/** What the keys of a call follow from, besides what the caller of Postern says. */
export interface Circumstances {
  readonly principal: Principal;
  readonly resource: Arn;
  /** The endpoint's id and VPC; null where a simulation has no endpoint record. */
  readonly endpoint: { readonly id: string; readonly vpcId: string | null } | null;
  /** Keys that calls through the endpoint, and calls of the API, always carry. */
  readonly endpointKeys: ContextEntries | null;
  readonly apiKeys: ContextEntries | null;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export type ContextEntries = ReadonlyMap<string, ContextEntry>;

type Derivation = (circumstances: Circumstances) => string | undefined;

const PRINCIPAL_TYPES: Readonly<Record<Principal['type'], string | undefined>> = {
  anonymous: undefined,
  service: undefined,
  root: 'Account',
  user: 'User',
  role: 'AssumedRole',
  session: 'AssumedRole',
  federated: 'FederatedUser',
};

/** A session's own ARN is never the value: it is that of its role, whose path a session ARN does not tell. */
function principalArn({ type, partition, account, role, text }: Principal): string | undefined {
  if (account === '') return undefined;
  return type === 'session' ? `arn:${partition}:iam::${account}:role/${role}` : text;
}

function userId({ type, account, name }: Principal): string | undefined {
  if (type === 'root') return account;
  return type === 'federated' ? `${account}:${name}` : undefined;
}

/**
 * Keys that follow from principal, ARN, endpoint and clock: IAM User Guide, "AWS global condition context keys" and
 * "Variables and tags" (principal key values). Unsigned calls have no principal keys at all (reading U8).
 */
const derivations: ReadonlyMap<string, Derivation> = new Map<string, Derivation>([
  ['aws:principalarn', ({ principal }) => principalArn(principal)],
  ['aws:principalaccount', ({ principal }) => principal.account || undefined],
  ['aws:principaltype', ({ principal }) => PRINCIPAL_TYPES[principal.type]],
  ['aws:username', ({ principal }) => (principal.type === 'user' ? principal.name : undefined)],
  [
    'aws:principalisawsservice',
    ({ principal }) => (principal.type === 'anonymous' ? undefined : String(principal.type === 'service')),
  ],
  ['aws:principalservicename', ({ principal }) => (principal.type === 'service' ? principal.text : undefined)],
  ['aws:sourcevpce', ({ endpoint }) => endpoint?.id],
  ['aws:sourcevpc', ({ endpoint }) => endpoint?.vpcId ?? undefined],
  ['aws:resourceaccount', ({ resource }) => resource.account || undefined],
  ['aws:requestedregion', ({ resource }) => resource.region || undefined],
  ['aws:viaawsservice', () => 'false'],
  // Private APIs are reached by TLS only.
  ['aws:securetransport', () => 'true'],
  ['aws:currenttime', ({ now }) => isoTime(now)],
  ['aws:epochtime', ({ now }) => String(Math.floor(now / 1000))],
]);

/** Derived for some principals, for others only the caller of Postern knows it. */
const USER_ID = 'aws:userid';

/** Whether a stored record, or a caller who repeats it with another value, may not set this key. */
export const isDerived = (key: string): boolean => derivations.has(key);

/** What the caller of Postern may not state at all: Postern knows better. */
const clockAndTransport: ReadonlySet<string> = new Set(['aws:currenttime', 'aws:epochtime', 'aws:securetransport']);

/** The keys of one call: what was given, else what the records say, else what follows. Each is worked out once. */
export class CallContext implements Context {
  /** Null until something follows. */
  #derived: Map<string, ContextEntry | undefined> | null = null;

  constructor(
    private readonly given: ContextEntries,
    private readonly circumstances: Circumstances,
  ) {}

  get(key: string): ContextEntry | undefined {
    return this.given.get(key) ?? this.stated(key) ?? this.#derive(key);
  }

  /** What the records say of a key; where they differ, the API's for what is about the resource, else the endpoint's. */
  stated(key: string): ContextEntry | undefined {
    const { endpointKeys, apiKeys } = this.circumstances;
    if (endpointKeys === null && apiKeys === null) return undefined;
    const [first, second] = key.startsWith('aws:resource') ? [apiKeys, endpointKeys] : [endpointKeys, apiKeys];
    return first?.get(key) ?? second?.get(key);
  }

  /** What follows for a key; undefined when it follows that the key is absent, or nothing follows. */
  #derive(key: string): ContextEntry | undefined {
    if (this.#derived?.has(key)) return this.#derived.get(key);
    const value = this.#textOf(key);
    const entry = value === undefined ? undefined : contextEntry(value);
    this.#derived ??= new Map();
    this.#derived.set(key, entry);
    return entry;
  }

  #textOf(key: string): string | undefined {
    return key === USER_ID ? userId(this.circumstances.principal) : derivations.get(key)?.(this.circumstances);
  }

  /** As a method sees the call that does not authenticate with IAM: no key about the principal exists. */
  get anonymous(): Context {
    return { get: (key) => (isAboutPrincipal(key) ? undefined : this.get(key)) };
  }

  /**
   * What a request states that Postern knows otherwise. Keys that are derived, or fixed by a record, may be repeated
   * with the same value only.
   * @param base pointer of the request's `context`
   * @param names the keys as the request wrote them, by lower-case name
   */
  conflicts(base: string, names: readonly string[]): Issue[] {
    const issues: Issue[] = [];
    for (const name of names) {
      const detail = this.#conflict(lowerKey(name), name);
      if (detail !== undefined) issues.push({ pointer: pointerTo(base, name), code: 'context-conflict', detail });
    }
    return issues;
  }

  #conflict(key: string, name: string): string | undefined {
    const given = this.given.get(key);
    if (given === undefined) return undefined;
    const { principal, endpoint } = this.circumstances;
    if (clockAndTransport.has(key)) return `${quoted(name)} is set by Postern: leave it out`;
    if (principal.type === 'anonymous' && isAboutPrincipal(key)) {
      return `${quoted(name)} says something of the caller, who is anonymous: leave it out`;
    }
    if (key === 'aws:principalarn' && agreesWithRole(given, principal)) return undefined;
    // An endpoint that is not stored has a VPC nobody knows; the decision will be a Deny for it.
    if (key === 'aws:sourcevpc' && endpoint?.vpcId === null) return undefined;
    const stated = this.stated(key);
    const follows = isDerived(key) || (key === USER_ID && userId(principal) !== undefined);
    if (stated === undefined && !follows) return undefined;
    // Nearly always a request only repeats what follows: then no entry of ours has to be made.
    if (stated === undefined && given instanceof ContextValue && given.text === this.#textOf(key)) return undefined;
    const known = stated ?? this.#derive(key);
    if (known !== undefined && same(known, given)) return undefined;
    if (known === undefined) return `${quoted(name)} does not exist for this call: leave it out`;
    return `${quoted(name)} is ${quoted(String(known.given))} for this call: leave it out or repeat that value`;
  }
}

/** A role with a path: `aws:PrincipalArn` may be given for a session if everything but the path agrees. */
function agreesWithRole(given: ContextEntry, principal: Principal): boolean {
  if (principal.type !== 'session') return false;
  const role = parsePrincipal(String(given.given));
  if (!role.ok || role.value.type !== 'role') return false;
  const { partition, account, role: name } = role.value;
  return partition === principal.partition && account === principal.account && name === principal.role;
}

/** A text and a list that holds nothing else are not the same: conditions and variables tell them apart. */
function same(left: ContextEntry, right: ContextEntry): boolean {
  if (left instanceof ContextValue || right instanceof ContextValue) {
    return left instanceof ContextValue && right instanceof ContextValue && left.text === right.text;
  }
  const [all, others] = [textsOf(left), textsOf(right)];
  return all.size === others.size && [...all].every((text) => others.has(text));
}

const textsOf = ({ values }: ContextEntry): ReadonlySet<string> => new Set(values.map(({ text }) => text));

/**
 * Why a stored record may not fix a key: Postern derives it, or it is about whoever calls.
 * @returns undefined if it may
 */
export function unfixable(name: string): string | undefined {
  const key = name.toLowerCase();
  if (isDerived(key))
    return `${quoted(conditionKey(key)?.name ?? name)} is derived for each call: a record cannot fix it`;
  return isAboutPrincipal(key) ? `${quoted(name)} is about the caller: a record cannot fix it` : undefined;
}
