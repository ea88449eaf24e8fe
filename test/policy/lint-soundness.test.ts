import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePolicy } from '../../src/policy/compile.js';
import type { PolicyDocument } from '../../src/policy/document.js';
import { evaluate } from '../../src/policy/evaluate.js';
import { lintPolicy } from '../../src/policy/lint.js';
import { statement, version } from './arbitraries.js';
import { ACCOUNT, API, PETS, parsed, type Question, requestOf } from './ask.js';

/**
 * What a finding claims for certain must be true of every call: a statement that never matches matches none, an Allow in
 * a Deny's shadow allows none.
 */

type Json = Readonly<Record<string, unknown>>;

const texts = ['blue', 'BLUE', 'b*', 'green'];
const tests: readonly (readonly [operators: readonly string[], keys: readonly string[], values: readonly unknown[]])[] =
  [
    [
      [
        'StringEquals',
        'StringEqualsIfExists',
        'StringLike',
        'StringNotEquals',
        'StringNotLikeIfExists',
        'StringEqualsIgnoreCase',
      ],
      ['aws:PrincipalTag/team', 'acme:x', 'aws:username'],
      texts,
    ],
    [['ForAnyValue:StringEquals', 'ForAllValues:StringEquals', 'ForAllValues:StringNotLike'], ['acme:x'], texts],
    [['Null'], ['acme:x', 'aws:PrincipalTag/team', 'acme:n', 'aws:VpcSourceIp', 'acme:d'], [true, false]],
    [
      [
        'NumericLessThan',
        'NumericGreaterThan',
        'NumericEquals',
        'NumericNotEquals',
        'NumericGreaterThanEqualsIfExists',
      ],
      ['acme:n'],
      ['5', '5.5', '6', '-1'],
    ],
    [
      ['DateLessThan', 'DateGreaterThan', 'DateEquals', 'DateNotEquals'],
      ['acme:d'],
      ['2024', '2024-06-01', '2025-01-01T00:00:00Z'],
    ],
    [
      ['IpAddress', 'NotIpAddress', 'IpAddressIfExists'],
      ['aws:VpcSourceIp'],
      ['10.0.0.0/8', '10.1.0.0/16', '10.1.2.3', '255.255.255.255', 'fd00::/8', '::/0', '0.0.0.0/0'],
    ],
    [
      ['Bool', 'BoolIfExists', 'StringEquals'],
      ['aws:SecureTransport', 'acme:x'],
      ['true', 'false'],
    ],
  ];

/** Conditions that often test one key several times. */
const condition = fc
  .array(
    fc
      .constantFrom(...tests)
      .chain(([operators, keys, values]) =>
        fc.tuple(
          fc.constantFrom(...operators),
          fc.constantFrom(...keys),
          fc.array(fc.constantFrom(...values), { minLength: 1, maxLength: 2 }),
        ),
      ),
    { minLength: 1, maxLength: 5 },
  )
  .map((all) => {
    const block: Record<string, Record<string, unknown>> = {};
    for (const [operator, key, values] of all) block[operator] = { ...block[operator], [key]: values };
    return block;
  });

const denied = fc.record({
  Effect: fc.constantFrom('Allow', 'Deny'),
  Principal: fc.constantFrom<unknown>(
    '*',
    { AWS: ACCOUNT },
    { AWS: `arn:aws:iam::${ACCOUNT}:role/app` },
    { AWS: [`arn:aws:sts::${ACCOUNT}:assumed-role/app/s1`, `arn:aws:iam::${ACCOUNT}:user/alice`] },
  ),
  Action: fc.constantFrom<unknown>('*', 'execute-api:*', 'execute-api:Invoke', [
    'execute-api:Inv*',
    'EXECUTE-API:*Cache',
  ]),
  Resource: fc.constantFrom<unknown>(
    '*',
    `${API}/*`,
    `${API}/prod/*`,
    `${API}/prod/GET/pets`,
    [`${API}/prod/GET/\${aws:username}`, `${API}/????/GET/*`],
    'execute-api:/*',
    'execute-api:/prod/GET/*',
  ),
});

const question: fc.Arbitrary<Question> = fc.record({
  principal: fc.constantFrom(
    'anonymous',
    `arn:aws:iam::${ACCOUNT}:user/alice`,
    `arn:aws:sts::${ACCOUNT}:assumed-role/app/s1`,
    `arn:aws:iam::${ACCOUNT}:role/app`,
    'arn:aws:iam::999988887777:user/alice',
  ),
  action: fc.constantFrom('execute-api:Invoke', 'execute-api:InvalidateCache'),
  resource: fc.constantFrom(
    PETS,
    `${API}/prod/GET/blue`,
    `${API}/test/GET/pets`,
    PETS.replace('a1b2c3d4e5', 'z9y8x7w6v5'),
  ),
  context: fc.record(
    {
      'aws:username': fc.constantFrom('blue', 'pets', ''),
      'aws:PrincipalTag/team': fc.constantFrom(...texts, ''),
      'acme:x': fc.constantFrom<unknown>(...texts, 'true', 'false', '', [], ['blue'], ['blue', 'green']),
      'acme:n': fc.constantFrom('5', '5.2', '6', '7', '-2', '0', 'five'),
      'acme:d': fc.constantFrom('2023', '2024', '2024-03-01', '2024-06-01', '2030', 'soon'),
      'aws:VpcSourceIp': fc.constantFrom(
        '10.1.2.3',
        '10.1.9.9',
        '10.9.9.9',
        '11.0.0.1',
        '255.255.255.255',
        'fd12::1',
        '::1',
      ),
      'aws:SecureTransport': fc.constant('true'),
    },
    { requiredKeys: ['aws:SecureTransport'] },
  ),
});

const questions = fc.array(question, { minLength: 30, maxLength: 30 });

/** What a document with a single statement, or all of it, says to a question. */
const outcome = (document: Json, one: Question) =>
  evaluate(compilePolicy(parsed('resource', document)), requestOf(one)).outcome;

const lint = (document: Json) => lintPolicy('resource', document as unknown as PolicyDocument);

describe('a finding is certain', () => {
  it('where conditions contradict each other', { timeout: 60_000 }, () => {
    let claimed = 0;
    fc.assert(
      fc.property(condition, fc.constantFrom('Allow', 'Deny'), questions, (Condition, Effect, asked) => {
        const Statement = { Effect, Principal: '*', Action: '*', Resource: '*', Condition };
        const document = { Version: '2012-10-17', Statement };
        if (!lint(document).some(({ code }) => code === 'contradictory-conditions')) return;
        claimed++;
        for (const one of asked) expect(outcome(document, one), JSON.stringify(one)).toBe('implicitDeny');
      }),
      { numRuns: 3000 },
    );
    expect(claimed).toBeGreaterThan(150);
  });

  it('where an Allow stands in the shadow of a Deny', { timeout: 60_000 }, () => {
    let claimed = 0;
    const statements = fc.array(
      fc.tuple(denied, fc.option(condition, { nil: undefined })).map(([rest, Condition]) => ({ ...rest, Condition })),
      { minLength: 2, maxLength: 6 },
    );
    const either = fc.oneof({ weight: 3, arbitrary: statements }, fc.array(statement, { minLength: 2, maxLength: 8 }));
    fc.assert(
      fc.property(version, either, questions, (Version, drawn, asked) => {
        const Statement = JSON.parse(JSON.stringify(drawn)) as Json[];
        const document = { Version: Version ?? '2012-10-17', Statement };
        const shadowed = lint(document).filter(({ code }) => code === 'shadowed-by-deny');
        for (const { pointer } of shadowed) {
          claimed++;
          const alone = { ...document, Statement: Statement[Number(pointer.split('/')[2])]! };
          for (const one of asked) {
            if (outcome(alone, one) === 'allow')
              expect(outcome(document, one), JSON.stringify(one)).toBe('explicitDeny');
          }
        }
      }),
      { numRuns: 3000 },
    );
    expect(claimed).toBeGreaterThan(150);
  });

  it('where two Denies leave nothing', { timeout: 60_000 }, () => {
    let claimed = 0;
    const exception = fc
      .tuple(
        fc.constantFrom('StringNotEquals', 'StringNotEqualsIfExists', 'NotIpAddress'),
        fc.constantFrom('acme:x', 'aws:PrincipalTag/team', 'aws:VpcSourceIp'),
        fc.array(fc.constantFrom(...texts, '10.0.0.0/8', '10.1.0.0/16', '11.0.0.1', 'fd00::/8'), {
          minLength: 1,
          maxLength: 2,
        }),
      )
      .map(([operator, key, values]) => ({
        ...{ Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' },
        Condition: { [operator]: { [key]: operator === 'NotIpAddress' ? values.filter(isAddress) : values } },
      }))
      .filter(({ Condition }) => Object.values(Object.values(Condition)[0]!)[0]!.length > 0);
    fc.assert(
      fc.property(fc.array(exception, { minLength: 2, maxLength: 4 }), questions, (Statement, asked) => {
        const document = { Version: '2012-10-17', Statement };
        if (!lint(document).some(({ code }) => code === 'denies-leave-nothing')) return;
        claimed++;
        for (const one of asked) expect(outcome(document, one), JSON.stringify(one)).toBe('explicitDeny');
      }),
      { numRuns: 3000 },
    );
    expect(claimed).toBeGreaterThan(150);
  });
});

const isAddress = (text: string): boolean => /[/:.]/.test(text);
