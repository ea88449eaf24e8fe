import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express, { type Express } from 'express';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { executeApi, type InvokeOptions, PosternClient, type Refusal, requireInvoke } from '../../src/client/index.js';
import { postern as command, type Server, serve } from '../cli/binary.js';

const API = { accountId: '123412341234', region: 'us-east-1', apiId: 'a1b2c3d4e5', stage: 'prod' };
let directory: string;
let server: Server;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'postern-client-'));
  server = await serve({ POSTERN_DATA_DIR: directory });
  const { code } = await command(['import', 'examples/store.json', '--server', server.address]);
  expect(code).toBe(0);
});
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

let reached: number;
let refusals: Refusal[];
beforeEach(() => {
  reached = 0;
  refusals = [];
});

function application(changed: Partial<InvokeOptions> = {}): Express {
  const app = express();
  app.enable('case sensitive routing');
  app.enable('strict routing');
  app.use(
    requireInvoke({
      postern: { url: server.address },
      endpoint: 'vpce-1a2b3c4d',
      resource: executeApi(API),
      principal: ({ headers }) => (typeof headers['x-principal'] === 'string' ? headers['x-principal'] : null),
      onRefusal: (refusal) => refusals.push(refusal),
      ...changed,
    }),
  );
  app.use((_, response) => {
    reached++;
    response.json({ reached: true });
  });
  return app;
}

describe('requireInvoke', () => {
  it('lets through what Postern allows', async () => {
    const { status, body } = await request(application()).get('/pets?limit=1');
    expect([status, body, reached, refusals]).toEqual([200, { reached: true }, 1, []]);
  });

  it.each<[what: string, changed: Partial<InvokeOptions>, reason: string]>([
    ['another endpoint', { endpoint: () => 'vpce-99999999' }, 'EXPLICIT_DENY'],
    ['an unknown endpoint', { endpoint: 'vpce-none' }, 'UNKNOWN_ENDPOINT'],
    ['another API', { resource: executeApi({ ...API, apiId: 'zzzzz99999' }) }, 'UNKNOWN_API'],
  ])('refuses %s with 403, and tells the id of the decision', async (_, changed, reason) => {
    const { status, type, body } = await request(application(changed)).get('/pets');
    expect([status, type, reached]).toEqual([403, 'application/problem+json', 0]);
    expect(refusals).toMatchObject([{ status: 403, reason, decisionId: body.decisionId }]);
    expect(body.decisionId).toMatch(/^[0-9a-f-]{36}$/);
    expect(JSON.stringify(body)).not.toContain(reason);
  });

  it.each<[what: string, changed: Partial<InvokeOptions>]>([
    ['a question that is malformed', { principal: () => 'me' }],
    ['a key that may not be given', { context: () => ({ 'aws:CurrentTime': '2026-01-01T00:00:00Z' }) }],
    [
      'a function that throws',
      {
        principal: () => {
          throw new Error('no session');
        },
      },
    ],
    [
      'a resource that throws',
      {
        resource: executeApi(API),
        endpoint: () => {
          throw new Error('no header');
        },
      },
    ],
  ])('refuses with 500 for %s', async (_, changed) => {
    const { status, body } = await request(application(changed)).get('/pets');
    expect([status, body, reached]).toEqual([
      500,
      { type: 'about:blank', title: 'Internal Server Error', status: 500 },
      0,
    ]);
    expect(refusals).toMatchObject([{ status: 500, error: expect.any(Error) }]);
  });

  it.each<[what: string, status: number, text: string]>([
    ['an Allow with an error status', 500, '{"decision":"Allow"}'],
    ['a word that is no decision', 200, '{"decision":"allow"}'],
    ['no decision', 200, '{}'],
    ['nothing', 200, ''],
    ['a page', 200, '<html>Allow</html>'],
    ['a refused key', 401, '{"code":"unauthorized","detail":"no"}'],
  ])('refuses with 503 where what answers gives %s', async (_, status, text) => {
    const other = createServer((_request, response) => {
      response.writeHead(status).end(text);
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    const answer = await request(application({ postern: { url } })).get('/pets');
    other.close();
    expect([answer.status, answer.headers['retry-after'], reached]).toEqual([503, '1', 0]);
  });

  it('refuses while Postern is away, and lets through again once it is back', async () => {
    const app = application();
    expect((await request(app).get('/pets')).status).toBe(200);
    const { port } = new URL(server.address);
    await server.stop();
    const away = await request(app).get('/pets');
    server = await serve({ POSTERN_DATA_DIR: directory, POSTERN_PORT: port });
    expect([away.status, reached, refusals.map(({ status }) => status)]).toEqual([503, 1, [503]]);
    expect((await request(app).get('/pets')).status).toBe(200);
  });

  it('refuses in time where Postern does not answer', async () => {
    const silent = createTcpServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const start = performance.now();
    const { status } = await request(application({ postern: { url, timeout: 200 } })).get('/pets');
    silent.close();
    expect([status, reached]).toEqual([503, 0]);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

/** Before a Postern a line that breaks as often as it is told to. */
async function brokenLine(breaks: number): Promise<{ line: TcpServer; url: string; connections: () => number }> {
  let connections = 0;
  const target = Number(new URL(server.address).port);
  const line = createTcpServer((near: Socket) => {
    near.on('error', () => {});
    if (connections++ < breaks) {
      near.once('data', () => near.destroy());
      return;
    }
    const far = connect(target, '127.0.0.1');
    far.on('error', () => {});
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => line.listen(0, '127.0.0.1', resolve));
  return { line, url: `http://127.0.0.1:${(line.address() as AddressInfo).port}`, connections: () => connections };
}

describe('a line that breaks', () => {
  it.each([
    [1, 200, 2],
    [2, 503, 2],
  ])('%i times is %i after %i tries', async (breaks, expected, tries) => {
    const { line, url, connections } = await brokenLine(breaks);
    const { status } = await request(application({ postern: { url } })).get('/pets');
    line.close();
    expect([status, connections()]).toEqual([expected, tries]);
  });

  it('does not write twice', async () => {
    const { line, url, connections } = await brokenLine(1);
    const client = new PosternClient({ url });
    const put = client.call('putEndpoint', {
      path: { endpointId: 'vpce-new' },
      body: { vpcId: 'vpc-1', policy: null },
    });
    await expect(put).rejects.toMatchObject({ name: 'PosternError', status: null });
    line.close();
    expect(connections()).toBe(1);
  });
});

describe('executeApi', () => {
  const arnOf = async (path: string, method: 'get' | 'delete' = 'get') => {
    const seen: string[] = [];
    const resource: InvokeOptions['resource'] = (each) => {
      seen.push(executeApi(API)(each));
      return seen[0]!;
    };
    const { status } = await request(application({ resource }))[method](path);
    return seen[0] ?? status;
  };

  it.each([
    ['/', '/'],
    ['/pets/7?x=/y/../z', '/pets/7'],
    ['/Pets/', '/Pets/'],
    ['/a%20b/%C3%A4', '/a%20b/%C3%A4'],
  ])('names %s as %s', async (path, expected) => {
    expect(await arnOf(path)).toBe(`arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/GET${expected}`);
  });

  it.each(['//pets', '/pets//7', '/%70ets', '/pets%2F7', '/pets/%2e%2e/admin', '/a%5Cb', '/x/%2E'])(
    'refuses %s, which can be read in two ways',
    async (path) => {
      expect(await arnOf(path)).toBe(500);
      expect(reached).toBe(0);
    },
  );

  it('refuses an application that compares paths otherwise than policies do', async () => {
    const app = application();
    app.disable('case sensitive routing');
    expect((await request(app).get('/pets')).status).toBe(500);
    expect(refusals).toMatchObject([
      { error: { message: expect.stringContaining("app.enable('case sensitive routing')") } },
    ]);
  });

  it('is an application mounted within another by the whole of its path', async () => {
    const outer = express().use('/shop', application());
    await request(outer).get('/shop/pets');
    expect(reached).toBe(1);
  });
});

describe('PosternClient', () => {
  it('gives answers with what their headers say', async () => {
    const client = new PosternClient({ url: `${server.address}/` });
    const { body, etag, revision } = await client.call('getEndpoint', { path: { endpointId: 'vpce-1a2b3c4d' } });
    expect(body).toMatchObject({ endpointId: 'vpce-1a2b3c4d', policy: 'two-apis' });
    expect(etag).toBe(`"${body.revision}"`);
    expect(revision).toBeGreaterThanOrEqual(body.revision);
    const input = { query: { prefix: 'vpce-9', limit: 1 }, headers: { 'Postern-Min-Revision': revision ?? 0 } };
    expect((await client.call('listEndpoints', input)).body.items).toMatchObject([{ endpointId: 'vpce-99999999' }]);
  });

  it('tells a problem as it was told', async () => {
    const client = new PosternClient({ url: server.address });
    const lost = client.call('getPolicy', { path: { kind: 'endpoint', name: 'a/b?c' as string } });
    await expect(lost).rejects.toMatchObject({ status: 400, problem: { code: 'malformed-request' } });
    const gone = client.call('deletePolicy', { path: { kind: 'endpoint', name: 'none' } });
    await expect(gone).rejects.toMatchObject({ status: 404, problem: { code: 'not-found' } });
  });
});
