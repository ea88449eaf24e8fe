import { beforeEach, describe, expect, it } from 'vitest';
import { alice, read, record1 } from '../authzen/fixture.js';
import { allowAll, api, call, endpoint, type Postern, postern, problem, problemOf, ready, stored } from './postern.js';

let served: Postern;
const revisionOf = (headers: Record<string, string>) => Number(headers['postern-revision']);

beforeEach(async () => {
  served = await postern({ POSTERN_REVISION_WAIT: '0.3' });
});

describe('Postern-Revision', () => {
  it('grows with every committed write of any kind, and only then', async () => {
    const writes = [
      () => served.put('/v1/policies/resource/p', { document: allowAll }),
      () => served.put('/v1/endpoints/e', endpoint()),
      () => served.put('/v1/apis/a', api()),
      () => served.http.delete('/v1/apis/a'),
      () => served.put('/v1/apis/a', api()),
    ];
    let last = revisionOf((await served.http.get('/v1/apis')).headers);
    for (const write of writes) {
      const revision = revisionOf((await write()).headers);
      expect(revision).toBeGreaterThan(last);
      last = revision;
    }
    await served.put('/v1/apis/a', api());
    await served.put('/v1/apis/a', { x: 1 });
    await served.http.delete('/v1/apis/none');
    expect(revisionOf((await served.http.get('/v1/apis')).headers)).toBe(last);
  });

  it('is on every successful answer under /v1', async () => {
    const full = await ready();
    const answers = [
      await full.http.get('/v1/policies/resource'),
      await full.http.get('/v1/policies/resource/open'),
      await full.http.get('/v1/policies/resource/open/versions'),
      await full.http.get('/v1/policies/resource/open/versions/1'),
      await full.http.post('/v1/policies/resource/open/versions/1/restore'),
      await full.post('/v1/policies/resource/validate', { document: allowAll }),
      await full.http.get('/v1/endpoints'),
      await full.http.get('/v1/endpoints/vpce-1a2b3c4d'),
      await full.http.get('/v1/apis'),
      await full.http.get('/v1/apis/a1b2c3d4e5'),
      await full.post('/v1/decisions', call()),
      await full.post('/v1/decisions/batch', { requests: [call()] }),
      await full.post('/v1/simulations', { request: { principal: 'anonymous', resource: call().resource } }),
      await full.http.get('/v1/export'),
      await full.http.get('/v1/policies/resource/open/versions/1/diff'),
      await full.http.get('/v1/changes'),
    ];
    const revision = revisionOf(answers[0]!.headers);
    for (const { status, headers, body } of answers) {
      expect([status, revisionOf(headers)], JSON.stringify(body)).toEqual([200, revision]);
    }
    expect([answers[10]!.body.revision, answers[11]!.body.revision, answers[12]!.body.revision]).toEqual([
      revision,
      revision,
      revision,
    ]);
  });

  it('is told by OPTIONS, too', async () => {
    const { body } = await served.put('/v1/endpoints/e', endpoint());
    for (const path of ['/v1/endpoints', '/v1/endpoints/e', '/v1/decisions']) {
      const { status, headers } = await served.http.options(path);
      expect([status, revisionOf(headers)]).toEqual([204, body.revision]);
    }
    expect((await served.http.options('/livez')).headers['postern-revision']).toBeUndefined();
  });

  it('of a write is the revision of the record', async () => {
    const { headers, body } = await served.put('/v1/endpoints/e', endpoint());
    expect(revisionOf(headers)).toBe(body.revision);
  });
});

describe('Postern-Min-Revision', () => {
  const get = (value: string) => served.http.get('/v1/endpoints').set('Postern-Min-Revision', value);

  it('that is reached is answered', async () => {
    const { body } = await served.put('/v1/endpoints/e', endpoint());
    const answer = await get(String(body.revision));
    expect(answer.status).toBe(200);
    expect(revisionOf(answer.headers)).toBeGreaterThanOrEqual(body.revision);
    expect((await get('0')).status).toBe(200);
  });

  it('that is not reached is 503 after the wait', async () => {
    const { body } = await served.put('/v1/endpoints/e', endpoint());
    const from = performance.now();
    const answer = await get(String(body.revision + 1));
    expect(problemOf(answer)).toEqual(problem(503, 'revision-not-reached'));
    expect(performance.now() - from).toBeGreaterThan(250);
    expect(performance.now() - from).toBeLessThan(1500);
  });

  it('keeps half of the room for others, however many wait for what will never be', async () => {
    const { http } = await postern({
      POSTERN_MAX_OPEN: '4',
      POSTERN_MAX_WAITING: '2',
      POSTERN_REVISION_WAIT: '1',
    });
    const ask = () =>
      http
        .get('/v1/endpoints')
        .set('Postern-Min-Revision', '99')
        .then((answer) => answer);
    const from = performance.now();
    const asked = Array.from({ length: 6 }, ask);
    const first = await Promise.race(asked);
    expect(problemOf(first)).toEqual(problem(503, 'revision-not-reached'));
    expect(first.body.detail).toContain('too many');
    expect((await http.get('/v1/endpoints')).status).toBe(200);
    expect((await http.get('/v1/endpoints').set('Postern-Min-Revision', '0')).status).toBe(200);
    expect(performance.now() - from).toBeLessThan(900);
    const details = (await Promise.all(asked)).map(({ body }) => body.detail);
    expect(details.filter((detail) => detail.includes('too many'))).toHaveLength(3);
  });

  it('that a write reaches while it waits is answered from it', async () => {
    const { body } = await served.put('/v1/endpoints/e', endpoint());
    const waiting = get(String(body.revision + 1)).then((answer) => answer);
    await new Promise((resolve) => setTimeout(resolve, 60));
    const written = await served.put('/v1/endpoints/f', endpoint());
    const answer = await waiting;
    expect(answer.status).toBe(200);
    expect(revisionOf(answer.headers)).toBe(written.body.revision);
    expect(answer.body.items.length).toBe(2);
  });

  it('holds for decisions and writes too', async () => {
    const decided = await served.http.post('/v1/decisions').set('Postern-Min-Revision', '99').send(call());
    expect(problemOf(decided)).toEqual(problem(503, 'revision-not-reached'));
    const written = await served.http.put('/v1/endpoints/e').set('Postern-Min-Revision', '99').send(endpoint());
    expect(written.status).toBe(503);
    expect((await served.http.get('/v1/endpoints/e')).status).toBe(404);
  });

  it.each(['/access/v1/evaluation', '/access/v1/evaluations'])('holds for AuthZEN, in its form: %s', async (path) => {
    const { body } = await served.put('/v1/endpoints/e', endpoint());
    const evaluation = { subject: alice, action: read, resource: record1 };
    const ask = (revision: string) => served.http.post(path).set('Postern-Min-Revision', revision).send(evaluation);
    const reached = await ask(String(body.revision));
    expect([reached.status, reached.body, revisionOf(reached.headers)]).toEqual([
      200,
      { decision: false },
      body.revision,
    ]);
    const from = performance.now();
    const refused = await ask(String(body.revision + 1));
    expect([refused.status, refused.type]).toEqual([503, 'text/plain']);
    expect(refused.text).toContain(`revision ${body.revision + 1} is not here`);
    expect(performance.now() - from).toBeGreaterThan(250);
    const malformed = await ask('x');
    expect([malformed.status, malformed.type]).toEqual([400, 'text/plain']);
  });

  it('is not read by hooks', async () => {
    const answer = await served.http.get('/forward-auth').set('Postern-Min-Revision', '99');
    expect([answer.status, answer.headers['postern-reason']]).toEqual([403, 'INVALID_REQUEST']);
  });

  it.each(['x', '-1', '1.5', '1e3', '0x1', '"1"', '1,2', '1 2'])('%s is malformed', async (value) => {
    await stored(served, 'endpoints/e', endpoint());
    expect(problemOf(await get(value))).toMatchObject({ status: 400, type: 'application/problem+json' });
  });
});

describe('X-Request-ID', () => {
  it('is echoed', async () => {
    for (const path of ['/v1/endpoints', '/v1/endpoints/none', '/nowhere', '/livez']) {
      expect((await served.http.get(path).set('X-Request-ID', 'abc-123')).headers['x-request-id'], path).toBe(
        'abc-123',
      );
    }
  });

  it('is made, another one each time', async () => {
    const ids = [await served.http.get('/v1/endpoints'), await served.http.get('/v1/endpoints')].map(
      ({ headers }) => headers['x-request-id'],
    );
    expect(ids[0]).toMatch(/.{8,}/);
    expect(ids[0]).not.toBe(ids[1]);
  });

  it('is on refusals that come before any route', async () => {
    const { status, headers } = await served.http
      .get('/v1/endpoints')
      .set('Host', 'evil.example')
      .set('X-Request-ID', 'q1');
    expect([status, headers['x-request-id']]).toEqual([403, 'q1']);
  });
});
