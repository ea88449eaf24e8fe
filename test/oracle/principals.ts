/** Who calls, and how a Principal element names the caller (IAM: Principal; NotPrincipal). */
import { splitArn } from './glob.js';
import { listOf, type PrincipalElement } from './types.js';

export type Caller =
  | { type: 'anonymous' }
  | { type: 'service'; name: string }
  | { type: 'root' | 'user' | 'federated'; arn: string; partition: string; account: string; name: string }
  | { type: 'role' | 'session'; arn: string; partition: string; account: string; role: string };

export const anonymous: Caller = { type: 'anonymous' };

/** The caller as a request names it: `anonymous`, an ARN, or a service such as `x.amazonaws.com`. */
export function readCaller(principal: string): Caller {
  if (principal === 'anonymous') return anonymous;
  const parts = splitArn(principal);
  if (!parts) return { type: 'service', name: principal };
  const [partition, account, resource] = [parts[1]!, parts[4]!, parts[5]!];
  const path = resource.split('/');
  const known = { arn: principal, partition, account };
  if (resource === 'root') return { type: 'root', ...known, name: 'root' };
  switch (path[0]) {
    case 'user':
      return { type: 'user', ...known, name: path.at(-1)! };
    case 'federated-user':
      return { type: 'federated', ...known, name: path.slice(1).join('/') };
    case 'role':
      return { type: 'role', ...known, role: path.at(-1)! };
    default:
      return { type: 'session', ...known, role: path[1]! };
  }
}

/** The account that a caller belongs to; services and anonymous callers belong to none. */
export function accountOf(caller: Caller): string | undefined {
  return 'account' in caller ? caller.account : undefined;
}

/** By which of its names an entry of a Principal element means the caller. */
export type Naming = 'everyone' | 'account' | 'user' | 'role' | 'session' | 'federated' | 'service';

/** Every way in which the element names the caller; empty when it does not. Values and types are ORed. */
export function namings(element: PrincipalElement, caller: Caller, effect: 'Allow' | 'Deny'): Set<Naming> {
  if (element === '*') return new Set(['everyone']);
  const found = new Set<Naming>();
  for (const [type, values] of Object.entries(element)) {
    for (const value of listOf(values)) {
      const naming = type === 'AWS' ? awsNaming(value, caller, effect) : serviceNaming(type, value, caller);
      if (naming) found.add(naming);
    }
  }
  return found;
}

/** Federated and CanonicalUser entries never mean a caller of execute-api. */
function serviceNaming(type: string, value: string, caller: Caller): Naming | undefined {
  return type === 'Service' && caller.type === 'service' && caller.name === value ? 'service' : undefined;
}

function awsNaming(value: string, caller: Caller, effect: 'Allow' | 'Deny'): Naming | undefined {
  if (value === '*') return 'everyone';
  if (caller.type === 'anonymous' || caller.type === 'service') return undefined;
  if (value === caller.account) return 'account';
  const parts = splitArn(value);
  // A unique id (AIDA…) or another account's number.
  if (!parts) return undefined;
  const named = readCaller(value);
  switch (named.type) {
    case 'root':
      return named.account === caller.account ? 'account' : undefined;
    case 'user':
    case 'federated':
      return named.arn === caller.arn ? named.type : undefined;
    case 'role':
      return sameRole(named, caller) ? 'role' : undefined;
    case 'session':
      if (named.arn === caller.arn) return 'session';
      // A role ARN as caller is a session of unknown name: every session in a Deny, none in an Allow.
      return caller.type === 'role' && effect === 'Deny' && sameRole(named, caller) ? 'session' : undefined;
    default:
      return undefined;
  }
}

/** Session ARNs carry no path and role names are unique in an account: partition, account and name decide. */
function sameRole(named: Caller, caller: Caller): boolean {
  if (!('role' in named) || !('role' in caller)) return false;
  return named.partition === caller.partition && named.account === caller.account && named.role === caller.role;
}

/**
 * Whether a NotPrincipal element leaves the caller out of its Deny. Strict (reading U4): every level must be listed, the
 * account, the role and the session or user itself. A principal with a permissions boundary is never left out; nor is a
 * role ARN as caller, whose session is unknown, unless everyone is.
 */
export function isExempt(element: PrincipalElement, caller: Caller, hasBoundary: boolean): boolean {
  if (hasBoundary) return false;
  const listed = namings(element, caller, 'Allow');
  if (listed.has('everyone')) return true;
  switch (caller.type) {
    case 'anonymous':
    case 'role':
      return false;
    case 'service':
      return listed.has('service');
    case 'root':
      return listed.has('account');
    case 'session':
      return listed.has('session') && listed.has('role') && listed.has('account');
    default:
      return listed.has(caller.type) && listed.has('account');
  }
}
