import type { PolicyDocument } from '../../src/policy/document.js';
import { API, each, type Hostile, path, RUNS, type Says, statements, units, values } from './hostile.js';

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
  'ForAnyValue:StringLike *a…ab': [values(anyLike, (at) => `*${a(480 - at)}b*`), manyRuns],
  'ForAnyValue:StringLike *a…a?a…ab*': [values(anyLike, (at) => `*${a(200 - (at % 50))}?${a(40)}b*`), manyRuns],
  'ForAnyValue:StringLike *b*': [values(anyLike, (at) => `*${at}b*`), manyRuns],
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
  'ForAllValues:ArnNotLike': [
    values(operator('ForAllValues:ArnNotLike'), (at) => `arn:aws:iam::*:role/*a*${at}b*`),
    manyRuns.map((value) => `arn:aws:iam::123412341234:role/${value.slice(100)}`),
  ],
  'a variable of 4,096 characters': [values(like, (at) => `*\${x:other}*${at}b`), LONG, { 'x:other': LONG }],
  'a variable in a set of patterns': [values(anyLike, (at) => `*\${x:other}${at}*`), manyRuns, { 'x:other': RUNS }],
  'a resource of many variables': [
    units((text) => ({ Resource: `arn:aws:execute-api:*:*:*${text}` }), '${x:other}*', 'b'),
    '',
    { 'x:other': 'a' },
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

export const hostileConditions: readonly Hostile[] = Object.entries(cases).map(([name, [document, value, more]]) => ({
  name,
  kind: 'endpoint',
  document,
  resource: path(RUNS),
  context: { 'x:long': value, ...more },
}));
