import { isAccount } from './arn.js';
import { nameHash } from './arn-tokens.js';
import { type Effect, many, type PrincipalElement } from './document.js';
import { fault, ok, quoted, type Result } from './issue.js';
import { isServicePrincipal, type Principal, parseIdentity } from './principal.js';
import { exactly, Shared } from './shared.js';
import { work } from './work.js';

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

/** A value of a Principal element that may name a caller. */
interface Named {
  readonly value: PrincipalValue;
  /** Of the name by which it may; null: it names nobody, or everyone. */
  readonly hash: number | null;
  /** A session may be named by its own text or by its role. */
  readonly other: number | null;
}

function hashesOf(value: PrincipalValue): readonly number[] {
  if (value.names === 'account') return [nameHash(value.account)];
  if (value.names === 'service') return [nameHash(value.service)];
  if (value.names !== 'identity') return [];
  const { type, text, role } = value.identity;
  return [...(type === 'role' ? [] : [nameHash(text)]), ...(role === '' ? [] : [nameHash(role)])];
}

const known = new Shared<Named>();

/** What is read of a text is read once for all policies that name it. @param type the member under which it stands */
function named(type: string, text: string): Named {
  return known.of(`${type} ${text}`, () => {
    const parsed = parsePrincipalValue(type, text);
    const value: PrincipalValue = parsed.ok ? parsed.value : { names: 'nobody' };
    const [hash = null, other = null] = hashesOf(value);
    return { value, hash, other };
  });
}

const namedBy = (element: Exclude<PrincipalElement, '*'>): Named[] =>
  Object.entries(element).flatMap(([type, texts]) => many(texts).map((text) => named(type, text)));

/** Whom the Principal or NotPrincipal of one statement names, ready to be asked. */
export class PrincipalSet {
  /** Whether everyone is named, the anonymous caller too. */
  readonly everyone: boolean;
  private readonly _named: readonly Named[];

  /** @param negated whether the element is NotPrincipal */
  constructor(
    element: PrincipalElement,
    readonly negated = false,
  ) {
    const all = element === '*' ? [] : namedBy(element);
    this.everyone = element === '*' || all.some(({ value }) => value.names === 'everyone');
    this._named = this.everyone ? NOBODY_ELSE : exactly(all.filter(({ hash }) => hash !== null));
  }

  /** One of these is among the hashes of every caller that is named; null: everyone is. */
  get hashes(): readonly number[] | null {
    return this.everyone ? null : this._named.flatMap(({ hash, other }) => (other === null ? [hash!] : [hash!, other]));
  }

  /** How a Principal element names the caller. */
  grant(caller: Principal, effect: Effect): Grant {
    if (this.everyone) return Grant.caller;
    const grants = this._grants(caller, effect);
    if ((grants & bit(Grant.caller)) !== 0) return Grant.caller;
    if ((grants & bit(Grant.role)) !== 0) return Grant.role;
    return (grants & bit(Grant.account)) === 0 ? Grant.none : Grant.account;
  }

  /**
   * Whether a NotPrincipal element lists the caller: every level of it, the account, the role and the user or session
   * (reading U4). A session of unknown name cannot be listed.
   */
  exempts(caller: Principal): boolean {
    if (this.everyone) return true;
    const grants = this._grants(caller, 'Allow');
    const lists = (grant: Grant): boolean => (grants & bit(grant)) !== 0;
    if (caller.type === 'service') return lists(Grant.caller);
    if (!lists(Grant.account)) return false;
    return caller.type === 'root' || ((caller.role === '' || lists(Grant.role)) && lists(Grant.caller));
  }

  /** In every way in which a value names the caller, one bit. */
  private _grants(caller: Principal, effect: Effect): number {
    const named = this._named;
    let grants = 0;
    work.steps += named.length;
    if (named.length <= FEW) {
      for (let at = 0; at < named.length; at++) grants |= bit(grantBy(named[at]!.value, caller, effect));
      return grants;
    }
    const { text, account, role } = caller.hashes;
    for (let at = 0; at < named.length; at++) {
      const { hash, other, value } = named[at]!;
      const may = hash === text || hash === account || hash === role;
      if (may || (other !== null && (other === text || other === role))) grants |= bit(grantBy(value, caller, effect));
    }
    return grants;
  }
}

const NOBODY_ELSE: readonly never[] = [];

/** Up to here, comparing is faster than hashing the caller's text. */
const FEW = 2;

const bit = (grant: Grant): number => 1 << grant;

function grantBy(value: PrincipalValue, caller: Principal, effect: Effect): Grant {
  switch (value.names) {
    case 'identity':
      return grantByIdentity(value.identity, caller, effect);
    case 'account': {
      const { account, partition } = value;
      const isSame = account === caller.account && (partition === null || partition === caller.partition);
      return isSame ? Grant.account : Grant.none;
    }
    case 'service':
      return value.service === caller.text ? Grant.caller : Grant.none;
    default:
      return Grant.none;
  }
}

function grantByIdentity(named: Principal, caller: Principal, effect: Effect): Grant {
  if (named.type === 'role') return isRoleOf(named, caller) ? Grant.role : Grant.none;
  if (named.text === caller.text) return Grant.caller;
  // A Deny of any session of a role holds for the session whose name is not known; an Allow of one does not.
  const isUnknown = effect === 'Deny' && named.type === 'session' && caller.type === 'role';
  return isUnknown && isRoleOf(named, caller) ? Grant.role : Grant.none;
}

/** Whether a principal is the role that another one is, or is a session of. */
export const isRoleOf = (named: Principal, caller: Principal): boolean =>
  named.role === caller.role && named.account === caller.account && named.partition === caller.partition;
