import { beforeAll, describe, expect, it } from 'vitest';
import { arn, call, faults, faultsOf, type Postern, pointersOf, problemOf, ready } from './postern.js';

let served: Postern;

beforeAll(async () => {
  served = await ready();
});

const batch = (requests: unknown[]) => served.post('/v1/decisions/batch', { requests });

describe('a batch', () => {
  it('is answered in the same order at one revision', async () => {
    const requests = [
      call(),
      call({ endpoint: 'vpce-none' }),
      call({ resource: arn('prod/GET/x', 'none') }),
      call({ principal: 'anonymous' }),
    ];
    const { status, headers, body } = await batch(requests);
    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual(['decisions', 'revision']);
    expect(body.decisions.map(({ reason }: { reason: string }) => reason)).toEqual([
      'ALLOWED',
      'UNKNOWN_ENDPOINT',
      'UNKNOWN_API',
      'ALLOWED',
    ]);
    expect(headers['postern-revision']).toBe(String(body.revision));
    for (const { revision } of body.decisions) expect(revision).toBe(body.revision);
  });

  it('gives each what a request alone gets', async () => {
    const requests = [call(), call({ action: 'execute-api:InvalidateCache' }), call({ endpoint: 'vpce-none' })];
    const { body } = await batch(requests);
    for (const [n, request] of requests.entries()) {
      const { decisionId: _, ...alone } = (await served.post('/v1/decisions', request)).body;
      const { decisionId, ...together } = body.decisions[n];
      expect(together).toEqual(alone);
      expect(decisionId).toEqual(expect.any(String));
    }
    expect(new Set(body.decisions.map(({ decisionId }: { decisionId: string }) => decisionId)).size).toBe(3);
  });

  it('takes none and 1000, refuses 1001', async () => {
    expect((await batch([])).body.decisions).toEqual([]);
    const many = (count: number) => Array.from({ length: count }, (_, n) => call({ resource: arn(`p/GET/${n}`) }));
    const { status, body } = await batch(many(1000));
    expect([status, body.decisions.length]).toEqual([200, 1000]);
    expect(faultsOf(await batch(many(1001)))).toEqual(faults(400, '/requests'));
  });
});

describe('a malformed item', () => {
  const items: [string, unknown][] = [
    ['', null],
    ['', 'x'],
    ['', []],
    ['/unknown', call({ unknown: 1 })],
    ['/__proto__', JSON.parse(`{"__proto__":{},${JSON.stringify(call()).slice(1)}`)],
    ['/principal', call({ principal: 'nobody' })],
    ['/resource', call({ resource: arn('prod/get/x') })],
    ['/context/aws:SourceVpc', call({ context: { 'aws:SourceVpc': 'vpc-5a6b7c8d' } })],
    ['/context/aws:VpcSourceIp', call({ context: { 'aws:VpcSourceIp': 'x' } })],
    ['/permissionsBoundary', call({ permissionsBoundary: 'nowhere' })],
    ['/identityPolicies/0', call({ identityPolicies: ['nowhere'] })],
  ];

  it('is INVALID_REQUEST and does not spoil the others', async () => {
    const { status, body } = await batch([call(), ...items.map(([, item]) => item), call()]);
    expect(status).toBe(200);
    expect([body.decisions.at(0).reason, body.decisions.at(-1).reason]).toEqual(['ALLOWED', 'ALLOWED']);
    expect(body.decisions.length).toBe(items.length + 2);
    for (const [n, [pointer, item]] of items.entries()) {
      const { errors, ...rest } = body.decisions[n + 1];
      expect(rest, JSON.stringify(item)).toEqual({ decision: 'Deny', reason: 'INVALID_REQUEST', layer: null });
      expect(pointersOf(errors), JSON.stringify(item)).toEqual([pointer]);
      for (const error of errors) {
        expect(error).toEqual({ pointer: expect.any(String), code: expect.any(String), detail: expect.any(String) });
      }
    }
  });

  it('with an invalid document too', async () => {
    const { status, body } = await batch([call({ identityPolicies: [{ Statement: { Effect: 'allow' } }] }), call()]);
    expect(status).toBe(200);
    expect(body.decisions.map(({ reason }: { reason: string }) => reason)).toEqual(['INVALID_REQUEST', 'ALLOWED']);
    expect(body.decisions[0].errors[0].pointer).toMatch(/^\/identityPolicies\/0\/Statement/);
  });

  it('with a missing member too', async () => {
    const { body } = await batch([{}, call()]);
    expect(body.decisions.map(({ reason }: { reason: string }) => reason)).toEqual(['INVALID_REQUEST', 'ALLOWED']);
  });
});

describe('what is around the items is malformed as a whole', () => {
  it.each([{}, { requests: null }, { requests: {} }, { requests: [], extra: 1 }])('%j', async (body) => {
    const answer = await served.http.post('/v1/decisions/batch').type('json').send(JSON.stringify(body));
    expect(problemOf(answer)).toMatchObject({ status: 400, type: 'application/problem+json' });
  });

  it('a key twice in one item', async () => {
    const text = `{"requests":[${JSON.stringify(call())},{"principal":"anonymous",${JSON.stringify(call()).slice(1)}]}`;
    const { status, body } = await served.http.post('/v1/decisions/batch').type('json').send(text);
    // Whether it spoils the others is not said; the second value never wins silently.
    if (status === 200) expect(body.decisions[1].reason).toBe('INVALID_REQUEST');
    else expect(status).toBe(400);
  });
});

describe('Prefer: return=minimal', () => {
  const minimal = ['decision', 'decisionId', 'layer', 'reason', 'revision'];

  it('leaves five members of a decision', async () => {
    const { status, headers, body } = await served.http
      .post('/v1/decisions')
      .set('Prefer', 'return=minimal')
      .send(call());
    expect([status, headers['preference-applied']]).toEqual([200, 'return=minimal']);
    expect(Object.keys(body).sort()).toEqual(minimal);
    expect(body).toMatchObject({ decision: 'Allow', reason: 'ALLOWED', layer: null });
  });

  it('is told from other preferences', async () => {
    for (const prefer of ['return=representation', 'wait=5', 'return=minimalistic']) {
      const { headers, body } = await served.http.post('/v1/decisions').set('Prefer', prefer).send(call());
      expect(headers['preference-applied'], prefer).not.toBe('return=minimal');
      expect(Object.keys(body).length, prefer).toBeGreaterThan(5);
    }
    const { body } = await served.http.post('/v1/decisions').set('Prefer', 'wait=5, Return=minimal').send(call());
    expect(Object.keys(body).sort()).toEqual(minimal);
  });

  it('a refusal stays a whole problem', async () => {
    const answer = await served.http
      .post('/v1/decisions')
      .set('Prefer', 'return=minimal')
      .send(call({ unknown: 1 }));
    expect(faultsOf(answer)).toEqual(faults(400, '/unknown'));
  });
});
