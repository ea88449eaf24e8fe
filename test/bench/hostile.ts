import type { PolicyDocument, Statement } from '../../src/policy/document.js';

/** A policy that is accepted at the default limits, and a request that makes it work. */
export interface Hostile {
  readonly name: string;
  readonly kind: 'endpoint' | 'resource';
  readonly document: PolicyDocument;
  readonly resource: string;
  readonly context: Readonly<Record<string, unknown>>;
}

/** Characters of a policy at most, as it comes. */
export const LIMITS = { endpoint: 20_480, resource: 8192 } as const;
type Kind = keyof typeof LIMITS;

export const API = 'arn:aws:execute-api:us-east-1:123412341234:hostile';

/** An ARN of the API, as long as one may be, that is all one unit from its path on. */
export function path(unit: string): string {
  const head = `${API}/p/GET/`;
  const length = 1600 - head.length;
  return head + unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
}

/** Runs of `a`: a pattern that wants a longer one finds every character it wants, and much that fits its start. */
export const RUNS = `${'a'.repeat(59)}b`;

export type Says = Omit<Partial<Statement>, 'Effect'> & { readonly Effect?: 'Allow' | 'Deny' };

export const statement = (says: Says): Statement => ({
  Effect: 'Allow',
  Principal: '*',
  Action: 'execute-api:Invoke',
  Resource: '*',
  ...says,
});

/** As many statements as the limit takes. */
export const statements = (one: (at: number) => Says, kind: Kind = 'endpoint'): PolicyDocument =>
  most(kind, (count) => each(count, (at) => statement(one(at))));

/** One statement, with a list of as many values as the limit takes. */
export const values = (
  says: (values: string[]) => Says,
  one: (at: number) => string,
  kind: Kind = 'endpoint',
): PolicyDocument => most(kind, (count) => [statement(says(each(count, one)))]);

/** One statement, with one text of as many units as the limit takes. */
export const units = (says: (text: string) => Says, unit: string, end = '', kind: Kind = 'endpoint'): PolicyDocument =>
  most(kind, (count) => [statement(says(unit.repeat(count) + end))]);

/** The longest that the limit takes. */
function most(kind: Kind, make: (count: number) => Statement[]): PolicyDocument {
  const document = (count: number): PolicyDocument => ({ Version: '2012-10-17', Statement: make(count) });
  const fits = (count: number): boolean => JSON.stringify(document(count)).length <= LIMITS[kind];
  let tooMany = 1;
  while (fits(tooMany)) tooMany *= 2;
  let count = tooMany / 2;
  for (let step = count / 2; step >= 1; step /= 2) if (fits(count + step)) count += step;
  return document(count);
}

export const each = <T>(count: number, one: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => one(at));
