import type { PolicyDocument } from '../../src/policy/document.js';
import { API, each, type Hostile, path, RUNS, type Says, statements, units, values } from './hostile.js';

const ANY = 'arn:aws:execute-api:*:*:*';
const resources = (Resource: string[]): Says => ({ Resource });
const from = (text: string): Says => ({ Resource: ANY + text });
const a = (count: number): string => 'a'.repeat(count);
/** The same eight segments, in an order that depends on the number. */
const segments = (at: number): string =>
  each(8, (place) => 'abcdefgh'[(at * (place + 3) + place * place) % 8]).join('/*/');

/** What a policy says, the unit that the path is made of, and the policy's kind. */
type Case = readonly [document: PolicyDocument, unit: string, kind?: Hostile['kind']];

const cases: Readonly<Record<string, Case>> = {
  // Stars, runs between them, and `?` in a run, where what looks for plain runs is quadratic.
  'a pattern a*a*…': [units(from, 'a*'), 'a'],
  'a pattern a*a*…b': [units(from, 'a*', 'b'), 'a'],
  'a pattern *b*b…b': [units(from, '*b', '*'), RUNS],
  'a pattern ?*?*…b': [units(from, '?*', 'b'), 'a'],
  'a pattern **…b': [units(from, '*', 'b'), 'a'],
  'patterns *a…ab, 750 long': [values(resources, (at) => `${ANY}${a(760 - at)}b`), 'a'],
  'patterns *a…ab*, 750 long': [values(resources, (at) => `${ANY}${a(760 - at)}b*`), RUNS],
  'patterns *a…ab*, 80 long': [values(resources, (at) => `${ANY}${a(60 + (at % 30))}b*${at}*`), RUNS],
  'patterns *a…ab*a…ab*, 400 long': [values(resources, (at) => `${ANY}${a(50)}b*${a(400 - at)}b*`), RUNS],
  'patterns *a…a?a…ab*, 60 long': [values(resources, (at) => `${ANY}${a(30 + (at % 9))}?${a(40)}b*${at}*`), RUNS],
  'patterns *a…a?a…ab*, 700 long': [values(resources, (at) => `${ANY}${a(20)}?${a(700 - at)}b*`), RUNS],
  'patterns *a?a?…aab*, 700 long': [values(resources, (at) => `${ANY}${'a?'.repeat(350 - at)}${a(60)}b*`), RUNS],
  'patterns *a…a?ab*': [values(resources, () => `${ANY}${a(56)}?ab*`), 'a'],
  'patterns *a?a?…ab*': [values(resources, () => `${ANY}${'a?'.repeat(28)}ab*`), 'a'],
  // A star at the end of a field crosses it: the shortest head that leads into a path of colons.
  'patterns of a short head and *a…a?ab*': [values(resources, () => `arn:*:a:::*${a(116)}?ab*`), `:a:::${a(1600)}`],
  'patterns a*…b': [values(resources, (at) => `${ANY}a*${at}b`), 'a'],
  'patterns *a*…b*': [values(resources, (at) => `${ANY}a*${at}b*`), RUNS],
  'patterns with wildcards in every field': [
    values(resources, (at) => `arn:a*s:execute-api:*-*-?:*1*4:*a*${at}b*`),
    RUNS,
  ],
  'short forms': [values(resources, (at) => `execute-api:/*a*a*${at}b*`, 'resource'), RUNS, 'resource'],
  'statements *a…ab': [statements((at) => ({ Resource: `${ANY}${a(70)}${at}b*`, Action: '*' })), RUNS],

  // What an index divides by: the same few segments in every order, and what nothing divides.
  'patterns of the same segments in other orders': [
    values(resources, (at) => `${API}/*/${segments(at)}/z`),
    'a/b/c/d/e/f/g/h/',
  ],
  'patterns of the same segments, ending with a star': [
    values(resources, (at) => `${API}/*/${segments(at)}/*x`),
    'a/b/c/d/e/f/g/h/',
  ],
  'statements of the same segments in other orders': [
    statements((at) => ({ Resource: `${API}/*/${segments(at)}/*x` })),
    'a/b/c/d/e/f/g/h/',
  ],
  'patterns that begin alike for long': [values(resources, (at) => `${path('a').slice(0, 600)}${at}`), 'a'],
  'patterns of one segment each, all in the path': [
    values(resources, (at) => `${API}/*/${at}/z`),
    each(500, String).join('/'),
  ],
  'statements that all deny': [statements(() => ({ Effect: 'Deny', Action: '*', Resource: `${API}/*` })), 'a'],
  'NotResource, which nothing divides': [
    statements((at) => ({ Resource: undefined, NotResource: `${API}/*/${at}` })),
    'a/',
  ],
  'other callers': [statements((at) => ({ Principal: { AWS: each(20, (n) => `${1e11 + at * 20 + n}`) } })), 'a'],
  NotPrincipal: [
    statements((at) => ({
      Effect: 'Deny',
      Principal: undefined,
      NotPrincipal: { AWS: [`${1e11 + at}`, '123412341234'] },
    })),
    'a',
  ],
  'actions with wildcards': [
    statements((at) => ({ Action: each(20, (n) => `execute-api:*${n}*${at}`), Resource: `${API}/*` })),
    'a',
  ],
};

export const hostilePatterns: readonly Hostile[] = Object.entries(cases).map(
  ([name, [document, unit, kind = 'endpoint']]) => ({ name, kind, document, resource: path(unit), context: {} }),
);
