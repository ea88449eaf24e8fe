import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { type DocumentDiff, diffDocuments } from '../../src/policy/document-diff.js';
import { type PolicyJson, policy, policyOf, question, type StatementJson, statements, version } from './arbitraries.js';
import { API, ask, parsed } from './ask.js';

vi.setConfig({ testTimeout: 60_000 });

const allow = (changed: object = {}): StatementJson => ({
  Effect: 'Allow',
  Principal: '*',
  Action: 'execute-api:Invoke',
  Resource: `${API}/prod/GET/pets`,
  ...changed,
});
const deny = (changed: object = {}): StatementJson => ({ ...allow(changed), Effect: 'Deny' });

const diff = (before: PolicyJson | null, after: PolicyJson): DocumentDiff =>
  diffDocuments(before && parsed('resource', before), parsed('resource', after));
const between = (before: readonly StatementJson[], after: readonly StatementJson[]): DocumentDiff =>
  diff(policyOf(undefined, before), policyOf(undefined, after));

/** `changed /Statement/0 -> /Statement/1: /Resource +2 -1`, with `~` in front where the meaning is the same. */
const told = ({ statements }: DocumentDiff): string[] =>
  statements.map(({ change, sameMeaning, before, after, elements }) => {
    const place = [before?.pointer, after?.pointer].filter((pointer) => pointer !== undefined).join(' -> ');
    const inside = elements.map(
      (element) =>
        ` ${element.sameMeaning ? '~' : ''}${element.pointer} +${element.added.length} -${element.removed.length}`,
    );
    return `${sameMeaning ? '~' : ''}${change} ${place}${elements.length > 0 ? ':' : ''}${inside.join()}`;
  });

describe('statements', () => {
  it('without a predecessor are added', () => {
    const { sameMeaning, statements } = diff(null, policyOf('2012-10-17', allow()));
    expect(sameMeaning).toBe(false);
    expect(statements).toEqual([
      {
        change: 'added',
        sameMeaning: false,
        before: null,
        after: { pointer: '/Statement', statement: allow() },
        elements: [],
      },
    ]);
  });

  it('with one Sid are one statement, whatever else has changed', () => {
    const before = [allow({ Sid: 'a' }), allow({ Sid: 'b', Resource: '*' })];
    const after = [deny({ Sid: 'b', Action: '*', Resource: 'execute-api:/x/*' }), allow({ Sid: 'a' })];
    expect(told(between(before, after))).toEqual([
      'changed /Statement/1 -> /Statement/0: /Effect +1 -1, /Action +1 -1, /Resource +1 -1',
    ]);
  });

  it('with other Sids are the same one only if they say the same', () => {
    expect(told(between([allow({ Sid: 'a' })], [allow({ Sid: 'b' })]))).toEqual([
      '~changed /Statement/0 -> /Statement/0: ~/Sid +1 -1',
    ]);
    expect(told(between([allow({ Sid: 'a' })], [allow({ Sid: 'b', Resource: '*' })]))).toEqual([
      'removed /Statement/0',
      'added /Statement/0',
    ]);
    expect(told(between([allow()], [allow({ Sid: 'b', Resource: '*' })]))).toEqual([
      'changed /Statement/0 -> /Statement/0: /Resource +1 -1, ~/Sid +1 -0',
    ]);
  });

  it('without Sid are found by what they say, then by what is most alike', () => {
    const many = (name: string, ...extra: string[]) =>
      allow({ Resource: [...['a', 'b', 'c'].map((path) => `${API}/${name}/GET/${path}`), ...extra] });
    const before = [many('one'), many('two'), deny()];
    const after = [allow({ Resource: '*' }), many('two', '*'), many('one', '*'), deny()];
    expect(told(between(before, after))).toEqual([
      'added /Statement/0',
      'changed /Statement/1 -> /Statement/1: /Resource +1 -0',
      'changed /Statement/0 -> /Statement/2: /Resource +1 -0',
    ]);
  });

  it('that have little in common are two', () => {
    const before = [allow({ Principal: { AWS: '123412341234' }, Resource: '*' })];
    const after = [deny({ Condition: { StringEquals: { 'aws:SourceVpc': 'vpc-1' } } })];
    expect(told(between(before, after))).toEqual(['removed /Statement/0', 'added /Statement/0']);
  });

  it('move only past one another: what others push aside has not moved', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((Sid) => allow({ Sid }));
    expect(told(between([a!, b!], [c!, a!, b!]))).toEqual(['added /Statement/0']);
    expect(told(between([a!, b!, c!], [b!, c!]))).toEqual(['removed /Statement/0']);
    expect(told(between([a!, b!, c!], [b!, c!, a!]))).toEqual(['~moved /Statement/0 -> /Statement/2']);
    expect(between([a!, b!], [b!, a!]).sameMeaning).toBe(true);
  });

  it('that occur twice are counted', () => {
    expect(told(between([allow(), allow()], [allow()]))).toEqual(['removed /Statement/1']);
    expect(told(between([allow({ Sid: '' })], [allow()]))).toEqual([
      '~changed /Statement/0 -> /Statement/0: ~/Sid +0 -1',
    ]);
    const twice = [allow({ Sid: 'a' }), deny({ Sid: 'a' })];
    expect(told(between(twice, [...twice].reverse()))).toEqual(['~moved /Statement/1 -> /Statement/0']);
  });

  it.each([100, 3000])('are compared in reasonable time, %s of them, all different', (count) => {
    const list = (name: string) =>
      Array.from({ length: count }, (_, at) => allow({ Resource: `${API}/${name}/GET/${at}` }));
    const from = process.cpuUsage();
    const { statements } = between(list('a'), list('b'));
    const { user } = process.cpuUsage(from);
    expect(statements.length).toBe(count > 1000 ? 2 * count : count);
    expect(user / 1000).toBeLessThan(2000);
  });
});

describe('elements', () => {
  const elementOf = (before: object, after: object) => between([allow(before)], [allow(after)]).statements[0]?.elements;
  const vpc = (values: unknown, key = 'aws:SourceVpc') => ({ Condition: { StringEquals: { [key]: values } } });

  it('show before, after, and the values that came and went', () => {
    expect(elementOf(vpc('vpc-1'), vpc(['vpc-2', 'vpc-1']))).toEqual([
      {
        pointer: '/Condition/StringEquals/aws:SourceVpc',
        sameMeaning: false,
        before: 'vpc-1',
        after: ['vpc-2', 'vpc-1'],
        added: ['vpc-2'],
        removed: [],
      },
    ]);
    expect(elementOf(vpc('blue', 'aws:PrincipalTag/a~b'), {})).toEqual([
      {
        pointer: '/Condition/StringEquals/aws:PrincipalTag~1a~0b',
        sameMeaning: false,
        before: 'blue',
        after: null,
        added: [],
        removed: ['blue'],
      },
    ]);
    expect(elementOf({}, { Principal: { AWS: '123412341234', Service: 'lambda.amazonaws.com' } })).toMatchObject([
      { pointer: '/Principal/AWS', added: ['123412341234'], removed: ['*'] },
      { pointer: '/Principal/Service', before: null, added: ['lambda.amazonaws.com'] },
    ]);
  });

  it.each<[what: string, before: object, after: object]>([
    ['a list of one', { Resource: '*' }, { Resource: ['*'] }],
    ['another order', { Action: ['a:b', 'c:d'] }, { Action: ['c:d', 'a:b'] }],
    ['a value twice', { Resource: ['*', '*'] }, { Resource: '*' }],
    ['the case of an action', { Action: 'execute-api:Invoke' }, { Action: 'EXECUTE-API:invoke' }],
    ['the case of a key', vpc('vpc-1'), vpc('vpc-1', 'AWS:sourcevpc')],
    ['everyone in two ways', { Principal: '*' }, { Principal: { AWS: ['*'] } }],
    [
      'a number as text',
      { Condition: { NumericEquals: { 'acme:n': 5 } } },
      { Condition: { NumericEquals: { 'acme:n': '5' } } },
    ],
  ])('mean the same with %s', (_, before, after) => {
    const { sameMeaning, statements } = between([allow(before)], [allow(after)]);
    expect(sameMeaning).toBe(true);
    expect(statements).toMatchObject([
      { change: 'changed', sameMeaning: true, elements: [{ added: [], removed: [], sameMeaning: true }] },
    ]);
  });

  it.each<[what: string, before: object, after: object]>([
    ['the case of a resource', { Resource: 'execute-api:/a' }, { Resource: 'execute-api:/A' }],
    ['the case of a value', vpc('vpc-a'), vpc('vpc-A')],
    ['another operator', vpc('vpc-1'), { Condition: { StringLike: { 'aws:SourceVpc': 'vpc-1' } } }],
    ['its opposite', { Action: 'a:b' }, { Action: undefined, NotAction: 'a:b' }],
  ])('do not mean the same with %s', (_, before, after) => {
    const written = (changed: object) => JSON.parse(JSON.stringify(allow(changed)));
    expect(between([written(before)], [written(after)])).toMatchObject({
      sameMeaning: false,
      statements: [{ change: 'changed', sameMeaning: false }],
    });
  });

  it('that say nothing are not looked at', () => {
    expect(between([allow()], [allow({ Condition: { StringEquals: {} } })])).toEqual({
      sameMeaning: true,
      elements: [],
      statements: [],
    });
  });

  it('of the document are Version and Id', () => {
    const list = [allow()];
    expect(diff({ Statement: list }, { Version: '2012-10-17', Statement: list })).toMatchObject({
      sameMeaning: false,
      elements: [{ pointer: '/Version', before: null, after: '2012-10-17' }],
    });
    expect(diff({ Statement: list }, { Version: '2008-10-17', Statement: list }).sameMeaning).toBe(true);
    expect(diff({ Statement: list }, { Id: 'mine', Statement: list } as PolicyJson)).toMatchObject({
      sameMeaning: true,
      elements: [{ pointer: '/Id', after: 'mine' }],
    });
  });
});

describe('a comparison', () => {
  const listOf = ({ Statement }: PolicyJson): readonly StatementJson[] =>
    Array.isArray(Statement) ? Statement : [Statement as StatementJson];

  /** Two documents that share much: each statement is kept, left out, made anew, or written otherwise. */
  const related = fc
    .tuple(version, statements, statements, fc.infiniteStream(fc.nat(9)))
    .map(([v, list, others, dice]) => {
      const next = () => dice.next().value as number;
      const turned = (value: unknown) => (Array.isArray(value) ? [...value].reverse() : [value]);
      const after = list.flatMap((one, at): StatementJson[] => {
        const drawn = next();
        if (drawn < 4) return [one];
        if (drawn < 7) {
          const element = 'Resource' in one ? 'Resource' : 'NotResource';
          return [{ ...one, [element]: turned(one[element]) }];
        }
        if (drawn === 7) return [];
        return [others[at % others.length]!];
      });
      if (next() < 5) after.reverse();
      return [policyOf(v, list), policyOf(v, after.length > 0 ? after : others)] as const;
    });

  it('with itself finds nothing', () => {
    fc.assert(
      fc.property(policy, (one) => {
        expect(diff(one, one)).toEqual({ sameMeaning: true, elements: [], statements: [] });
      }),
      { numRuns: 200 },
    );
  });

  it('that finds the same meaning is right for every question', () => {
    let same = 0;
    fc.assert(
      fc.property(related, fc.array(question, { minLength: 5, maxLength: 5 }), ([before, after], questions) => {
        if (!diff(before, after).sameMeaning) return;
        same++;
        for (const asked of questions) {
          const [one, other] = [before, after].map((document) => ask('resource', document, asked));
          expect([one!.outcome, one!.grant]).toEqual([other!.outcome, other!.grant]);
        }
      }),
      { numRuns: 1000 },
    );
    expect(same).toBeGreaterThan(100);
  });

  it('accounts for every statement, and is the same both ways', () => {
    const at = (document: PolicyJson, pointer: string) =>
      pointer
        .slice(1)
        .split('/')
        .reduce((value, step) => (value as Record<string, unknown>)[step], document as unknown);
    const count = (one: DocumentDiff, change: string) => one.statements.filter((each) => each.change === change).length;
    fc.assert(
      fc.property(related, ([before, after]) => {
        const there = diff(before, after);
        const back = diff(after, before);
        expect(listOf(before).length - count(there, 'removed')).toBe(listOf(after).length - count(there, 'added'));
        expect([back.sameMeaning, count(back, 'added'), count(back, 'removed'), count(back, 'changed')]).toEqual([
          there.sameMeaning,
          count(there, 'removed'),
          count(there, 'added'),
          count(there, 'changed'),
        ]);
        for (const { before: b, after: a } of there.statements) {
          if (b) expect(at(before, b.pointer)).toEqual(b.statement);
          if (a) expect(at(after, a.pointer)).toEqual(a.statement);
        }
      }),
      { numRuns: 500 },
    );
  });
});
