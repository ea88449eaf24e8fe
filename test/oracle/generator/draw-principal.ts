/** Callers, and Principal elements drawn from them. */
import { type Caller, isExempt, namings } from '../principals.js';
import type { OneOrMany, PrincipalElement } from '../types.js';
import type { Random } from './random.js';

const users = ['alice', 'bob', 'MyUser', 'div/alice', 'a/b/Bob'];
const roles = ['app', 'app2', 'Admin', 'developer'];
const sessions = ['s1', 's2', 'ci', 'i-0abc'];
const services = ['apigateway.amazonaws.com', 'lambda.amazonaws.com', 'events.amazonaws.com'];

export interface Accounts {
  partition: string;
  owner: string;
  others: readonly string[];
}

/** The principal of a request. */
export function drawCaller(random: Random, accounts: Accounts, anonymousShare: number): string {
  if (random.chance(anonymousShare)) return 'anonymous';
  const account = random.chance(0.62) ? accounts.owner : random.pick(accounts.others);
  return random.weighted([
    [28, () => userArn(random, accounts.partition, account)],
    [32, () => sessionArn(random, accounts.partition, account)],
    [12, () => roleArn(random, accounts.partition, account)],
    [10, () => `arn:${accounts.partition}:sts::${account}:federated-user/${random.pick(['kate', 'bob'])}`],
    [8, () => `arn:${accounts.partition}:iam::${account}:root`],
    [10, () => random.pick(services)],
  ])();
}

function userArn(random: Random, partition: string, account: string): string {
  return `arn:${partition}:iam::${account}:user/${random.pick(users)}`;
}

function roleArn(random: Random, partition: string, account: string): string {
  return `arn:${partition}:iam::${account}:role/${random.pick(['', '', 'path/', 'a/b/'])}${random.pick(roles)}`;
}

function sessionArn(random: Random, partition: string, account: string): string {
  return `arn:${partition}:sts::${account}:assumed-role/${random.pick(roles)}/${random.pick(sessions)}`;
}

/** The entries that list every level of the caller: itself, its role, its account. */
function levelsOf(random: Random, caller: Caller, accounts: Accounts): string[] {
  if (caller.type === 'anonymous' || caller.type === 'service') return [accounts.owner];
  const root = random.chance(0.5) ? caller.account : `arn:${caller.partition}:iam::${caller.account}:root`;
  if (!('role' in caller)) return caller.type === 'root' ? [root] : [caller.arn, root];
  const path = random.pick(['', '', 'path/']);
  const role = `arn:${caller.partition}:iam::${caller.account}:role/${path}${caller.role}`;
  const session = `arn:${caller.partition}:sts::${caller.account}:assumed-role/${caller.role}/${random.pick(sessions)}`;
  return [caller.type === 'session' ? caller.arn : session, role, root];
}

/** An entry about somebody else. */
function stranger(random: Random, accounts: Accounts): string {
  const account = random.pick([accounts.owner, ...accounts.others]);
  return random.weighted([
    [3, userArn(random, accounts.partition, account)],
    [3, roleArn(random, accounts.partition, account)],
    [3, sessionArn(random, accounts.partition, account)],
    [2, random.pick(accounts.others)],
    [1, `arn:${accounts.partition}:sts::${account}:federated-user/kate`],
    [1, `arn:${accounts.partition}:iam::${random.pick(accounts.others)}:root`],
    [1, random.pick(['AIDACKCEVSQ6C2EXAMPLE', 'AROADBQP57FF2AEXAMPLE'])],
  ]);
}

export function drawPrincipal(
  random: Random,
  caller: Caller,
  accounts: Accounts,
  effect: 'Allow' | 'Deny',
  matching: boolean | undefined,
): PrincipalElement {
  return random.until(
    matching === undefined ? 1 : 8,
    () => drawElement(random, caller, accounts, matching),
    (element) => namings(element, caller, effect).size > 0 === matching,
  );
}

function drawElement(
  random: Random,
  caller: Caller,
  accounts: Accounts,
  matching: boolean | undefined,
): PrincipalElement {
  if (matching !== false && random.chance(0.22)) return '*';
  const own = levelsOf(random, caller, accounts);
  const aws = random.times(random.pick([1, 1, 1, 2, 3]), () =>
    random.chance(matching === false ? 0.1 : 0.75) ? random.pick(own) : stranger(random, accounts),
  );
  if (matching !== false && random.chance(0.12)) aws.push('*');
  const element: Record<string, OneOrMany<string>> = {};
  if (caller.type !== 'service' || random.chance(0.3)) element.AWS = oneOrMany(random, aws);
  if (caller.type === 'service' || random.chance(0.1)) {
    const called = caller.type === 'service' && random.chance(0.7) ? caller.name : random.pick(services);
    element.Service = oneOrMany(random, random.chance(0.3) ? [called, random.pick(services)] : [called]);
  }
  if (random.chance(0.04)) element.Federated = random.pick(['cognito-identity.amazonaws.com', 'accounts.google.com']);
  if (random.chance(0.04)) element.CanonicalUser = '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be';
  return element;
}

/** A NotPrincipal element, often with all the levels that leave the caller out of it. */
export function drawNotPrincipal(
  random: Random,
  caller: Caller,
  accounts: Accounts,
  hasBoundary: boolean,
  matching: boolean | undefined,
): PrincipalElement {
  return random.until(
    matching === undefined ? 1 : 6,
    () => {
      if (random.chance(0.06)) return '*';
      if (random.chance(0.06)) return { AWS: '*' };
      const levels = levelsOf(random, caller, accounts).filter(() => random.chance(matching === false ? 0.97 : 0.7));
      if (random.chance(0.3)) levels.push(stranger(random, accounts));
      const element: Record<string, OneOrMany<string>> = {};
      if (levels.length > 0) element.AWS = oneOrMany(random, random.shuffled(levels));
      if (caller.type === 'service' && random.chance(0.7)) element.Service = caller.name;
      return Object.keys(element).length > 0 ? element : { AWS: stranger(random, accounts) };
    },
    (element) => isExempt(element, caller, hasBoundary) !== matching,
  );
}

function oneOrMany<T>(random: Random, list: T[]): OneOrMany<T> {
  return list.length === 1 && random.chance(0.7) ? list[0]! : list;
}
