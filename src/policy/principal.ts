import { isAccount, isPartition, parseArn } from './arn.js';
import { tokenHash } from './arn-tokens.js';
import type { Effect } from './document.js';
import { fault, ok, quoted, type Result } from './issue.js';

/**
 * Who calls. IAM User Guide, "AWS JSON policy elements: Principal" and "Variables and tags" (principal key values).
 * `role` stands for a session of that role whose name is not known.
 */
export interface Principal {
  readonly type: 'anonymous' | 'service' | 'root' | 'user' | 'role' | 'session' | 'federated';
  /** As the caller gave it: an ARN, a service's name, or `anonymous`. */
  readonly text: string;
  /** Empty for services and the anonymous caller, who belong to no account. */
  readonly partition: string;
  readonly account: string;
  /** Last path element of the role of a role or session; role names are unique in an account. */
  readonly role: string;
  /** Last path element of a user, name of a federated user, session name of a session. */
  readonly name: string;
  /** Of what a policy could name the caller by, to be looked for in an index. */
  readonly hashes: readonly number[];
}

/** A caller, named by its text, its role and its account. */
function principal(fields: Omit<Principal, 'hashes'>): Principal {
  const { text, account, role } = fields;
  const hashes = [tokenHash(text)];
  if (account !== '') hashes.push(tokenHash(account));
  if (role !== '') hashes.push(tokenHash(role));
  return { ...fields, hashes };
}

const nobody = { partition: '', account: '', role: '', name: '' };

export const ANONYMOUS: Principal = principal({ type: 'anonymous', text: 'anonymous', ...nobody });

const NAME = /^[\w+=,.@-]{1,128}$/;
/** A path in front of a name: IAM allows printable ASCII and at most 512 characters. */
const PATH = /^[\x21-\x7e]{1,510}\/$/;
const SERVICE = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?$/;

/** Whether `text` is the name of a service principal, `x.amazonaws.com`. */
export const isServicePrincipal = (text: string): boolean => text.length <= 255 && SERVICE.test(text);

/** @param text an IAM or STS ARN, a service's name, or `anonymous` */
export function parsePrincipal(text: string): Result<Principal> {
  if (text === 'anonymous') return ok(ANONYMOUS);
  if (isServicePrincipal(text)) return ok(principal({ ...nobody, type: 'service', text }));
  const named = parseIdentity(text);
  if (named !== undefined) return ok(named);
  return fault(
    'malformed-principal',
    `${quoted(text)} is no principal: write the ARN of a user, role, assumed-role session, federated user or root, ` +
      'a service principal (`x.amazonaws.com`), or `anonymous`',
  );
}

function parseIdentity(text: string): Principal | undefined {
  const arn = parseArn(text);
  if (arn === undefined || !isPartition(arn.partition) || arn.region !== '' || !isAccount(arn.account))
    return undefined;
  const { resource } = arn;
  const identity = (type: Principal['type'], role: string, name: string): Principal =>
    principal({ type, text, partition: arn.partition, account: arn.account, role, name });
  if (arn.service === 'iam') {
    if (resource === 'root') return identity('root', '', '');
    const name = named(resource, resource.lastIndexOf('/') + 1);
    if (name === undefined) return undefined;
    if (hasPath(resource, 'user/', name)) return identity('user', '', name);
    return hasPath(resource, 'role/', name) ? identity('role', name, '') : undefined;
  }
  if (arn.service !== 'sts') return undefined;
  if (resource.startsWith('federated-user/')) {
    const name = named(resource, 'federated-user/'.length);
    return name === undefined ? undefined : identity('federated', '', name);
  }
  if (!resource.startsWith('assumed-role/')) return undefined;
  const slash = resource.indexOf('/', 'assumed-role/'.length);
  const role = named(resource.slice(0, slash), 'assumed-role/'.length);
  const session = named(resource, slash + 1);
  return slash < 0 || role === undefined || session === undefined ? undefined : identity('session', role, session);
}

/** What stands from `from` on, if it is a name as IAM and STS allow them. */
function named(resource: string, from: number): string | undefined {
  const name = resource.slice(from);
  return NAME.test(name) ? name : undefined;
}

/** Whether `resource` is a kind, a path or none, and the name. */
const hasPath = (resource: string, kind: string, name: string): boolean =>
  resource.startsWith(kind) &&
  (resource.length === kind.length + name.length || PATH.test(resource.slice(kind.length, -name.length)));

/** Whom one value of a Principal element names. `nobody`: well formed, but never a caller of execute-api. */
export type PrincipalValue =
  | { readonly names: 'everyone' }
  | { readonly names: 'account'; readonly account: string; readonly partition: string | null }
  | { readonly names: 'identity'; readonly identity: Principal }
  | { readonly names: 'service'; readonly service: string }
  | { readonly names: 'nobody' };

/** Unique ids of users and roles: what AWS shows in place of the ARN of one that was deleted. */
const UNIQUE_ID = /^A(?:IDA|ROA)[A-Z0-9]{8,120}$/;

/** @param type the member under which the value stands */
export function parsePrincipalValue(type: string, text: string): Result<PrincipalValue> {
  if (text.includes('${')) {
    return fault('variable-in-element', `${quoted(text)} has a variable: only Resource and Condition may have one`);
  }
  const invalid = (detail: string): Result<never> => fault('invalid-principal', detail);
  if (type === 'AWS') {
    if (text === '*') return ok({ names: 'everyone' });
    if (/[*?]/.test(text)) {
      return fault(
        'principal-wildcard',
        `${quoted(text)} has a wildcard: only the whole value \`*\` is one; use a condition on aws:PrincipalArn`,
      );
    }
    if (isAccount(text)) return ok({ names: 'account', account: text, partition: null });
    if (UNIQUE_ID.test(text)) return ok({ names: 'nobody' });
    const identity = parseIdentity(text);
    if (identity === undefined) {
      return invalid(
        `${quoted(text)} is no AWS principal: write \`*\`, an account id, or the ARN of a user, role, session or root`,
      );
    }
    if (identity.type === 'root')
      return ok({ names: 'account', account: identity.account, partition: identity.partition });
    return ok({ names: 'identity', identity });
  }
  if (text === '' || /[*?]/.test(text))
    return invalid(`${quoted(text)} is not allowed under ${type}: name one in full`);
  if (type !== 'Service') return ok({ names: 'nobody' });
  if (!isServicePrincipal(text)) return invalid(`${quoted(text)} is no service principal: write \`x.amazonaws.com\``);
  return ok({ names: 'service', service: text });
}

/**
 * How an Allow names the caller, weakest first; it decides which other layers still count (IAM User Guide,
 * "Permissions boundaries for IAM entities", "Session policies"): an account only delegates, a role's grant is limited
 * by boundary and session, a grant to the caller itself or to everyone is not.
 */
export const Grant = { none: 0, account: 1, role: 2, caller: 3 } as const;
export type Grant = (typeof Grant)[keyof typeof Grant];

/** Whom the Principal or NotPrincipal of one statement names, ready to be asked. */
export class PrincipalSet {
  /** Whether everyone is named, the anonymous caller too. */
  readonly everyone: boolean;
  /** ARNs of users, sessions and federated users, and names of services. */
  private readonly _callers: readonly string[] | ReadonlySet<string>;
  private readonly _accounts: readonly { readonly account: string; readonly partition: string | null }[];
  private readonly _roles: ReadonlyMap<string, readonly Principal[]> | null;
  /** Sessions by their role: they stand for the role's session of unknown name in a Deny. */
  private readonly _sessions: ReadonlyMap<string, readonly Principal[]> | null;

  constructor(values: readonly PrincipalValue[]) {
    const identities = values.flatMap((value) => (value.names === 'identity' ? [value.identity] : []));
    const services = values.flatMap((value) => (value.names === 'service' ? [value.service] : []));
    const callers = [...identities.filter(({ type }) => type !== 'role').map(({ text }) => text), ...services];
    this.everyone = values.some(({ names }) => names === 'everyone');
    this._callers = callers.length > FEW ? new Set(callers) : callers;
    this._accounts = values.filter((value) => value.names === 'account');
    this._roles = byRole(identities.filter(({ type }) => type === 'role'));
    this._sessions = byRole(identities.filter(({ type }) => type === 'session'));
  }

  /** One of these is among the hashes of every caller that is named; null: everyone is. */
  get hashes(): readonly number[] | null {
    if (this.everyone) return null;
    const accounts = this._accounts.map(({ account }) => account);
    const roles = [...(this._roles?.keys() ?? []), ...(this._sessions?.keys() ?? [])];
    return [...this._callers, ...accounts, ...roles].map(tokenHash);
  }

  /** How a Principal element names the caller. */
  grant(caller: Principal, effect: Effect): Grant {
    if (this.everyone || this._namesCaller(caller)) return Grant.caller;
    if (caller.account === '') return Grant.none;
    if (caller.role !== '' && this._namesRole(caller, effect)) return Grant.role;
    return this._namesAccount(caller) ? Grant.account : Grant.none;
  }

  /**
   * Whether a NotPrincipal element lists the caller: every level of it, the account, the role and the user or session
   * (reading U4). A session of unknown name cannot be listed.
   */
  exempts(caller: Principal): boolean {
    if (this.everyone) return true;
    if (caller.type === 'service') return this._namesCaller(caller);
    if (caller.account === '' || !this._namesAccount(caller)) return false;
    if (caller.type === 'root') return true;
    return (caller.role === '' || holdsRole(this._roles, caller)) && this._namesCaller(caller);
  }

  private _namesCaller({ text }: Principal): boolean {
    const callers = this._callers;
    if (!Array.isArray(callers)) return (callers as ReadonlySet<string>).has(text);
    for (let at = 0; at < callers.length; at++) if (callers[at] === text) return true;
    return false;
  }

  private _namesAccount(caller: Principal): boolean {
    for (const { account, partition } of this._accounts) {
      if (account === caller.account && (partition === null || partition === caller.partition)) return true;
    }
    return false;
  }

  /** A Deny of any session of a role holds for the session whose name is not known; an Allow of one does not. */
  private _namesRole(caller: Principal, effect: Effect): boolean {
    if (holdsRole(this._roles, caller)) return true;
    return effect === 'Deny' && caller.type === 'role' && holdsRole(this._sessions, caller);
  }
}

/** Below this, comparing is faster than hashing a string that was never seen before. */
const FEW = 3;

function byRole(identities: readonly Principal[]): ReadonlyMap<string, readonly Principal[]> | null {
  if (identities.length === 0) return null;
  const roles = new Map<string, Principal[]>();
  for (const identity of identities) roles.set(identity.role, [...(roles.get(identity.role) ?? []), identity]);
  return roles;
}

function holdsRole(roles: ReadonlyMap<string, readonly Principal[]> | null, caller: Principal): boolean {
  for (const { account, partition } of roles?.get(caller.role) ?? []) {
    if (account === caller.account && partition === caller.partition) return true;
  }
  return false;
}
