import { expect, it } from 'vitest';
import { alice, archived, bob, certified, evaluate, evaluateAll, fixture, read, record1, write } from './fixture.js';

const semantic = (evaluations_semantic: string, ...evaluations: object[]) => ({
  subject: alice,
  resource: record1,
  options: { evaluations_semantic, another: { option: true } },
  evaluations,
});
const permitted = { action: read };
const denied = { action: { name: 'audit' } };
const failed = { action: {} };

it.each([
  ['execute_all', [permitted, denied, failed, permitted], [true, false, false, true]],
  ['deny_on_first_deny', [permitted, denied, permitted], [true, false]],
  ['deny_on_first_deny', [permitted, failed, permitted], [true, false]],
  ['deny_on_first_deny', [permitted, permitted], [true, true]],
  ['permit_on_first_permit', [denied, failed, permitted, denied], [false, false, true]],
  ['permit_on_first_permit', [denied, denied], [false, false]],
] as const)('%s of %j gives %j', async (name, evaluations, decisions) => {
  const { body } = await evaluateAll(await certified(), semantic(name, ...evaluations));
  expect(body.evaluations.map(({ decision }: { decision: boolean }) => decision)).toEqual(decisions);
});

it('another semantic is refused, and so are options and evaluations of a wrong type', async () => {
  const served = await certified();
  for (const body of [
    semantic('first_wins', permitted),
    { ...semantic('execute_all', permitted), options: [] },
    { ...semantic('execute_all', permitted), options: { explain: 'yes' } },
    { ...semantic('execute_all', permitted), evaluations: {} },
    { ...semantic('execute_all', permitted), subject: 'alice' },
    { ...semantic('execute_all', permitted), context: [] },
  ]) {
    const { status, type, text } = await evaluateAll(served, body);
    expect([status, type], text).toEqual([400, 'text/plain']);
  }
});

it('an entity of an evaluation takes no properties from the default one', async () => {
  const served = await certified();
  const { body } = await evaluateAll(served, {
    subject: { ...bob, properties: { role: 'admin' } },
    action: write,
    resource: archived,
    evaluations: [{}, { subject: bob }, { resource: { id: 'record-2' } }, { subject: { properties: {} } }],
  });
  expect(body.evaluations.map(({ decision }: { decision: boolean }) => decision)).toEqual([true, false, false, false]);
});

it('what is no evaluation fails by itself', async () => {
  const { body } = await evaluateAll(await certified(), {
    ...semantic('execute_all'),
    action: read,
    evaluations: [{}, null, 7, 'x', [], { resource: 'record-1' }],
  });
  expect(body.evaluations.map(({ decision }: { decision: boolean }) => decision)).toEqual([
    ...[true, false, false, false, false, false],
  ]);
  for (const { context } of body.evaluations.slice(1)) expect(context.error.status).toBe(400);
});

it('takes no more evaluations than the batch of decisions does', async () => {
  const served = await certified({ POSTERN_MAX_BATCH: '2' });
  const { status, text } = await evaluateAll(served, semantic('execute_all', permitted, permitted, permitted));
  expect([status, text]).toEqual([400, 'at most 2 evaluations are taken at a time']);
});

it('grounds come only when asked for, in our own words', async () => {
  const served = await certified();
  const asked = await evaluateAll(served, {
    ...semantic('execute_all', permitted, denied),
    options: { explain: true },
  });
  expect(asked.body.evaluations).toMatchObject([
    { decision: true, context: { reason: 'ALLOWED', determining: [{ layer: 'endpoint' }, { sid: 'Read' }] } },
    { decision: false, context: { reason: 'IMPLICIT_DENY', layer: 'identity', message: expect.any(String) } },
  ]);
  const silent = await evaluateAll(served, semantic('execute_all', permitted, denied));
  expect(silent.text).toBe('{"evaluations":[{"decision":true},{"decision":false}]}');
});

it('members that occur twice are refused: the second could be another subject', async () => {
  const served = await certified();
  const text = JSON.stringify({ subject: bob, action: write, resource: record1 });
  const twice = text.replace('"action"', `"subject":${JSON.stringify(alice)},"action"`);
  const post = (body: string) => served.http.post('/access/v1/evaluation').type('application/json').send(body);
  expect((await post(text)).text).toBe('{"decision":false}');
  const { status, text: message } = await post(twice);
  expect([status, message]).toEqual([
    400,
    'the body is not what this operation takes: /subject this member occurs more than once',
  ]);
});

it('a wrong path or method, a large body and a deep one are refused in a sentence', async () => {
  const { http } = await certified({ POSTERN_MAX_BODY: '2048' });
  const deep = {
    subject: alice,
    action: read,
    resource: record1,
    context: { a: JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`) },
  };
  const answers = [
    await http.post('/access/v1/search/subject').send({}),
    await http.get('/access/v1/evaluation'),
    await http.post('/access/v1/evaluation').send({ subject: 'x'.repeat(3000) }),
    await http.post('/access/v1/evaluation').send(deep),
    await http.get('/access/v1/evaluation').set('Host', 'example.com'),
  ];
  expect(answers.map(({ status }) => status)).toEqual([404, 405, 413, 400, 403]);
  for (const { type } of answers) expect(type).toBe('text/plain');
});

it('the fixture is a policy without a fault, and explained by the ordinary explanation', async () => {
  const served = await certified();
  const { body: validation } = await served.post('/v1/policies/resource/validate', { document: fixture });
  expect(validation).toMatchObject({ valid: true, errors: [] });
  expect(validation.findings.map(({ code }: { code: string }) => code)).not.toContain('resource-matches-no-method');
  const { body } = await served.post('/v1/decisions/explain', {
    principal: 'arn:aws:iam::000000000000:user/bob',
    resource: 'arn:aws:execute-api:local:000000000000:authzen/record/write/record-1',
    endpoint: 'authzen',
  });
  expect(body).toMatchObject({ decision: 'Deny', reason: 'IMPLICIT_DENY' });
  const asked = await evaluate(served, { subject: bob, action: write, resource: record1, options: { explain: true } });
  expect(asked.body.context.message).toBe(body.message);
});
