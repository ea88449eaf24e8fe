import { describe, expect, it } from 'vitest';
import { shapeOf } from '../../src/http/schemas.js';
import { CALLER, logging, WRITER } from '../service/logging.js';
import { allowAll, api, call, denyAll, endpoint, problem, problemOf, ready } from './postern.js';

const entry = (changed: object = {}) => ({
  type: 'decision',
  decisionId: 'd',
  at: '2026-11-23T20:11:07.123Z',
  request: call(),
  answer: { decision: 'Allow', reason: 'ALLOWED', layer: null },
  ...changed,
});
const draft = { kind: 'resource', name: 'open', document: denyAll };
const lines = (...values: unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');

describe('openapi.json', () => {
  it('describes the lines of the decision log', async () => {
    const { services, written } = await logging();
    const document = { Statement: { ...allowAll.Statement[0] } };
    await services.pap.policies.put('resource', 'open', { document }, WRITER);
    await services.pap.endpoints.put('vpce-1a2b3c4d', endpoint(), WRITER);
    await services.pap.apis.put('a1b2c3d4e5', api({ policy: 'open' }) as never, WRITER);
    await services.pdp.decide(call(), CALLER);
    await services.pdp.decideBatch([call({ endpoint: 'vpce-9' })], { ...CALLER, shapeErrors: () => [] });
    const logged = (await written()).map((line) => JSON.parse(line));
    expect(logged.map(({ item }) => item)).toEqual([undefined, 0]);
    const fits = shapeOf('LoggedDecision');
    expect(logged.flatMap((each) => fits(each))).toEqual([]);
  });
});

describe('POST /v1/replay', () => {
  it('tells what would change, of a JSON body and of the lines of a log alike', async () => {
    const { http, post } = await ready();
    const entries = [entry(), entry({ request: call({ endpoint: 'vpce-9' }) })];
    const answer = await post('/v1/replay', { policies: [draft], entries });
    expect([answer.status, answer.headers['postern-revision']]).toEqual([200, '3']);
    expect(answer.body).toMatchObject({
      revision: 3,
      entries: 2,
      counts: { allowToDeny: 2 },
      changes: [
        { entry: 0, after: { decision: 'Deny', reason: 'EXPLICIT_DENY', layer: 'resource' } },
        { entry: 1, after: { decision: 'Deny', reason: 'UNKNOWN_ENDPOINT', layer: null } },
      ],
    });
    const ndjson = http.post('/v1/replay').set('Content-Type', 'application/x-ndjson');
    const again = await ndjson.send(lines({ type: 'draft', ...draft }, ...entries));
    expect(again.body).toEqual(answer.body);
  });

  it('writes nothing, and asks nothing of the decisions that are counted', async () => {
    const { http, post } = await ready();
    await post('/v1/replay', { policies: [draft], entries: [entry()] });
    expect((await post('/v1/decisions', call())).body).toMatchObject({ decision: 'Allow', revision: 3 });
    expect((await http.get('/metrics')).text).toMatch(/^postern_decisions_total\{.*\} 1$/m);
  });

  it('lists as much as is wanted', async () => {
    const { http } = await ready();
    const entries = Array.from({ length: 5 }, () => entry({ answer: { decision: 'Deny', reason: 'X', layer: null } }));
    const most = await http.post('/v1/replay?limit=2').send({ entries: [...entries, entry({ type: 'x' }), {}, 1] });
    expect(most.body.counts).toMatchObject({ denyToAllow: 5, notReplayable: 3 });
    expect([most.body.changes.length, most.body.notReplayable.length]).toEqual([2, 2]);
    expect((await http.post('/v1/replay?limit=0').send({ entries })).status).toBe(400);
  });

  it('takes lines however they are cut, and tells those that are none', async () => {
    const { port } = await ready();
    const text = Buffer.from(
      `${lines(entry({ decisionId: 'é' }))}\r\nnot json\n{"a":1,"a":2}\n${JSON.stringify(entry())}`,
    );
    const pieces = new ReadableStream({
      async start(controller) {
        for (let at = 0; at < text.length; at += 7) controller.enqueue(text.subarray(at, at + 7));
        controller.close();
      },
    });
    const response = await fetch(`http://127.0.0.1:${port}/v1/replay`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson; charset=utf-8' },
      body: pieces,
      duplex: 'half',
    } as RequestInit);
    expect(await response.json()).toMatchObject({
      entries: 4,
      counts: { unchanged: 2, notReplayable: 2 },
      notReplayable: [
        { entry: 1, decisionId: null, code: 'malformed' },
        { entry: 2, decisionId: null, code: 'malformed' },
      ],
    });
  });

  it('refuses what is too large, not UTF-8, or of another type', async () => {
    const { http } = await ready({}, { POSTERN_MAX_IMPORT: '2000' });
    const send = (type: string, body: string | Buffer) => http.post('/v1/replay').set('Content-Type', type).send(body);
    const many = lines(...Array.from({ length: 20 }, () => entry()));
    expect(problemOf(await send('application/x-ndjson', many))).toEqual(problem(413, 'payload-too-large'));
    expect(problemOf(await send('application/x-ndjson', Buffer.from([0x7b, 0xff, 0x0a])))).toEqual(
      problem(400, 'malformed-request', ''),
    );
    expect((await send('text/plain', lines(entry()))).status).toBe(415);
    const other = await http.post('/v1/decisions').set('Content-Type', 'application/x-ndjson').send(lines(call()));
    expect(other.status).toBe(415);
  });

  it('takes no more at a time than any other operation where it is not sent line by line', async () => {
    const { http } = await ready({}, { POSTERN_MAX_BODY: '2000' });
    const entries = Array.from({ length: 20 }, () => entry());
    expect(problemOf(await http.post('/v1/replay').send({ entries }))).toEqual(problem(413, 'payload-too-large'));
    const send = http
      .post('/v1/replay')
      .set('Content-Type', 'application/x-ndjson')
      .send(lines(...entries));
    expect((await send).body).toMatchObject({ entries: 20 });
  });

  it('refuses drafts that are not valid, or of nothing', async () => {
    const { post } = await ready();
    const tried = async (policies: object[]) => problemOf(await post('/v1/replay', { policies, entries: [] }));
    expect(await tried([{ ...draft, name: 'none' }])).toEqual(problem(400, 'unknown-policy', '/policies/0/name'));
    expect(await tried([{ ...draft, document: { Statement: [] } }])).toMatchObject({
      status: 422,
      code: 'invalid-policy',
    });
    expect(await tried([{ ...draft, extra: allowAll }])).toMatchObject({ status: 400 });
  });
});
