import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AUTHORIZATION_TYPES, type AuthorizationType } from '../../src/decision/decision.js';
import { type Method, MethodTable, methodIssues } from '../../src/decision/methods.js';

const isProxy = (segment: string): boolean => /^\{.*\+\}$/.test(segment);
const isParameter = (segment: string): boolean => /^\{.*[^+]\}$/.test(segment);
const cut = (path: string): string[] => path.split('/').filter((segment) => segment !== '');

/** Whether a template matches a whole path. */
function covers(template: readonly string[], path: readonly string[]): boolean {
  const last = template.at(-1);
  if (last !== undefined && isProxy(last)) {
    const before = template.slice(0, -1);
    return path.length > before.length && covers(before, path.slice(0, before.length));
  }
  return (
    template.length === path.length && template.every((segment, at) => isParameter(segment) || segment === path[at])
  );
}

const rank = (segment: string): number => (isProxy(segment) ? 2 : isParameter(segment) ? 1 : 0);

/** Below 0 when the first template is the more specific: the first differing segment decides. */
function compare(left: readonly string[], right: readonly string[]): number {
  const at = left.findIndex((segment, index) => rank(segment) !== rank(right[index] ?? ''));
  return at < 0 ? 0 : rank(left[at]!) - rank(right[at]!);
}

/** The contract, sentence by sentence, over a plain list. */
function naively(methods: readonly Method[], stage: string, verb: string, path: string): AuthorizationType | undefined {
  if (path !== '' && path.split('/').some((segment) => ['', '.', '..'].includes(segment))) return undefined;
  const exact = methods.filter((method) => method.stage === stage);
  const candidates = exact.length > 0 ? exact : methods.filter((method) => method.stage === '*');
  const matching = candidates.filter((method) => covers(cut(method.path), cut(path)));
  const best = [...matching].sort((a, b) => compare(cut(a.path), cut(b.path)))[0];
  if (best === undefined) return undefined;
  const same = matching.filter((method) => compare(cut(method.path), cut(best.path)) === 0);
  const found =
    same.find(({ httpMethod }) => httpMethod === verb) ?? same.find(({ httpMethod }) => httpMethod === 'ANY');
  return found?.authorizationType;
}

const segment = fc.constantFrom('pets', 'a', 'b', '{id}', '{x}', 'a');
const template = fc
  .tuple(fc.array(segment, { maxLength: 3 }), fc.constantFrom('', '', '{proxy+}'))
  .map(([head, tail]) => `/${[...head, tail].filter((part) => part !== '').join('/')}`);
const method: fc.Arbitrary<Method> = fc.record({
  stage: fc.constantFrom('*', '*', 'prod', 'test'),
  httpMethod: fc.constantFrom('GET', 'POST', 'ANY'),
  path: template,
  authorizationType: fc.constantFrom(...AUTHORIZATION_TYPES),
});
/** Lists that a record may have: no two entries of one stage, verb and path shape. */
const methods = fc.array(method, { maxLength: 12 }).map((list) => {
  const faulty = new Set(methodIssues(list, '').map(({ pointer }) => Number(pointer.slice(1).split('/')[0])));
  return list.filter((_, at) => !faulty.has(at));
});

describe('a table of methods', () => {
  it('finds what comparing the templates one by one finds', () => {
    const seen = { found: 0, none: 0 };
    const path = fc
      .array(fc.constantFrom('pets', 'a', 'b', 'c', '{id}', '__proto__'), { maxLength: 4 })
      .map((parts) => parts.join('/'));
    fc.assert(
      fc.property(
        methods,
        fc.constantFrom('prod', 'test', 'dev', '*'),
        fc.constantFrom('GET', 'POST', 'PUT'),
        path,
        (list, stage, verb, asked) => {
          const expected = naively(list, stage, verb, asked);
          seen[expected === undefined ? 'none' : 'found']++;
          expect(new MethodTable(list).find(stage, verb, asked)).toBe(expected);
        },
      ),
      { numRuns: 4000 },
    );
    expect(Math.min(seen.found, seen.none)).toBeGreaterThan(400);
  });

  const table = (...entries: (readonly [path: string, verb?: Method['httpMethod'], stage?: string])[]) =>
    new MethodTable(
      entries.map(([path, httpMethod = 'GET', stage = '*'], at) => ({
        stage,
        httpMethod,
        path,
        // Which entry it is.
        authorizationType: AUTHORIZATION_TYPES[at]!,
      })),
    );
  const first = AUTHORIZATION_TYPES[0];
  const second = AUTHORIZATION_TYPES[1];

  it.each([
    ['a literal before a parameter', table(['/pets/{id}'], ['/pets/new']), 'pets/new', second],
    ['a parameter before a proxy', table(['/pets/{proxy+}'], ['/pets/{id}']), 'pets/7', second],
    [
      'the first differing segment decides, not the number of literals',
      table(['/{x}/b/c'], ['/a/{proxy+}']),
      'a/b/c',
      second,
    ],
    ['templates match whole paths only', table(['/pets']), 'pets/7', undefined],
    ['a literal branch that ends early does not hide a parameter', table(['/a/x'], ['/{p}/y']), 'a/y', second],
    ['a proxy takes one segment', table(['/{proxy+}']), 'a', first],
    ['a proxy takes several', table(['/{proxy+}']), 'a/b/c', first],
    ['a proxy takes no empty path', table(['/{proxy+}']), '', undefined],
    ['a proxy needs one segment below', table(['/a/{proxy+}']), 'a', undefined],
    ['the root', table(['/{proxy+}'], ['/']), '', second],
    ['literals are compared exactly', table(['/Pets']), 'pets', undefined],
    ['a percent sign is a character', table(['/a%20b']), 'a b', undefined],
    ['a trailing slash', table(['/pets'], ['/{proxy+}']), 'pets/', undefined],
    ['an empty segment', table(['/{proxy+}']), 'a//b', undefined],
    ['a leading slash', table(['/{proxy+}']), '/a', undefined],
    ['a dot segment', table(['/{proxy+}']), 'a/../b', undefined],
    ['a dot segment', table(['/{proxy+}']), './a', undefined],
    ['dots in a name', table(['/{proxy+}']), 'a/...', first],
  ])('%s', (_, methods, path, expected) => {
    expect(methods.find('prod', 'GET', path)).toBe(expected);
  });

  it('looks for the exact verb, then ANY, and does not fall back to a wider path', () => {
    const methods = table(['/pets', 'ANY'], ['/pets', 'POST'], ['/a', 'POST'], ['/{proxy+}', 'GET']);
    expect(methods.find('prod', 'POST', 'pets')).toBe(second);
    expect(methods.find('prod', 'PUT', 'pets')).toBe(first);
    expect(methods.find('prod', 'GET', 'a')).toBeUndefined();
  });

  it('looks in the exact stage if it has any entry, else in *', () => {
    const methods = table(['/a', 'GET', 'prod'], ['/b', 'GET', '*']);
    expect(methods.find('prod', 'GET', 'a')).toBe(first);
    expect(methods.find('prod', 'GET', 'b')).toBeUndefined();
    expect(methods.find('test', 'GET', 'b')).toBe(second);
    expect(methods.find('test', 'GET', 'a')).toBeUndefined();
  });
});

describe('a list of methods', () => {
  const issues = (...paths: string[]) =>
    methodIssues(
      paths.map((path) => ({ stage: '*', httpMethod: 'GET', path, authorizationType: 'NONE' })),
      '/methods',
    ).map(({ pointer, code }) => `${pointer} ${code}`);

  it.each(['/', '/a', '/{a}', '/{proxy+}', '/a/{b}/c/{d+}', '/a.b_c-d~e', '/...'])('%s is a path', (path) => {
    expect(issues(path)).toEqual([]);
  });

  it.each(['', 'a', '//', '/a/', '/a//b', '/{a', '/a}', '/{}', '/{+}', '/{a+}/b', '/x{a}', '/{a}{b}', '/.', '/a/../b'])(
    '%j is none',
    (path) => {
      expect(issues(path)).toEqual(['/methods/0/path malformed-path']);
    },
  );

  it('has no two entries of equal stage, verb and path shape', () => {
    expect(issues('/a/{b}', '/a/{c}', '/a/b', '/{x+}', '/{y+}', '/{z}')).toEqual([
      '/methods/1 duplicate-method',
      '/methods/4 duplicate-method',
    ]);
    const differ: Method[] = [
      { stage: '*', httpMethod: 'GET', path: '/a', authorizationType: 'NONE' },
      { stage: '*', httpMethod: 'ANY', path: '/a', authorizationType: 'NONE' },
      { stage: 'prod', httpMethod: 'GET', path: '/a', authorizationType: 'NONE' },
    ];
    expect(methodIssues(differ, '')).toEqual([]);
  });
});
