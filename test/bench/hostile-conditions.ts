import type { PolicyDocument } from '../../src/policy/document.js';
import { MOST_SEARCHED } from '../../src/policy/searching.js';
import { API, each, type Hostile, path, RUNS, type Says, statement, statements, units, values } from './hostile.js';

const operator =
  (name: string) =>
  (asked: string | string[]): Says => ({ Condition: { [name]: { 'x:long': asked } } });
const like = operator('StringLike');
const anyLike = operator('ForAnyValue:StringLike');
const a = (count: number): string => 'a'.repeat(count);
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** As long as a value may be, as many as a key may have, and no two alike; a body of 1 MiB takes no more. */
const LONG = a(4096);
const LONG_RUNS = RUNS.repeat(68);
const manyLong = each(100, (at) => LONG.slice(at));
const manyRuns = each(100, (at) => LONG_RUNS.slice(at));

/** What a policy says, the value of `x:long`, and other keys. */
type Case = readonly [document: PolicyDocument, value: string | readonly string[], more?: Hostile['context']];

const cases: Readonly<Record<string, Case>> = {
  'StringLike *a*a…b': [units(like, '*a', 'b*'), LONG_RUNS],
  'StringLike *a…ab': [values(like, (at) => `*${a(480 - at)}b`), LONG],
  'StringLike *b': [values(like, (at) => `*${at}b*`), LONG_RUNS],
  'StringLike *a…a?a…ab*': [values(like, (at) => `*${a(200 - (at % 50))}?${a(40)}b*`), LONG_RUNS],
  'StringLike *a…a?ab*': [values(like, () => `*${a(56)}?ab*`), LONG],
  'ForAnyValue:StringLike a*': [values(anyLike, (at) => `a*${at}`), manyRuns],
  'ForAnyValue:StringEquals': [values(operator('ForAnyValue:StringEquals'), (at) => a(3900 - at)), manyLong],
  'ForAnyValue:StringEquals of short values': [
    values(operator('ForAnyValue:StringEquals'), (at) => `a${at}`),
    each(100, (at) => `b${at}`),
  ],
  'ForAnyValue:StringEqualsIgnoreCase': [
    values(operator('ForAnyValue:StringEqualsIgnoreCase'), (at) => `A${at}`),
    manyLong,
  ],
  'ForAllValues:NumericNotEquals': [
    values(operator('ForAllValues:NumericNotEquals'), (at) => `${at}.5`),
    each(100, (at) => `${9e15 + at}.${'1'.repeat(4000)}`),
  ],
  'ForAllValues:NumericNotEquals, as near as can be': [
    values(operator('ForAllValues:NumericNotEquals'), (at) => `0.1${'0'.repeat(20)}${at + 1}`),
    each(100, (at) => `0.1${'0'.repeat(390)}${at + 1}`),
  ],
  'ForAllValues:NumericLessThan': [
    values(operator('ForAllValues:NumericLessThan'), (at) => `${at}`),
    each(100, (at) => `${1e6 + at}`),
  ],
  'ForAllValues:DateNotEquals': [
    values(operator('ForAllValues:DateNotEquals'), (at) => `${1e9 + at}`),
    each(100, (at) => `2026-01-01T00:00:${10 + (at % 50)}.${'1'.repeat(500)}Z`),
  ],
  'ForAllValues:NotIpAddress, IPv4': [
    values(operator('ForAllValues:NotIpAddress'), (at) => `10.${at >> 8}.${at & 255}.0/24`),
    each(100, (at) => `192.168.0.${at}`),
  ],
  'ForAllValues:NotIpAddress, IPv6': [
    values(operator('ForAllValues:NotIpAddress'), (at) => `2001:db8:${at.toString(16)}::/48`),
    each(100, (at) => `2001:db9::${at.toString(16)}`),
  ],
  'ForAllValues:BinaryEquals': [
    values(operator('ForAllValues:BinaryEquals'), (at) => base64(`v${at}`)),
    each(100, (at) => base64(a(3000 - at))),
  ],
  'ArnLike *a…a?ab*': [
    values(operator('ArnNotLike'), () => `arn:*:iam:*:*:*${a(56)}?ab*`),
    `arn:aws:iam::123412341234:${a(4000)}`,
  ],
  'a variable of 4,096 characters': [values(like, (at) => `*\${x:other}*${at}b`), LONG, { 'x:other': LONG }],
  'a variable of 2,048 characters': [values(like, (at) => `*\${x:other}*${at}b*`), LONG, { 'x:other': a(2048) }],
  'a hundred variables of 2,048 characters': [
    values(like, (at) => `*\${x:k${at % 90}}*${at}b*`),
    LONG,
    Object.fromEntries(each(90, (at) => [`x:k${at}`, a(2048 + at)])),
  ],
  'short variables': [values(like, () => '*${x:o}?${x:o}b*'), LONG, { 'x:o': a(60) }],
  'StringEquals of a variable': [
    values(operator('StringEquals'), (at) => `\${x:other}${at}`),
    LONG,
    { 'x:other': a(4092) },
  ],
  'StringEqualsIgnoreCase of a variable': [
    values(operator('StringEqualsIgnoreCase'), (at) => `\${x:other}${at}`),
    LONG,
    { 'x:other': 'A'.repeat(4092) },
  ],
  'ArnLike of a variable': [
    values(operator('ArnLike'), (at) => `\${x:other}*${at}b*`),
    `arn:aws:iam::123412341234:${a(4000)}`,
    { 'x:other': `arn:*:iam::123412341234:${a(2000)}` },
  ],
  'a resource of many variables': [
    units((text) => ({ Resource: `arn:aws:execute-api:*:*:*${text}` }), '${x:other}*', 'b'),
    '',
    { 'x:other': 'a' },
  ],
  'resources with a variable': [
    values(
      (Resource) => ({ Resource }),
      (at) => `arn:aws:execute-api:*:*:*\${x:other}*${at}b*`,
    ),
    '',
    { 'x:other': a(30) },
  ],
  'statements with variables': [
    statements((at) => ({ Resource: `${API}/*\${x:other}*/${at}*` })),
    '',
    { 'x:other': a(700) },
  ],
  'a hundred keys, asked by every statement': [
    statements(() => ({ Condition: { StringEquals: Object.fromEntries(each(100, (at) => [`x:k${at}`, 'v'])) } })),
    '',
    Object.fromEntries(each(99, (at) => [`x:k${at}`, 'v'])),
  ],
};

/** As much as a policy may look for in sets (`src/policy/searching.ts`), which is less than what fills one. */
const sets: Readonly<Record<string, Case>> = {
  'a set and *a…a?ab*': [set(() => `*${a(56)}?ab*`, 58), manyLong],
  'a set and *a?a?…b*': [set(() => `*${'a?'.repeat(14)}b*`, 30), manyLong],
  'a set and *?*?…b': [set(() => `${'*?'.repeat(60)}b*`, 122), manyLong],
  'a set and *a…ab*': [set(() => `*${a(480)}b*`, 482), manyLong],
  'a set and runs': [set((at) => `*${a(50)}?${a(5)}b${at}*`, 60), manyRuns],
  'a set and a variable in many patterns': [set(() => '*${x:other}*b*', 132), manyLong, { 'x:other': a(2048) }],
  'a set and many variables': [
    set((at) => `*\${x:k${at}}*b*`, 132),
    manyLong,
    Object.fromEntries(each(4, (at) => [`x:k${at}`, a(2048 + at)])),
  ],
  'a set of ARNs': [
    set(() => `arn:aws:iam::1*4:*${a(50)}?b*`, 56, 'ForAllValues:ArnNotLike'),
    manyLong.map((value) => `arn:aws:iam::123412341234:${value.slice(100)}`),
  ],
};

/** As many patterns as may be looked for in sets. @param searched characters that each counts as */
function set(pattern: (at: number) => string, searched: number, name = 'ForAnyValue:StringLike'): PolicyDocument {
  const patterns = each(Math.floor(MOST_SEARCHED / searched), pattern);
  return { Version: '2012-10-17', Statement: [statement(operator(name)(patterns))] };
}

const hostile = (cases: Readonly<Record<string, Case>>): readonly Hostile[] =>
  Object.entries(cases).map(([name, [document, value, more]]) => ({
    name,
    kind: 'endpoint',
    document,
    resource: path(name === 'resources with a variable' ? 'a' : RUNS),
    context: { 'x:long': value, ...more },
  }));

export const hostileConditions = hostile(cases);
export const hostileSets = hostile(sets);
