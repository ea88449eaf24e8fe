import type { Response } from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Postern } from '../contract/postern.js';
import {
  active,
  admin,
  alice,
  archived,
  bob,
  certified,
  evaluate,
  evaluateAll,
  read,
  record1,
  record2,
  write,
} from './fixture.js';

/*
 * "AuthZEN Authorization API 1.0 - Certification Scenario", case by case under the ids that it gives them: all of the levels
 * Basic, Batch and Discovery. Search is a level of its own, which Postern does not claim.
 */

let served: Postern;
beforeAll(async () => {
  served = await certified();
});

/** 200, JSON, and exactly this. */
function answered(response: Response, body: unknown): void {
  expect(response.text).toBe(JSON.stringify(body));
  expect(response.status).toBe(200);
  expect(response.type).toBe('application/json');
}

/** 400, and a message in a string. */
function refused({ status, type, text }: Response): void {
  expect(status).toBe(400);
  expect(type).toBe('text/plain');
  expect(text).not.toBe('');
}

const softly = (soft: boolean) => ({ name: 'delete', properties: { soft } });
const aliceReads = { subject: alice, action: read, resource: record1 };

/** Each case of the Basic level that is a request and a decision. */
const evaluations: readonly (readonly [id: string, what: string, body: object, decision: boolean])[] = [
  ['c-2-2-1', 'fixture request, permit', aliceReads, true],
  ['c-2-2-2', 'fixture request, deny', { subject: bob, action: write, resource: record1 }, false],
  [
    'c-2-2-3',
    'with optional context',
    { ...aliceReads, context: { time: '2025-06-27T18:03-07:00', ip: '192.168.1.1' } },
    true,
  ],
  ['c-2-2-4', 'deny based on properties', { subject: alice, action: write, resource: archived }, false],
  ['c-2-2-5', 'permit based on subject properties', { subject: admin, action: write, resource: archived }, true],
  ['c-2-2-6', 'permit based on action properties', { subject: alice, action: softly(true), resource: record1 }, true],
  ['c-2-2-7', 'deny based on action properties', { subject: alice, action: softly(false), resource: record1 }, false],
  [
    'c-2-2-8',
    'with additional properties',
    {
      subject: { ...alice, properties: { department: 'Sales', role: 'manager' } },
      action: { ...read, properties: { method: 'GET' } },
      resource: { ...record1, properties: { status: 'active', owner: 'bob' } },
    },
    true,
  ],
  ['c-2-2-9', 'with unknown fields', { ...aliceReads, foo: 'bar', futureField: { nested: true } }, true],
  ['c-1-4 rule 2', 'alice writes record-1', { subject: alice, action: write, resource: record1 }, true],
  ['c-1-4 rule 3', 'bob reads record-1', { subject: bob, action: read, resource: record1 }, true],
];

const { id: _, ...withoutId } = alice;
/** Cases of section 2.4 that are a body. */
const malformed: readonly (readonly [id: string, what: string, body: object])[] = [
  ['c-2-4-1', 'missing subject', { action: read, resource: record1 }],
  ['c-2-4-1', 'missing action', { subject: alice, resource: record1 }],
  ['c-2-4-1', 'missing resource', { subject: alice, action: read }],
  ['c-2-4-2', 'subject without type', { ...aliceReads, subject: { id: 'alice' } }],
  ['c-2-4-2', 'subject without id', { ...aliceReads, subject: withoutId }],
  ['c-2-4-2', 'action without name', { ...aliceReads, action: {} }],
  ['c-2-4-2', 'resource without type', { ...aliceReads, resource: { id: 'record-1' } }],
  ['c-2-4-2', 'resource without id', { ...aliceReads, resource: { type: 'record' } }],
  ['c-2-4-6', 'subject is a string', { ...aliceReads, subject: 'alice' }],
  ['c-2-4-6', 'action.name is a number', { ...aliceReads, action: { name: 123 } }],
];

const paths = ['/access/v1/evaluation', '/access/v1/evaluations'] as const;
const sent = (path: string, type: string, body: string) => served.http.post(path).set('Content-Type', type).send(body);

describe('Basic', () => {
  it.each(evaluations)('%s %s', async (_id, _what, body, decision) => {
    answered(await evaluate(served, body), { decision });
  });

  it('c-2-3 the decision is a boolean, and the response context an object', async () => {
    const { body } = await evaluate(served, { ...aliceReads, options: { explain: true } });
    expect(body.decision).toBe(true);
    expect(body.context).toMatchObject({ reason: 'ALLOWED', decisionId: expect.any(String) });
  });

  it.each(malformed)('%s %s', async (_id, _what, body) => {
    refused(await evaluate(served, body));
  });

  it.each(paths)('c-2-4-3 wrong content type: %s', async (path) => {
    for (const type of ['text/plain', 'application/xml', 'application/json; charset=utf-16', '']) {
      refused(await sent(path, type, JSON.stringify(aliceReads)));
    }
  });

  it.each(paths)('c-2-4-4 malformed JSON: %s', async (path) => {
    for (const text of ['{', '{"subject": }', 'alice', '[1,]']) refused(await sent(path, 'application/json', text));
  });

  it.each(paths)('c-2-4-5 empty body: %s', async (path) => {
    refused(await sent(path, 'application/json', ''));
    refused(await served.http.post(path));
  });

  it('c-2-5-1 echoes X-Request-ID, in errors too', async () => {
    const id = 'bfe9eb29-ab87-4ca3-be83-a1d5d8305716';
    for (const path of paths) {
      for (const body of [aliceReads, {}]) {
        const { headers } = await served.http.post(path).set('X-Request-ID', id).send(body);
        expect(headers['x-request-id']).toBe(id);
      }
    }
  });

  it('c-2-5-2 does without X-Request-ID', async () => {
    const { headers } = await evaluate(served, aliceReads);
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('c-2-6 decides the same each time', async () => {
    for (let n = 0; n < 10; n++) answered(await evaluate(served, aliceReads), { decision: true });
  });
});

/** Each case of the Batch level that is a request and its decisions. */
const batches: readonly (readonly [id: string, what: string, body: object, decisions: readonly boolean[]])[] = [
  [
    'c-3-2-1',
    'with an evaluations array',
    { subject: alice, action: read, evaluations: [{ resource: record1 }, { resource: record2 }] },
    [true, true],
  ],
  [
    'c-3-2-2',
    'with fixture decisions, in order',
    { subject: bob, resource: record1, evaluations: [{ action: read }, { action: write }] },
    [true, false],
  ],
  [
    'c-3-2-3',
    'with properties',
    { subject: alice, action: write, evaluations: [{ resource: active }, { resource: archived }] },
    [true, false],
  ],
  [
    'c-3-2-4',
    'with subject properties',
    { action: write, resource: archived, evaluations: [{ subject: alice }, { subject: admin }] },
    [false, true],
  ],
  [
    'c-3-2-5',
    'without defaults',
    { evaluations: [aliceReads, { subject: bob, action: write, resource: record1 }] },
    [true, false],
  ],
  [
    'c-3-2-6',
    'with context inheritance',
    {
      subject: alice,
      action: read,
      context: { time: '2025-06-27T18:03-07:00' },
      evaluations: [
        { resource: record1 },
        { resource: record2, context: { time: '2025-06-27T19:00-07:00', source: 'batch-override' } },
      ],
    },
    [true, true],
  ],
  [
    'c-3-2-7',
    'with default value merging',
    {
      subject: alice,
      action: write,
      resource: { type: 'record' },
      evaluations: [{ resource: { id: 'record-1', properties: { status: 'active' } } }, { resource: archived }],
    },
    [true, false],
  ],
];

describe('Batch', () => {
  it.each(batches)('%s %s', async (_id, _what, body, decisions) => {
    answered(await evaluateAll(served, body), { evaluations: decisions.map((decision) => ({ decision })) });
  });

  it('c-3-3 as many answers as evaluations, in their order, and no decision for all', async () => {
    const writes = Array.from({ length: 50 }, (_, at) => ({ resource: at % 3 === 0 ? archived : active }));
    const { body } = await evaluateAll(served, { subject: alice, action: write, evaluations: writes });
    expect(Object.keys(body)).toEqual(['evaluations']);
    expect(body.evaluations).toEqual(writes.map(({ resource }) => ({ decision: resource === active })));
  });

  it('c-3-4-1 an evaluation that fails is a denial, and spoils no other', async () => {
    const { status, body } = await evaluateAll(served, {
      subject: alice,
      action: read,
      evaluations: [{ resource: record1 }, {}],
    });
    expect(status).toBe(200);
    expect(body.evaluations).toEqual([
      { decision: true },
      { decision: false, context: { error: { status: 400, message: '`resource` is missing' } } },
    ]);
  });

  it('c-3-4-2 without evaluations it is a single one', async () => {
    answered(await evaluateAll(served, aliceReads), { decision: true });
    refused(await evaluateAll(served, { subject: alice, action: read }));
  });

  it('c-3-4-3 without any in evaluations it is a single one', async () => {
    answered(await evaluateAll(served, { ...aliceReads, evaluations: [] }), { decision: true });
    refused(await evaluateAll(served, { evaluations: [] }));
  });
});

describe('Discovery', () => {
  const discovered = async (publicUrl: string, path: string) =>
    (await certified({ POSTERN_PUBLIC_URL: publicUrl })).http.get(path);
  const configuration = (base: string) => ({
    policy_decision_point: base,
    access_evaluation_endpoint: `${base}/access/v1/evaluation`,
    access_evaluations_endpoint: `${base}/access/v1/evaluations`,
  });

  it('c-6-1, c-6-2, c-6-3, c-6-4 tells where everything is', async () => {
    const answer = await discovered('https://pdp.example.com', '/.well-known/authzen-configuration');
    answered(answer, configuration('https://pdp.example.com'));
    expect(answer.headers['cache-control']).toBe('max-age=3600');
  });

  it('c-6-1 tells it of a base URL with a path', async () => {
    const base = 'https://pdp.example.com/tenant1';
    answered(await discovered(base, '/.well-known/authzen-configuration/tenant1'), configuration(base));
    const { status } = await discovered(base, '/.well-known/authzen-configuration/tenant2');
    expect(status).toBe(404);
  });

  it('c-6-5 names the address that it was configured with, whatever Host says', async () => {
    const { http } = await certified({ POSTERN_PUBLIC_URL: 'https://pdp.example.com', POSTERN_ALLOW_OPEN: 'true' });
    const { body } = await http.get('/.well-known/authzen-configuration').set('Host', 'evil.example.com');
    expect(body).toEqual(configuration('https://pdp.example.com'));
    for (const address of Object.values(body)) expect(new URL(String(address)).protocol).toBe('https:');
  });

  it('c-6-6 is there without any configuration', async () => {
    const { status, body } = await served.http.get('/.well-known/authzen-configuration').set('Host', 'localhost:1');
    expect(status).toBe(200);
    expect(body.policy_decision_point).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(body.policy_decision_point).not.toBe('http://127.0.0.1:1');
  });
});
