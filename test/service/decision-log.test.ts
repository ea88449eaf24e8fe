import { describe, expect, it } from 'vitest';
import type { DecisionEntry } from '../../src/service/decision-log.js';
import { type Mask, parseMask } from '../../src/service/masks.js';
import type { DecisionAnswer } from '../../src/service/pdp.js';
import { CALLER, logging, WRITER } from './logging.js';

const RESOURCE = 'arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/GET/pets';
const allowed = { principal: 'anonymous', resource: RESOURCE, endpoint: 'vpce-1', context: { 'acme:k': 'v' } };
const denied = { ...allowed, endpoint: 'vpce-unknown' };
const everything = { Statement: { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' } };

async function serving(...options: Parameters<typeof logging>) {
  const served = await logging(...options);
  const { pap, pdp, evaluations } = served.services;
  await pap.policies.put('resource', 'open', { document: everything }, WRITER);
  await pap.endpoints.put('vpce-1', { vpcId: 'vpc-1', policy: null }, WRITER);
  await pap.apis.put('a1b2c3d4e5', { accountId: '123412341234', region: 'us-east-1', policy: 'open' }, WRITER);
  const entries = async () => (await served.written()).map((line) => JSON.parse(line) as DecisionEntry);
  return { ...served, pdp, evaluations, entries };
}

describe('the decision log', () => {
  it('has all that a decision was made of, also where the caller wanted less', async () => {
    const { pdp, entries } = await serving();
    const begun = Date.now();
    const full = await pdp.decide(allowed, CALLER);
    const minimal = await pdp.decide(denied, { ...CALLER, minimal: true });
    expect(Object.keys(minimal)).toEqual(['decision', 'reason', 'layer', 'revision', 'decisionId']);
    const [first, second] = await entries();
    const { message: _, determining, revision, decisionId, ...answer } = full as DecisionAnswer;
    expect(first).toEqual({
      type: 'decision',
      decisionId,
      at: expect.any(String),
      requestId: 'a caller',
      by: 'gateway',
      revision,
      request: allowed,
      // A Sid is a part of a document.
      answer: { ...answer, determining: determining.map(({ sid: _, ...where }) => where) },
    });
    expect(first?.answer.policies).toMatchObject([{ layer: 'endpoint' }, { name: 'open', version: 1 }]);
    expect(Math.abs(Date.parse(first?.at ?? '') - begun)).toBeLessThan(5000);
    expect(second).toMatchObject({
      decisionId: minimal.decisionId,
      answer: { reason: 'UNKNOWN_ENDPOINT', policies: [] },
    });
  });

  it('has each item of a batch, but none that is no request', async () => {
    const { pdp, entries } = await serving();
    const malformed = { ...allowed, principal: 'nobody' };
    const options = { ...CALLER, minimal: true, shapeErrors: () => [] };
    const batch = await pdp.decideBatch([allowed, malformed, denied], options);
    expect(batch.decisions.map(({ reason }) => reason)).toEqual(['ALLOWED', 'INVALID_REQUEST', 'UNKNOWN_ENDPOINT']);
    expect((await entries()).map(({ item, answer }) => [item, answer.reason])).toEqual([
      [0, 'ALLOWED'],
      [2, 'UNKNOWN_ENDPOINT'],
    ]);
  });

  it('has neither explanations nor simulations, which nobody enforces', async () => {
    const { pdp, entries } = await serving();
    await pdp.explain(allowed);
    await pdp.simulate({ endpoint: 'vpce-1', request: { principal: 'anonymous', resource: RESOURCE } }, CALLER);
    expect(await entries()).toEqual([]);
  });

  it('keeps all Denies, and of Allows the share that is wanted', async () => {
    let next = 0;
    const random = () => [0.05, 0.5, 0.15, 0.95][next++ % 4] as number;
    const { pdp, entries, decisionLog } = await serving({ allows: 0.2, random });
    for (let n = 0; n < 8; n++) await pdp.decide(n % 2 === 0 ? allowed : denied, CALLER);
    expect((await entries()).map(({ answer }) => answer.decision)).toEqual([
      ...['Allow', 'Deny', 'Deny', 'Allow', 'Deny', 'Deny'],
    ]);
    expect(decisionLog.sampledOut).toBe(2);
  });

  it('rather has no entry than one whose mask does not fit', async () => {
    const masks = [parseMask('/request/context/acme:k/0') as Mask];
    const { pdp, entries, decisionLog } = await serving({ masks });
    await pdp.decide(allowed, CALLER);
    await pdp.decide({ ...allowed, context: { 'ACME:K': ['SECRET'] } }, CALLER);
    const written = await entries();
    expect(written).toMatchObject([
      { request: { context: { 'ACME:K': ['***'] } }, masked: ['/request/context/ACME:K/0'] },
    ]);
    expect(decisionLog.dropped).toEqual({ 'buffer-full': 0, 'mask-failed': 1 });
  });

  it('drops entries that there is no room for, and counts them', async () => {
    const { pdp, entries, decisionLog } = await serving({}, 700);
    for (let n = 0; n < 5; n++) await pdp.decide(allowed, CALLER);
    expect(decisionLog.written + decisionLog.dropped['buffer-full']).toBe(5);
    expect(decisionLog.dropped['buffer-full']).toBeGreaterThan(2);
    expect((await entries()).length).toBe(decisionLog.written);
  });

  it('leaves half of the room to who asks one question at a time, however much a batch has to say', async () => {
    const { pdp, evaluations, entries, decisionLog } = await serving({}, 10_000);
    const options = { ...CALLER, shapeErrors: () => [] };
    await pdp.decideBatch(
      Array.from({ length: 1000 }, () => allowed),
      options,
    );
    const { written } = decisionLog;
    expect(decisionLog.lines.held).toBeLessThanOrEqual(5000);
    expect(decisionLog.dropped['buffer-full']).toBe(1000 - written);
    for (let n = 0; n < 5; n++) await pdp.decide(allowed, CALLER);
    const shapeErrors = { evaluation: () => [], question: () => [] };
    const evaluation = { subject: { type: 'user', id: 'a' }, action: { name: 'b' }, resource: { type: 'c', id: 'd' } };
    await evaluations.evaluate(evaluation, { requestId: 'r', by: null, explain: false, shapeErrors });
    expect(decisionLog.written).toBe(written + 6);
    expect(decisionLog.dropped['buffer-full']).toBe(1000 - written);
    expect((await entries()).length).toBe(written + 6);
  });

  it('lets answers wait for room, if that is wanted, so that none is given without its entry', async () => {
    const { pdp, entries, decisionLog } = await serving({ whenFull: 'wait' }, 700);
    const options = { ...CALLER, shapeErrors: () => [] };
    await Promise.all([
      ...Array.from({ length: 5 }, () => pdp.decide(allowed, CALLER)),
      pdp.decideBatch([denied], options),
    ]);
    expect(decisionLog.dropped['buffer-full']).toBe(0);
    expect((await entries()).length).toBe(6);
  });

  it('and refuses a decision that does not find room in time', async () => {
    const { pdp, decisionLog } = await serving({ whenFull: 'wait' }, 700);
    // The sink takes nothing any more.
    Object.assign(decisionLog.lines, { add: () => false });
    await expect(pdp.decide(allowed, CALLER)).rejects.toMatchObject({ code: 'decision-log-full' });
    expect(decisionLog.dropped['buffer-full']).toBe(1);
  });
});
