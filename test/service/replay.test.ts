import { beforeAll, describe, expect, it } from 'vitest';
import type { DecisionEntry } from '../../src/service/decision-log.js';
import type { ReplayAnswer } from '../../src/service/replay.js';
import { CALLER, logging, WRITER } from './logging.js';

const ACCOUNT = '123412341234';
const API = `arn:aws:execute-api:us-east-1:${ACCOUNT}:a1b2c3d4e5`;
const noFaults = { shapeErrors: () => [] };

/** A policy with a statement for each team, and one Deny after the date. */
const orders = (changed: object = {}) => ({
  Version: '2012-10-17',
  Statement: [
    ...Array.from({ length: 20 }, (_, team) => ({
      Sid: `Team${team}`,
      Effect: 'Allow',
      Principal: '*',
      Action: 'execute-api:Invoke',
      Resource: `${API}/prod/GET/team${team}/*`,
      Condition: { StringEquals: { 'acme:team': [`t${team}`, `t${team + 1}`] } },
      ...(team === 7 ? changed : {}),
    })),
    {
      Sid: 'Closed',
      Effect: 'Deny',
      Principal: '*',
      Action: 'execute-api:Invoke',
      Resource: `${API}/prod/GET/*/closed`,
      Condition: { DateGreaterThan: { 'aws:CurrentTime': '2026-01-01T00:00:00Z' } },
    },
  ],
});
const draft = orders({ Condition: { StringEquals: { 'acme:team': 't8' } } });

type Served = Awaited<ReturnType<typeof logging>>;

async function stored(document: object): Promise<Served> {
  const served = await logging();
  const { pap } = served.services;
  await pap.policies.put('resource', 'orders', { document }, WRITER);
  await pap.endpoints.put('vpce-1', { vpcId: 'vpc-1', policy: null }, WRITER);
  const api = { accountId: ACCOUNT, region: 'us-east-1', policy: 'orders' };
  await pap.apis.put('a1b2c3d4e5', api, WRITER);
  return served;
}

/** The question with this number. */
const question = (n: number) => ({
  principal: n % 3 === 0 ? 'anonymous' : `arn:aws:iam::${ACCOUNT}:user/u${n % 1000}`,
  resource: `${API}/prod/GET/team${n % 23}/${n % 11 === 0 ? 'closed' : n}`,
  endpoint: n % 501 === 0 ? 'vpce-unknown' : 'vpce-1',
  context: { 'acme:team': `t${(n * 7) % 24}`, 'acme:n': n },
});

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

describe('a log of 100,000 decisions', () => {
  const COUNT = 100_000;
  let served: Served;
  let lines: readonly string[];

  beforeAll(async () => {
    served = await stored(orders());
    for (let n = 0; n < COUNT; n++) await served.services.pdp.decide(question(n), CALLER);
    lines = await served.written();
  }, 120_000);

  it('is replayed against one changed statement in 5 s, and exactly what changes is listed', async () => {
    expect(lines.length).toBe(COUNT);
    // Processor time: others may be at work beside this test.
    const begun = process.cpuUsage();
    const answer = await served.services.replay.run(
      each([JSON.stringify({ type: 'draft', kind: 'resource', name: 'orders', document: draft }), ...lines]),
      { most: COUNT, ...noFaults },
    );
    const { user, system } = process.cpuUsage(begun);
    expect((user + system) / 1000).toBeLessThan(5000);

    // Brute force: a store in which the draft is what is stored, asked each question.
    const other = await stored(draft);
    const expected: { entry: number; before: string; after: string }[] = [];
    for (const [entry, line] of lines.entries()) {
      const { request, at, answer: before } = JSON.parse(line) as DecisionEntry;
      const after = await other.services.pdp.decide(request, { ...CALLER, at: Date.parse(at) } as typeof CALLER);
      const told = ({ decision, reason, layer }: Pick<typeof after, 'decision' | 'reason' | 'layer'>) =>
        `${decision} ${reason} ${layer}`;
      if (told(before) !== told(after)) expected.push({ entry, before: told(before), after: told(after) });
    }
    expect(expected.length).toBeGreaterThan(100);
    expect(
      answer.changes.map(({ entry, before, after }) => ({
        entry,
        before: `${before.decision} ${before.reason} ${before.layer}`,
        after: `${after.decision} ${after.reason} ${after.layer}`,
      })),
    ).toEqual(expected);
    expect(answer.counts).toMatchObject({ unchanged: COUNT - expected.length, notReplayable: 0 });
  }, 120_000);

  it('changes nothing by the policy that it was made by', async () => {
    const answer = await served.services.replay.run(each(lines), { most: 10, ...noFaults });
    expect(answer).toMatchObject({ entries: COUNT, counts: { unchanged: COUNT }, changes: [], notReplayable: [] });
  });

  it('lists no more than is wanted, and counts all', async () => {
    const policies = [{ kind: 'resource' as const, name: 'orders', document: draft }];
    const entries = lines.map((line) => JSON.parse(line));
    const answer = await served.services.replay.run({ policies, entries }, { most: 3, ...noFaults });
    expect(answer.changes.length).toBe(3);
    expect(answer.counts.allowToDeny + answer.counts.denyToAllow + answer.counts.otherReason).toBeGreaterThan(100);
  });
});

describe('an entry', () => {
  const entry = (changed: object = {}) => ({
    type: 'decision',
    decisionId: 'd',
    at: '2025-06-01T00:00:00.000Z',
    request: { ...question(1), resource: `${API}/prod/GET/team7/closed`, context: { 'acme:team': 't7' } },
    answer: { decision: 'Allow', reason: 'ALLOWED', layer: null },
    ...changed,
  });
  const replayed = async (...entries: unknown[]): Promise<ReplayAnswer> =>
    (await stored(orders())).services.replay.run({ entries }, { most: 100, ...noFaults });

  it('is judged as of its own time', async () => {
    expect((await replayed(entry())).counts).toMatchObject({ unchanged: 1 });
    const later = await replayed(entry({ at: '2026-06-01T00:00:00.000Z' }));
    expect(later.changes).toMatchObject([
      { entry: 0, decisionId: 'd', change: 'allowToDeny', after: { reason: 'EXPLICIT_DENY', layer: 'resource' } },
    ]);
  });

  it('that does not tell what was asked is not replayed', async () => {
    const { notReplayable, counts } = await replayed(
      entry({ masked: ['/request/context/acme:team'] }),
      entry({ masked: ['/by'] }),
      entry({ request: { ...question(1), identityPolicies: ['gone'] } }),
      entry({ at: 'yesterday' }),
      entry({ answer: { decision: 'Perhaps', reason: 'ALLOWED', layer: null } }),
      { level: 30, msg: 'request' },
      undefined,
    );
    expect(notReplayable.map(({ entry, code }) => [entry, code])).toEqual([
      [0, 'masked'],
      [2, 'refused'],
      [3, 'malformed'],
      [4, 'malformed'],
      [5, 'malformed'],
      [6, 'malformed'],
    ]);
    expect(counts).toMatchObject({ unchanged: 1, notReplayable: 6 });
  });
});

describe('drafts', () => {
  const run = async (source: Parameters<Served['services']['replay']['run']>[0]) =>
    (await stored(orders())).services.replay.run(source, { most: 100, ...noFaults });

  it('of what is not stored, or of what is no policy, are refused', async () => {
    const draft = (name: string, document: object) =>
      run({ policies: [{ kind: 'resource', name, document }], entries: [] });
    await expect(draft('ordres', orders())).rejects.toMatchObject({ code: 'unknown-policy' });
    await expect(draft('orders', { Statement: {} })).rejects.toMatchObject({
      code: 'invalid-policy',
      errors: expect.arrayContaining([
        expect.objectContaining({ pointer: '/policies/0/document/Statement', code: 'missing-effect' }),
      ]),
    });
  });

  it('come before the first entry, and are whole', async () => {
    const whole = { type: 'draft', kind: 'resource', name: 'orders', document: orders() };
    const lines = (...values: object[]) => run(each(values.map((value) => JSON.stringify(value))));
    await expect(lines(whole)).resolves.toMatchObject({ entries: 0 });
    await expect(lines({ type: 'decision' }, whole)).rejects.toMatchObject({ code: 'malformed-request' });
    await expect(lines({ ...whole, kind: 'other' })).rejects.toMatchObject({ code: 'malformed-request' });
    await expect(lines({ ...whole, extra: 1 })).rejects.toMatchObject({ code: 'malformed-request' });
  });

  it('leave versions that are named by number alone', async () => {
    const { services } = await stored(orders());
    const reader = { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } } as const;
    const nobody = { Statement: { ...reader.Statement, Effect: 'Deny' } };
    await services.pap.policies.put('identity', 'reader', { document: reader }, WRITER);
    const api = { accountId: ACCOUNT, region: 'us-east-1', policy: 'orders', authorizationType: 'AWS_IAM' as const };
    await services.pap.apis.put('signed', api, WRITER);
    const asked = (name: string) => ({
      type: 'decision',
      decisionId: name,
      at: '2025-06-01T00:00:00.000Z',
      request: {
        principal: `arn:aws:iam::${ACCOUNT}:user/u`,
        resource: `${API.replace('a1b2c3d4e5', 'signed')}/prod/GET/x`,
        endpoint: 'vpce-1',
        identityPolicies: [name],
      },
      answer: { decision: 'Allow', reason: 'ALLOWED', layer: null },
    });
    const policies = [{ kind: 'identity' as const, name: 'reader', document: nobody }];
    const entries = [asked('reader'), asked('reader@1'), asked('reader@3')];
    const answer = await services.replay.run({ policies, entries }, { most: 100, ...noFaults });
    expect(answer.changes).toMatchObject([{ decisionId: 'reader', change: 'allowToDeny' }]);
    expect(answer.notReplayable).toMatchObject([{ decisionId: 'reader@3', code: 'refused' }]);
  });
});
