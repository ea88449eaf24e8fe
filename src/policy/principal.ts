import { isAccount, parseArn } from './arn.js';
import { nameHash } from './arn-tokens.js';
import { CharacterSet } from './characters.js';
import type { Effect } from './document.js';
import { fault, ok, quoted, type Result } from './issue.js';
import { work } from './work.js';

/**
 * Who calls. IAM User Guide, "AWS JSON policy elements: Principal" and "Variables and tags" (principal key values).
 * `role` stands for a session of that role whose name is not known.
 */
export class Principal {
  private _hashes: PrincipalHashes | null = null;

  constructor(
    readonly type: 'anonymous' | 'service' | 'root' | 'user' | 'role' | 'session' | 'federated',
    /** As the caller gave it: an ARN, a service's name, or `anonymous`. */
    readonly text: string,
    /** Empty for services and the anonymous caller, who belong to no account. */
    readonly partition: string,
    readonly account: string,
    /** Last path element of the role of a role or session; role names are unique in an account. */
    readonly role: string,
    /** Last path element of a user, name of a federated user, session name of a session. */
    readonly name: string,
  ) {}

  /** What a policy could name the caller by, as an index looks it up; worked out once. */
  get hashes(): PrincipalHashes {
    this._hashes ??= {
      text: nameHash(this.text),
      account: nameHash(this.account),
      role: nameHash(this.role),
    };
    return this._hashes;
  }
}

/** Those of an account or role that the caller has not are of no account and no role. */
export interface PrincipalHashes {
  readonly text: number;
  readonly account: number;
  readonly role: number;
}

const outsider = (type: 'anonymous' | 'service', text: string): Principal => new Principal(type, text, '', '', '', '');

export const ANONYMOUS: Principal = outsider('anonymous', 'anonymous');

const NAME = new CharacterSet(/[\w+=,.@-]/);
/** A path in front of a name: IAM allows printable ASCII and at most 512 characters. */
const PATH = new CharacterSet(/[\x21-\x7e]/);
const SERVICE = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?$/;

/** Whether `text` is the name of a service principal, `x.amazonaws.com`. */
export const isServicePrincipal = (text: string): boolean => text.length <= 255 && SERVICE.test(text);

/** @param text an IAM or STS ARN, a service's name, or `anonymous` */
export function parsePrincipal(text: string): Result<Principal> {
  if (text === 'anonymous') return ok(ANONYMOUS);
  const named = parseIdentity(text);
  if (named !== undefined) return ok(named);
  if (isServicePrincipal(text)) return ok(outsider('service', text));
  return fault(
    'malformed-principal',
    `${quoted(text)} is no principal: write the ARN of a user, role, assumed-role session, federated user or root, ` +
      'a service principal (`x.amazonaws.com`), or `anonymous`',
  );
}

function parseIdentity(text: string): Principal | undefined {
  const arn = parseArn(text);
  if (!arn?.hasPartition || arn.region !== '' || !arn.hasAccount) return undefined;
  const from = arn.resourceStart;
  const identity = (type: Principal['type'], role: string, name: string): Principal =>
    new Principal(type, text, arn.partition, arn.account, role, name);
  if (arn.isOf('iam')) {
    if (arn.resource === 'root') return identity('root', '', '');
    const start = text.lastIndexOf('/') + 1;
    if (!isName(text, start, text.length)) return undefined;
    if (isPath(text, from, 'user/', start)) return identity('user', '', text.slice(start));
    return isPath(text, from, 'role/', start) ? identity('role', text.slice(start), '') : undefined;
  }
  if (!arn.isOf('sts')) return undefined;
  if (text.startsWith(FEDERATED, from)) {
    const start = from + FEDERATED.length;
    return isName(text, start, text.length) ? identity('federated', '', text.slice(start)) : undefined;
  }
  if (!text.startsWith(ASSUMED, from)) return undefined;
  const start = from + ASSUMED.length;
  const slash = text.indexOf('/', start);
  const isSession = isName(text, start, slash) && isName(text, slash + 1, text.length);
  return isSession ? identity('session', text.slice(start, slash), text.slice(slash + 1)) : undefined;
}

const FEDERATED = 'federated-user/';
const ASSUMED = 'assumed-role/';

/** Whether a name as IAM and STS allow them stands there. */
const isName = (text: string, from: number, to: number): boolean =>
  to > from && to - from <= 128 && NAME.spans(text, from, to);

/** Whether a kind and a path or none stand there: `user/`, `user/division/team/`. */
function isPath(text: string, from: number, kind: string, to: number): boolean {
  if (!text.startsWith(kind, from)) return false;
  const path = to - from - kind.length;
  return path === 0 || (path > 1 && path <= 511 && PATH.spans(text, from + kind.length, to));
}

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
  private readonly _callers: Named<string>;
  private readonly _accounts: readonly { readonly account: string; readonly partition: string | null }[];
  private readonly _roles: Named<Principal>;
  /** Sessions by their role: they stand for the role's session of unknown name in a Deny. */
  private readonly _sessions: Named<Principal>;

  constructor(values: readonly PrincipalValue[]) {
    const callers: string[] = [];
    const accounts: { readonly account: string; readonly partition: string | null }[] = [];
    const roles: Principal[] = [];
    const sessions: Principal[] = [];
    let everyone = false;
    for (const value of values) {
      if (value.names === 'everyone') everyone = true;
      else if (value.names === 'account') accounts.push(value);
      else if (value.names === 'service') callers.push(value.service);
      else if (value.names === 'identity') {
        if (value.identity.type === 'role') roles.push(value.identity);
        else callers.push(value.identity.text);
        if (value.identity.type === 'session') sessions.push(value.identity);
      }
    }
    this.everyone = everyone;
    this._accounts = accounts;
    this._callers = new Named(callers, (text) => text);
    this._roles = new Named(roles, ({ role }) => role);
    this._sessions = new Named(sessions, ({ role }) => role);
  }

  /** One of these is among the hashes of every caller that is named; null: everyone is. */
  get hashes(): readonly number[] | null {
    if (this.everyone) return null;
    const accounts = this._accounts.map(({ account }) => nameHash(account));
    return [...this._callers.hashes, ...accounts, ...this._roles.hashes, ...this._sessions.hashes];
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

  private _namesCaller(caller: Principal): boolean {
    const { items, hashes } = this._callers;
    if (items.length <= FEW) {
      for (let at = 0; at < items.length; at++) if (items[at] === caller.text) return true;
      return false;
    }
    const hash = caller.hashes.text;
    work.steps += items.length;
    for (let at = 0; at < items.length; at++) if (hashes[at] === hash && items[at] === caller.text) return true;
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

/** Up to here, comparing is faster than hashing the caller's text. */
const FEW = 3;

/** Items and the hashes of their names: numbers side by side are gone through faster than strings are looked up. */
class Named<T> {
  readonly hashes: readonly number[];

  constructor(
    readonly items: readonly T[],
    nameOf: (item: T) => string,
  ) {
    this.hashes = items.map((item) => nameHash(nameOf(item)));
  }
}

function holdsRole({ items, hashes }: Named<Principal>, caller: Principal): boolean {
  if (items.length === 0) return false;
  const hash = caller.hashes.role;
  work.steps += items.length;
  for (let at = 0; at < items.length; at++) if (hashes[at] === hash && isRoleOf(items[at]!, caller)) return true;
  return false;
}

const isRoleOf = (named: Principal, caller: Principal): boolean =>
  named.role === caller.role && named.account === caller.account && named.partition === caller.partition;
