import { once } from 'node:events';
import { get } from 'node:http';
import request from 'supertest';
import { beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../../src/http/app.js';
import { openApi } from '../../src/http/open-api.js';
import { awsOutput, openServices } from '../service/transfer-setup.js';
import { listening, problem, problemOf } from './client.js';
import { settings, stub } from './stub.js';

const allow = { Statement: { Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: '*' } };

/** The door with real transfers behind it. */
async function openDoor() {
  const { transfer } = await openServices();
  const logged: unknown[] = [];
  const app = createApp({ ...stub(), transfer }, { ...settings, log: { error: (context) => logged.push(context) } });
  return { app, http: request.agent(app), logged };
}

let door: Awaited<ReturnType<typeof openDoor>>;
beforeEach(async () => {
  door = await openDoor();
});

const DOCUMENT = {
  formatVersion: 1,
  policies: [{ kind: 'endpoint', name: 'team-a', document: allow, description: 'ours' }],
  endpoints: [{ endpointId: 'vpce-1', vpcId: 'vpc-1', policy: 'team-a' }],
  apis: [],
};

describe('GET /v1/export', () => {
  it('answers one JSON document, of a revision', async () => {
    await door.http.post('/v1/import').send(DOCUMENT).expect(200);
    const { status, headers, body, text } = await door.http.get('/v1/export');
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'postern-revision': '1' });
    expect(body).toEqual(DOCUMENT);
    expect(text.split('\n')).toHaveLength(12);
  });

  it('has no body for HEAD', async () => {
    const { status, headers, text } = await door.http.head('/v1/export');
    expect({ status, text }).toEqual({ status: 200, text: undefined });
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it('is sent as it is made, and ends with the client', async () => {
    const policies = Array.from({ length: 5000 }, (_, index) => ({
      kind: 'endpoint',
      name: `p${index}`,
      document: allow,
    }));
    await door.http.post('/v1/import').send({ formatVersion: 1, policies }).expect(200);
    await listening(door.app, async (port) => {
      const asked = get({ port, path: '/v1/export' });
      const [response] = await once(asked, 'response');
      expect(response.headers['transfer-encoding']).toBe('chunked');
      await once(response, 'data');
      response.destroy();
      await once(response, 'close');
    });
    expect((await door.http.get('/v1/export').expect(200)).body.policies).toHaveLength(5000);
    expect(door.logged).toEqual([]);
  });
});

describe('POST /v1/import', () => {
  it('imports, or with dryRun tells what it would do', async () => {
    const dry = await door.http.post('/v1/import?dryRun=true').send(DOCUMENT).expect(200);
    expect(dry.headers['postern-revision']).toBe('0');
    expect(dry.body).toEqual({
      dryRun: true,
      revision: 0,
      changes: [
        { op: 'create', type: 'policy', kind: 'endpoint', id: 'team-a' },
        { op: 'create', type: 'endpoint', id: 'vpce-1' },
      ],
      unchanged: 0,
      issues: [],
    });
    const real = await door.http.post('/v1/import').send(DOCUMENT).expect(200);
    expect(real.headers['postern-revision']).toBe('1');
    expect(real.body).toEqual({ ...dry.body, dryRun: false, revision: 1 });
    const empty = { formatVersion: 1, policies: [], endpoints: [], apis: [] };
    const pruned = await door.http.post('/v1/import?prune=true').send(empty).expect(200);
    expect(pruned.body.changes.map(({ op }: { op: string }) => op)).toEqual(['delete', 'delete']);
  });

  const bad: readonly [what: string, query: string, body: object, expected: ReturnType<typeof problem>][] = [
    [
      'another format',
      '',
      { ...DOCUMENT, formatVersion: 2 },
      problem(400, 'malformed-request', '/formatVersion not-allowed-value'),
    ],
    ['no format', '', { policies: [] }, problem(400, 'malformed-request', ' missing-member')],
    ['unknown members', '', { ...DOCUMENT, policy: [] }, problem(400, 'malformed-request', '/policy unknown-member')],
    [
      'a record that PUT would not take',
      '',
      { ...DOCUMENT, endpoints: [{ endpointId: 'vpce 1', vpcId: 'vpc-1', policy: null, revision: 1 }] },
      problem(400, 'malformed-request', '/endpoints/0/endpointId malformed', '/endpoints/0/revision unknown-member'),
    ],
    [
      'a policy that PUT would not take',
      '',
      { ...DOCUMENT, policies: [{ ...DOCUMENT.policies[0], document: { Statement: [] } }] },
      problem(422, 'invalid-policy', '/policies/0/document/Statement empty-list'),
    ],
    [
      'a name of nothing',
      '',
      { ...DOCUMENT, policies: [] },
      problem(409, 'unknown-attached-policy', '/endpoints/0/policy unknown-policy'),
    ],
    ['another word than true', '?prune=yes', DOCUMENT, problem(400, 'malformed-request', ' wrong-type')],
    ['an unknown parameter', '?pruned=true', DOCUMENT, problem(400, 'malformed-request', ' unknown-parameter')],
  ];

  it.each(bad)('refuses %s', async (_, query, body, expected) => {
    const found = problemOf(await door.http.post(`/v1/import${query}`).send(body));
    expect({ ...found, errors: found.errors.sort() }).toEqual(expected);
  });

  it('takes larger bodies than others do, up to a limit of its own', async () => {
    const policies = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ kind: 'endpoint', name: `p${index}`, document: allow }));
    const document = JSON.stringify({ formatVersion: 1, policies: policies(10_000) });
    expect(document.length).toBeGreaterThan(settings.maxBody);
    const send = (text: string) => door.http.post('/v1/import').type('json').send(text);
    expect((await send(document)).status).toBe(200);
    expect((await send(document.padEnd(settings.maxImport + 1))).status).toBe(413);
  });

  it('refuses a member that occurs twice, wherever it is', async () => {
    const text = JSON.stringify(DOCUMENT).replace('"Effect"', '"Effect":"Deny","Effect"');
    expect(problemOf(await door.http.post('/v1/import').type('json').send(text))).toEqual(
      problem(400, 'malformed-request', '/policies/0/document/Statement/Effect duplicate-member'),
    );
  });
});

describe('POST /v1/import/aws', () => {
  it('takes what the AWS CLI prints', async () => {
    const { body } = await door.http.post('/v1/import/aws').send(awsOutput()).expect(200);
    expect(body.changes).toHaveLength(14);
    const again = await door.http.post('/v1/import/aws').send(awsOutput()).expect(200);
    expect(again.body).toMatchObject({ changes: [], unchanged: 14, revision: 1 });
  });

  it('refuses faults of the envelope, and reports those of entries', async () => {
    const output = awsOutput();
    const wrong = { ...output, accountId: '1', regions: [], vpcEndpoints: [] };
    expect(problemOf(await door.http.post('/v1/import/aws').send(wrong)).errors.sort()).toEqual([
      '/accountId malformed',
      '/regions unknown-member',
      '/vpcEndpoints wrong-type',
    ]);
    const entries = { ...output, vpcEndpoints: { VpcEndpoints: [null, 1, {}] }, restApis: { items: [[]] } };
    const { body } = await door.http.post('/v1/import/aws?dryRun=true').send(entries).expect(200);
    expect(body.issues.map(({ pointer, code }: { pointer: string; code: string }) => `${pointer} ${code}`)).toEqual([
      '/vpcEndpoints/VpcEndpoints/0 wrong-type',
      '/vpcEndpoints/VpcEndpoints/1 wrong-type',
      '/vpcEndpoints/VpcEndpoints/2 missing-member',
      '/restApis/items/0 wrong-type',
      '/resources/a1b2c3d4e5 unknown-api',
      '/resources/aaaaa11111 unknown-api',
      '/resources/bbbbb22222 unknown-api',
      '/resources/ccccc33333 unknown-api',
    ]);
    expect(problemOf(await door.http.post('/v1/import/aws?strict=true').send(entries))).toMatchObject({
      status: 400,
      code: 'malformed-request',
    });
  });
});

it('answers what its examples show, one after the other on an empty store', async () => {
  for (const path of ['/v1/import', '/v1/import/aws']) {
    const { requestBody, responses } = openApi.paths[path]!.post as unknown as {
      requestBody: { content: { 'application/json': { example: object } } };
      responses: { 200: { content: { 'application/json': { example: object } } } };
    };
    const { body } = await door.http.post(path).send(requestBody.content['application/json'].example).expect(200);
    expect(body).toEqual({ ...responses[200].content['application/json'].example, revision: expect.any(Number) });
  }
});
