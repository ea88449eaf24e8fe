import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Evaluation, Outcome } from '../../src/policy/evaluate.js';
import { parsePolicy } from '../../src/policy/parse.js';
import {
  type PolicyJson,
  policy,
  policyOf,
  question,
  type StatementJson,
  statement,
  statements,
  version,
} from './arbitraries.js';
import { ask, type Question } from './ask.js';

const listOf = (document: PolicyJson): readonly StatementJson[] =>
  Array.isArray(document.Statement) ? document.Statement : [document.Statement as StatementJson];

const answer = (document: PolicyJson, asked: Question): Evaluation => ask('resource', document, asked);
const outcome = (document: PolicyJson, asked: Question): Outcome => answer(document, asked).outcome;

/** What another way of writing a policy may not change; the places of its statements it may. */
const meaning = (document: PolicyJson, asked: Question) => {
  const { outcome, grant } = answer(document, asked);
  return { outcome, grant };
};

const runs = { numRuns: 300 };
/** Properties are slow on a machine that others use. */
vi.setConfig({ testTimeout: 60_000 });

describe('what is drawn', () => {
  it('is allowed, denied and passed over often enough to show something', () => {
    const seen: Record<Outcome, number> = { allow: 0, explicitDeny: 0, implicitDeny: 0 };
    const drawn = fc.sample(fc.tuple(policy, question), { numRuns: 600, seed: 1 });
    for (const [document, asked] of drawn) seen[outcome(document, asked)]++;
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(60);
  });
});

describe('statements', () => {
  it('never combine: a policy says what its statements say one by one, a Deny before an Allow', () => {
    fc.assert(
      fc.property(version, statements, question, (v, list, asked) => {
        const single = list.map((one) => answer(policyOf(v, one), asked));
        const denies = single.flatMap(({ outcome }, at) => (outcome === 'explicitDeny' ? [at] : []));
        const allows = single.flatMap(({ outcome }, at) => (outcome === 'allow' ? [at] : []));
        const all = answer(policyOf(v, list), asked);
        expect(all.outcome).toBe(denies.length > 0 ? 'explicitDeny' : allows.length > 0 ? 'allow' : 'implicitDeny');
        const determining = denies.length > 0 ? denies : allows.slice(0, 1);
        expect(all.determining.map(({ pointer }) => pointer)).toEqual(determining.map((at) => `/Statement/${at}`));
        const grants = denies.length > 0 ? [] : allows.map((at) => single[at]!.grant);
        expect(all.grant).toBe(Math.max(0, ...grants));
      }),
      { numRuns: 1000 },
    );
  });

  it('may stand in any order, and twice', () => {
    const drawn = statements.chain((list) =>
      fc.tuple(
        fc.constant(list),
        fc.shuffledSubarray(list, { minLength: list.length }),
        fc.subarray(list, { maxLength: list.length }),
      ),
    );
    fc.assert(
      fc.property(version, drawn, question, (v, [list, shuffled, again], asked) => {
        const expected = meaning(policyOf(v, list), asked);
        expect(meaning(policyOf(v, shuffled), asked)).toEqual(expected);
        expect(meaning(policyOf(v, [...again, ...list]), asked)).toEqual(expected);
      }),
      runs,
    );
  });

  it('that say nothing of the request change nothing, however many', () => {
    const silent = Array.from({ length: 20 }, (_, at) => ({
      Effect: at % 2 === 0 ? ('Deny' as const) : ('Allow' as const),
      Principal: '*',
      Action: '*',
      Resource: [`arn:aws:execute-api:us-east-1:000000000000:other${at}/prod/GET/pets`, 'execute-api:/nowhere/*/pets'],
    }));
    fc.assert(
      fc.property(version, statements, question, fc.nat(24), (v, list, asked, place) => {
        const padded = [...list.slice(0, place), ...silent, ...list.slice(place)];
        expect(meaning(policyOf(v, padded), asked)).toEqual(meaning(policyOf(v, list), asked));
      }),
      runs,
    );
  });

  it('an added Deny never allows more, and an added Allow never takes an Allow or a Deny away', () => {
    fc.assert(
      fc.property(version, statements, statement, question, fc.nat(24), (v, list, more, asked, place) => {
        const before = outcome(policyOf(v, list), asked);
        const after = outcome(policyOf(v, [...list.slice(0, place), more, ...list.slice(place)]), asked);
        if (more.Effect === 'Deny') {
          if (before !== 'allow') expect(after).not.toBe('allow');
          if (before === 'explicitDeny') expect(after).toBe('explicitDeny');
        } else if (before !== 'implicitDeny') expect(after).toBe(before);
        else expect(after).not.toBe('explicitDeny');
      }),
      { numRuns: 600 },
    );
  });
});

describe('elements', () => {
  const LISTS = ['Action', 'NotAction', 'Resource', 'NotResource'];
  const each = (value: unknown, change: (leaf: unknown) => unknown): unknown =>
    Object.fromEntries(Object.entries(value as object).map(([name, member]) => [name, change(member)]));

  /** Every place where one value or a list may stand. */
  const rewrite = (document: PolicyJson, change: (leaf: unknown) => unknown): PolicyJson => ({
    ...document,
    Statement: listOf(document).map(
      (one) =>
        Object.fromEntries(
          Object.entries(one).map(([element, value]) => {
            if (LISTS.includes(element)) return [element, change(value)];
            if (element.endsWith('Principal') && value !== '*') return [element, each(value, change)];
            if (element === 'Condition') return [element, each(value, (keys) => each(keys, change))];
            return [element, value];
          }),
        ) as StatementJson,
    ),
  });

  it('a list of one and its bare element are the same', () => {
    const wrap = (leaf: unknown): unknown => (Array.isArray(leaf) ? leaf : [leaf]);
    const unwrap = (leaf: unknown): unknown => (Array.isArray(leaf) && leaf.length === 1 ? leaf[0] : leaf);
    fc.assert(
      fc.property(policy, question, (document, asked) => {
        const expected = meaning(document, asked);
        expect(meaning(rewrite(document, wrap), asked)).toEqual(expected);
        expect(meaning(rewrite(document, unwrap), asked)).toEqual(expected);
        const [first] = listOf(document);
        expect(meaning({ ...document, Statement: first! }, asked)).toEqual(
          meaning({ ...document, Statement: [first!] }, asked),
        );
      }),
      runs,
    );
  });

  it('the order and the repetition of values change nothing', () => {
    const turned = (leaf: unknown): unknown => (Array.isArray(leaf) ? [...leaf].reverse().concat(leaf[0]) : leaf);
    fc.assert(
      fc.property(policy, question, (document, asked) => {
        expect(meaning(rewrite(document, turned), asked)).toEqual(meaning(document, asked));
      }),
      runs,
    );
  });

  it('a statement on several resources is several statements on one each', () => {
    fc.assert(
      fc.property(version, statement, question, (v, one, asked) => {
        if (!Array.isArray(one.Resource)) return;
        const apart = one.Resource.map((Resource) => ({ ...one, Resource }));
        expect(meaning(policyOf(v, apart), asked)).toEqual(meaning(policyOf(v, one), asked));
      }),
      runs,
    );
  });

  it('the order of members changes nothing', () => {
    const backwards = (value: unknown): unknown =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([name, member]) => [name, backwards(member)]),
          )
        : value;
    fc.assert(
      fc.property(policy, question, (document, asked) => {
        const turned = { ...document, Statement: listOf(document).map(backwards) as StatementJson[] };
        expect(meaning(backwards(turned) as PolicyJson, asked)).toEqual(meaning(document, asked));
      }),
      runs,
    );
  });

  it('letter case of actions and of condition keys changes nothing', () => {
    const upper = (keys: unknown): unknown =>
      Object.fromEntries(Object.entries(keys as object).map(([key, value]) => [key.toUpperCase(), value]));
    fc.assert(
      fc.property(policy, question, (document, asked) => {
        const shouted = listOf(document).map((one) => ({
          ...one,
          ...(one.Condition === undefined ? {} : { Condition: each(one.Condition, upper) }),
        }));
        const louder = {
          ...asked,
          action: asked.action!.toUpperCase(),
          context: upper(asked.context) as Question['context'],
        };
        const expected = meaning(document, asked);
        expect(meaning({ ...document, Statement: shouted }, asked)).toEqual(expected);
        expect(meaning(document, louder!)).toEqual(expected);
      }),
      runs,
    );
  });
});

describe('parsing', () => {
  it('accepts what it has parsed, and changes nothing in it', () => {
    fc.assert(
      fc.property(policy, question, (document, asked) => {
        const before = JSON.stringify(document);
        const once = parsePolicy('resource', document, Number.POSITIVE_INFINITY);
        expect(once.ok).toBe(true);
        if (!once.ok) return;
        expect(JSON.stringify(once.document)).toBe(before);
        const again: unknown = JSON.parse(JSON.stringify(once.document));
        expect(parsePolicy('resource', again, before.length)).toEqual({ ok: true, document });
        expect(parsePolicy('resource', again, before.length - 1).ok).toBe(false);
        expect(meaning(again as PolicyJson, asked)).toEqual(meaning(document, asked));
      }),
      runs,
    );
  });

  it('answers whatever JSON comes, and only evaluates what it accepts', () => {
    const bent = policy.chain((document) =>
      fc.tuple(fc.constant(document), fc.jsonValue({ maxDepth: 3 }), fc.nat(200)).map(([given, value, place]) => {
        let left = place % 40;
        return JSON.parse(JSON.stringify(given), (_, member: unknown) => (left-- === 0 ? value : member)) as unknown;
      }),
    );
    fc.assert(
      fc.property(fc.oneof(bent, fc.jsonValue()), question, (document, asked) => {
        const result = parsePolicy('resource', document, Number.POSITIVE_INFINITY);
        if (result.ok)
          expect(['allow', 'explicitDeny', 'implicitDeny']).toContain(outcome(document as PolicyJson, asked));
        else expect(result.errors.length).toBeGreaterThan(0);
      }),
      { numRuns: 600 },
    );
  });
});
