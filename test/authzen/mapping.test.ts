import { describe, expect, it } from 'vitest';
import { type Evaluation, questionFor } from '../../src/service/authzen.js';
import type { DecisionBody } from '../../src/service/decision-request.js';
import { readApi } from '../../src/service/records.js';
import { ready, stored, USER, verdict } from '../contract/postern.js';
import { alice, evaluate, evaluateAll, read, record1 } from './fixture.js';

const ARN = 'arn:aws-us-gov:execute-api:us-gov-east-1:123412341234:a1b2c3d4e5';
const stamp = { revision: 1, createdAt: '', updatedAt: '', policy: null };
const api = readApi({
  ...stamp,
  id: 'a1b2c3d4e5',
  body: '{"accountId":"123412341234","region":"us-gov-east-1","partition":"aws-us-gov","policy":null}',
} as Parameters<typeof readApi>[0]);

const asked = { subject: alice, action: read, resource: record1 };
const map = (changed: Partial<Evaluation> = {}) =>
  questionFor({ ...asked, ...changed }, (id) => (id === api.id ? api : undefined));
const pointersOf = (mapped: unknown) =>
  Array.isArray(mapped) ? mapped.map(({ pointer }) => pointer) : 'nothing is wrong with it';

describe('of AWS', () => {
  const context = { endpoint: 'vpce-1a2b3c4d' };
  const route = (properties: object = {}) => ({
    type: 'route',
    id: '/pets/{petId}',
    properties: { apiId: 'a1b2c3d4e5', stage: 'prod', ...properties },
  });
  const get = { name: 'GET' };
  const aws = { type: 'aws', id: USER };

  it.each([
    ['a principal', { subject: aws }, { principal: USER }],
    ['nobody', { subject: { type: 'anonymous', id: '*' } }, { principal: 'anonymous' }],
    [
      'an action on an ARN',
      { action: { name: 'execute-api:InvalidateCache' }, resource: { type: 'execute-api', id: `${ARN}/prod/GET/` } },
      { action: 'execute-api:InvalidateCache', resource: `${ARN}/prod/GET/` },
    ],
    [
      'the method of an ARN',
      { action: get, resource: { type: 'execute-api', id: `${ARN}/prod/GET/a:b` } },
      { action: 'execute-api:Invoke', resource: `${ARN}/prod/GET/a:b` },
    ],
    [
      'a route, with the account, Region and partition of its API, and parameters as they are',
      { action: get, resource: route() },
      { action: 'execute-api:Invoke', resource: `${ARN}/prod/GET/pets/{petId}` },
    ],
    ['the root', { action: get, resource: { ...route(), id: '/' } }, { resource: `${ARN}/prod/GET/` }],
    [
      'a route of an API that is not stored',
      { action: get, resource: route({ apiId: 'zzz' }) },
      { resource: 'arn:aws:execute-api:unknown:000000000000:zzz/prod/GET/pets/{petId}' },
    ],
    [
      "the caller's policies and the authorizer's answer, which are no condition keys",
      {
        subject: { ...aws, properties: { identityPolicies: ['a'], permissionsBoundary: 'b', sessionPolicies: [] } },
        action: get,
        resource: { type: 'execute-api', id: `${ARN}/prod/GET/` },
        context: { ...context, authorizerResult: 'Allow', 'aws:VpcSourceIp': '10.0.0.1' },
      },
      {
        identityPolicies: ['a'],
        permissionsBoundary: 'b',
        sessionPolicies: [],
        authorizerResult: 'Allow',
        context: { 'aws:VpcSourceIp': '10.0.0.1' },
      },
    ],
  ] as const)('%s', (_, changed, expected) => {
    const mapped = map({ context, ...(changed as Partial<Evaluation>) });
    expect(mapped).toMatchObject(expected);
    if ('resource' in changed) expect(mapped).toMatchObject({ endpoint: 'vpce-1a2b3c4d' });
  });

  it.each([
    ['nobody with a name', { subject: { type: 'anonymous', id: 'alice' } }, '/subject/id'],
    [
      'another method than that of the ARN',
      { action: { name: 'PUT' }, resource: { type: 'execute-api', id: `${ARN}/prod/GET/` } },
      '/action/name',
    ],
    ['a route without a method', { action: { name: 'execute-api:Invoke' }, resource: route() }, '/action/name'],
    ['a route in no stage', { action: get, resource: route({ stage: undefined }) }, '/resource/properties/stage'],
    [
      'a stage that would move the method',
      { action: get, resource: route({ stage: 'prod/DELETE' }) },
      '/resource/properties/stage',
    ],
    ['an API that would', { action: get, resource: route({ apiId: 'a1b2c3d4e5/prod' }) }, '/resource/properties/apiId'],
    ['a route that is no path', { action: get, resource: { ...route(), id: 'pets' } }, '/resource/id'],
    ['no endpoint', { action: get, resource: route(), context: {} }, '/context'],
  ] as const)('refuses %s', (_, changed, pointer) => {
    expect(pointersOf(map({ context, ...(changed as Partial<Evaluation>) }))).toEqual([pointer]);
  });
});

describe('of anything else', () => {
  it('is a user and an ARN that AWS does not have, behind an endpoint that it does not have', () => {
    expect(map()).toEqual({
      principal: 'arn:aws:iam::000000000000:user/alice',
      action: 'execute-api:Invoke',
      resource: 'arn:aws:execute-api:local:000000000000:authzen/record/read/record-1',
      endpoint: 'authzen',
      context: {},
    });
  });

  it.each([
    ['service', 'alice', 'service/alice'],
    ['user', 'service/alice', 'service=2Falice'],
    ['user', 'alice@example.com', 'alice@example.com'],
    ['user', 'CN=é', 'CN=3D=C3=A9'],
    ['team/a', 'x', 'team=2Fa/x'],
  ])('a subject %s %s is user/%s', (type, id, name) => {
    expect(map({ subject: { type, id } })).toMatchObject({ principal: `arn:aws:iam::000000000000:user/${name}` });
  });

  it.each([
    ['record', 'read', 'a/b', 'record/read/a=2Fb'],
    ['record', 'write', 'a/read/b', 'record/write/a=2Fread=2Fb'],
    ['record', 'read', 'a=2Fb', 'record/read/a=3D2Fb'],
    ['org.example/photo', 'can view', '*', 'org.example=2Fphoto/can view/*'],
    ['route', 'GET', '/todos', 'route/GET/=2Ftodos'],
  ])('a resource %s for %s of %s is %s', (type, name, id, path) => {
    const mapped = map({ action: { name }, resource: { type, id } });
    expect(mapped).toMatchObject({ resource: `arn:aws:execute-api:local:000000000000:authzen/${path}` });
  });

  it('no two are one, whatever their ids are', () => {
    const texts = ['a', '/', '=', '=2F', 'é', '%', '*', ' ', 'a/a', '\ud83d\ude00'];
    const subjects = texts.flatMap((type) => texts.map((id) => map({ subject: { type, id } })));
    const resources = texts.flatMap((type) => texts.map((id) => map({ resource: { type, id } })));
    expect(new Set(subjects.map((one) => (one as DecisionBody).principal)).size).toBe(100);
    expect(new Set(resources.map((one) => (one as DecisionBody).resource)).size).toBe(100);
    expect(pointersOf(map({ resource: { type: 'record', id: '\ud83d' } }))).toEqual(['/resource/id']);
  });

  it('properties are condition keys', () => {
    const mapped = map({
      subject: { ...alice, properties: { role: 'admin', groups: ['a', 'b'], identityPolicies: ['x'], none: null } },
      action: { ...read, properties: { soft: true } },
      resource: { ...record1, properties: { owner: { id: 7, 'a/b': ['x', { y: 1 }] }, empty: [] } },
      context: {
        endpoint: 'https://example.com',
        'aws:SourceIp': '10.0.0.1',
        'authzen:subject/role': 'x',
        time: 'now',
      },
    });
    expect((mapped as { context: object }).context).toEqual({
      'authzen:subject/role': 'admin',
      'authzen:subject/groups': ['a', 'b'],
      'authzen:subject/identityPolicies': ['x'],
      'authzen:action/soft': true,
      'authzen:resource/owner/id': 7,
      'authzen:resource/owner/a=2Fb/0': 'x',
      'authzen:resource/owner/a=2Fb/1/y': 1,
      'authzen:resource/empty': [],
      'authzen:context/endpoint': 'https://example.com',
      'aws:SourceIp': '10.0.0.1',
      'authzen:context/authzen:subject=2Frole': 'x',
      'authzen:context/time': 'now',
    });
  });

  it('properties are bounded, in number, in the length of names and lists, and in what holds nothing', () => {
    const many = (count: number, value: unknown) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at}`, value]));
    const of = (properties: Record<string, unknown>) => pointersOf(map({ subject: { ...alice, properties } }));
    expect(of(many(100, 1))).toBe('nothing is wrong with it');
    expect(of(many(101, 1))).toEqual(['/subject/properties/p100']);
    expect(of({ ['x'.repeat(257)]: 1 })).toHaveLength(1);
    expect(of({ x: { ['x'.repeat(257)]: 1 } })).toHaveLength(1);
    expect(of({ list: Array.from({ length: 101 }, () => 1) })).toEqual(['/subject/properties/list']);
    expect(of(many(1001, {}))).toEqual(['/subject/properties']);
    expect(of({ text: 'x'.repeat(8193) })).toEqual(['/subject/properties/text']);
    expect(pointersOf(map({ subject: { type: 'user', id: 'x'.repeat(129) } }))).toEqual(['/subject/id']);
    expect(pointersOf(map({ subject: { ...alice, properties: many(60, 1) }, context: many(60, 1) }))).toEqual([
      '/context/p40',
    ]);
    expect(of(JSON.parse('{"__proto__": "x"}'))).toBe('nothing is wrong with it');
  });
});

describe('answers', () => {
  it('what /v1/decisions answers to the question that it stands for', async () => {
    const served = await ready();
    await stored(served, 'policies/resource/open', {
      document: {
        Statement: {
          Effect: 'Allow',
          Principal: '*',
          Action: 'execute-api:Invoke',
          Resource: 'execute-api:/prod/GET/pets',
          Condition: { IpAddress: { 'aws:VpcSourceIp': '10.0.0.0/8' } },
        },
      },
    });
    const ip = { 'aws:VpcSourceIp': '10.1.2.3' };
    const resource = (id: string, apiId = 'a1b2c3d4e5') => ({
      type: 'route',
      id,
      properties: { apiId, stage: 'prod' },
    });
    const ask = { subject: { type: 'aws', id: USER }, action: { name: 'GET' }, options: { explain: true } };
    const { body } = await evaluateAll(served, {
      ...ask,
      context: { endpoint: 'vpce-1a2b3c4d', ...ip },
      evaluations: [
        { resource: resource('/pets') },
        { resource: resource('/dogs') },
        { resource: resource('/pets'), context: { endpoint: 'vpce-1a2b3c4d' } },
        { resource: resource('/pets'), context: { endpoint: 'vpce-none', ...ip } },
        { resource: resource('/pets', 'none') },
      ],
    });
    const reasons = body.evaluations.map(
      ({ decision, context }: { decision: boolean; context: { reason: string } }) => [decision, context.reason],
    );
    expect(reasons).toEqual([
      [true, 'ALLOWED'],
      [false, 'IMPLICIT_DENY'],
      [false, 'IMPLICIT_DENY'],
      [false, 'UNKNOWN_ENDPOINT'],
      [false, 'UNKNOWN_API'],
    ]);
  });

  it('with a denial where nothing is stored for it', async () => {
    const served = await ready();
    const reason = async () =>
      (await evaluate(served, { ...asked, options: { explain: true } })).body.context.reason as string;
    expect(await reason()).toBe('UNKNOWN_ENDPOINT');
    await stored(served, 'endpoints/authzen', { vpcId: 'vpc-00000000', policy: null });
    expect(await reason()).toBe('UNKNOWN_API');
    const record = { accountId: '000000000000', region: 'local', authorizationType: 'AWS_IAM', policy: null };
    await stored(served, 'apis/authzen', record);
    expect(await reason()).toBe('NO_RESOURCE_POLICY');
    await stored(served, 'apis/authzen', { ...record, policy: 'open' });
    expect(await reason()).toBe('ALLOWED');
  });

  it('tells where in the evaluation the fault is', async () => {
    const served = await ready();
    const fault = async (changed: object) => (await evaluate(served, { ...asked, ...changed })).text;
    const aws = { type: 'aws', id: USER };
    const execute = { type: 'execute-api', id: `${ARN}/prod/GET/` };
    const invoke = { name: 'execute-api:Invoke' };
    const context = { endpoint: 'vpce-1a2b3c4d' };
    expect(await fault({ subject: { ...aws, id: 'x' } })).toContain(': /subject/id `x` is no principal');
    expect(await fault({ subject: { ...aws, properties: { identityPolicies: ['nobody'] } } })).toContain(
      ' /subject/properties/identityPolicies/0 ',
    );
    expect(await fault({ action: invoke, resource: { ...execute, id: 'x' }, context })).toContain(': /resource/id `x`');
    expect(await fault({ action: { name: 'x' }, resource: execute, context })).toContain(': /action/name `x`');
    expect(await fault({ action: invoke, resource: execute, context: { endpoint: 7 } })).toContain(
      ': /context/endpoint',
    );
    expect(await fault({ context: { 'aws:SourceVpc': 'vpc-1' } })).not.toContain('malformed');
  });

  it('tells what is wrong with an evaluation itself in its own places, alone and among others', async () => {
    const served = await ready();
    const route = { type: 'route', id: '/pets', properties: { apiId: 'a1b2c3d4e5', stage: 'prod' } };
    const context = { endpoint: 'vpce-1a2b3c4d' };
    for (const [changed, where] of [
      [{ action: { name: 'get' }, resource: route, context }, '/action/name'],
      [{ action: { name: 'GET' }, resource: { ...route, id: 'pets' }, context }, '/resource/id'],
      [
        { action: { name: 'GET' }, resource: { ...route, properties: { apiId: '', stage: 'prod' } }, context },
        '/resource/properties/apiId',
      ],
      [{ action: { name: 7 } }, '/action/name'],
    ] as const) {
      const evaluation = { ...asked, ...changed };
      const alone = await evaluate(served, evaluation);
      expect([alone.status, / (\/\S*) /.exec(alone.text)?.[1]]).toEqual([400, where]);
      const { body } = await served.post('/access/v1/evaluations', { evaluations: [evaluation, asked] });
      expect(body.evaluations[0].context.error.message).toContain(`\`${where}\`: `);
    }
  });

  it('only in the Region of our own is a verb any word', async () => {
    const { post } = await ready();
    const ask = async (resource: string) =>
      verdict(await post('/v1/decisions', { principal: USER, resource, endpoint: 'vpce-1a2b3c4d' }));
    expect(await ask('arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/read/x')).toBe(
      '400 malformed-request',
    );
    expect(await ask('arn:aws:execute-api:local:123412341234:a1b2c3d4e5/prod/read/x')).toBe('Deny UNKNOWN_API null');
    for (const bad of ['a', 'a/b', 'a/b/c', 'a//c/d', 'a/b//d', '/b/c/d', 'a.b/b/c/d']) {
      expect(await ask(`arn:aws:execute-api:local:123412341234:${bad}`), bad).toBe('400 malformed-request');
    }
  });
});
