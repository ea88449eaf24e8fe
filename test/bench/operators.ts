import type { Random } from '../oracle/generator/random.js';

/** What a statement may add to `Allow`, and contexts near it: about half of them pass. */
export interface Feature {
  readonly name: string;
  /** Members of the statement. */
  readonly says: Readonly<Record<string, unknown>>;
  readonly context: (random: Random) => Readonly<Record<string, unknown>>;
}

type Draw = (random: Random) => unknown;

/** Keys that nobody has documented are read when an operator asks for them, so that this is within the time too. */
const family = (name: string, operator: string, values: readonly string[] | string, draw: Draw): Feature => ({
  name,
  says: { Condition: { [operator]: { 'acme:key': values } } },
  context: (random) => ({ 'acme:key': draw(random) }),
});

const word: Draw = (random) => `team-${random.below(6)}`;
const words: Draw = (random) => random.times(3, () => word(random));
const digits = (random: Random, count: number): string => random.times(count, () => random.below(10)).join('');
const ip4: Draw = (random) => `10.${random.below(2)}.${random.below(256)}.${random.below(256)}`;
const ip6: Draw = (random) => `2001:db8:${random.below(2)}::${random.below(65_536).toString(16)}`;
const role: Draw = (random) => `arn:aws:iam::123412341234:role/team-${random.below(2)}/app-${digits(random, 6)}`;

/** One for each family of operators, and for what may be said around an operator. */
export const operators: readonly Feature[] = [
  family('StringEquals', 'StringEquals', ['team-0', 'team-1', 'team-2'], word),
  family('StringNotEquals', 'StringNotEquals', ['team-0', 'team-1', 'team-2'], word),
  family('StringEqualsIgnoreCase', 'StringEqualsIgnoreCase', ['TEAM-0', 'TEAM-1', 'TEAM-2'], word),
  family('StringLike', 'StringLike', ['*-0/*', 'team-1/*/x?'], (random) => `${word(random)}/${digits(random, 6)}/x1`),
  family('NumericLessThan', 'NumericLessThan', '500000', (random) => digits(random, 6)),
  family('DateLessThan', 'DateLessThan', '2026-07-01T00:00:00Z', (random) => {
    return `2026-${random.pick(['02', '05', '09', '11'])}-1${random.below(10)}T0${random.below(10)}:${10 + random.below(50)}:00Z`;
  }),
  family('Bool', 'Bool', 'true', (random) => String(random.chance(0.5))),
  family('BinaryEquals', 'BinaryEquals', 'dGVhbS0x', (random) => random.pick(['dGVhbS0x', 'dGVhbS0y'])),
  family('IpAddress, IPv4', 'IpAddress', ['10.1.0.0/16', '192.168.0.0/24'], ip4),
  family('IpAddress, IPv6', 'IpAddress', ['2001:db8:1::/48', '2001:db8:ffff::/48'], ip6),
  family('ArnLike', 'ArnLike', 'arn:aws:iam::*:role/team-1/*', role),
  family('Null', 'Null', 'false', (random) => (random.chance(0.5) ? word(random) : [])),
  family(
    'ForAllValues:StringEquals',
    'ForAllValues:StringEquals',
    ['team-0', 'team-1', 'team-2', 'team-3', 'team-4'],
    words,
  ),
  family('ForAnyValue:StringEquals', 'ForAnyValue:StringEquals', ['team-0', 'team-1'], words),
  {
    ...family('StringEqualsIfExists', 'StringEqualsIfExists', ['team-0', 'team-1'], word),
    context: (random): Readonly<Record<string, unknown>> => (random.chance(0.5) ? {} : { 'acme:key': word(random) }),
  },
  {
    name: 'a variable in a condition',
    says: { Condition: { StringEquals: { 'acme:key': '${acme:other}' } } },
    context: (random) => ({ 'acme:key': `team-${random.below(2)}`, 'acme:other': 'team-1' }),
  },
  {
    name: 'a variable in a resource',
    says: { Resource: 'arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/GET/${acme:key}/*' },
    context: (random) => ({ 'acme:key': `team-${random.below(2)}` }),
  },
];
