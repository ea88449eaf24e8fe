import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { allowAll, api, call, endpoint, policy, statement } from './postern.js';
import { type ServerProcess, send, startProcess } from './server-process.js';

const directory = mkdtempSync(join(tmpdir(), 'postern-logs-'));
const started: ServerProcess[] = [];
let made = 0;

async function start(settings: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
  const served = await startProcess({ POSTERN_DATA_DIR: join(directory, `data-${made++}`), ...settings });
  started.push(served);
  return served;
}

afterAll(() => {
  for (const { child } of started) child.kill('SIGKILL');
  rmSync(directory, { recursive: true });
});

async function fill({ address }: ServerProcess): Promise<void> {
  await send('PUT', `${address}/v1/policies/resource/open`, { document: allowAll });
  await send('PUT', `${address}/v1/endpoints/vpce-1a2b3c4d`, endpoint());
  await send('PUT', `${address}/v1/apis/a1b2c3d4e5`, api({ policy: 'open' }));
}

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('a process logs', { timeout: 60_000 }, () => {
  it('the settings in force, one line for each request, and nothing is lost when it ends', async () => {
    const server = await start();
    const { address } = server;
    await fill(server);
    const requests: { headers: Record<string, string>; path: string; body?: object }[] = [
      { path: '/v1/decisions', body: call(), headers: { 'x-request-id': 'one', traceparent: TRACE } },
      { path: '/v1/decisions', body: call({ endpoint: 'vpce-9' }), headers: { 'x-request-id': 'two "quoted" \\' } },
      { path: '/v1/decisions/batch', body: { requests: [call(), {}] }, headers: { 'x-request-id': 'three' } },
      { path: '/v1/decisions/explain', body: call(), headers: { 'x-request-id': 'four', traceparent: '00-zz-1-01' } },
      { path: '/v1/decisions', body: call({ principal: 'nobody' }), headers: { 'x-request-id': 'five' } },
      { path: '/nothing/here', headers: { 'x-request-id': 'six' } },
      { path: '/v1/apis/a1b2c3d4e5', headers: { 'x-request-id': 'seven' } },
    ];
    const answers: { decisionId?: string }[] = [];
    for (const { path, body, headers } of requests) {
      const response = await send(body ? 'POST' : 'GET', address + path, body, headers);
      answers.push((await response.json()) as { decisionId?: string });
    }
    expect(await server.end()).toBe(0);

    const lines = server.lines();
    expect(lines[0]).toMatchObject({
      msg: 'started',
      settings: { POSTERN_LOG_LEVEL: 'info', POSTERN_MAX_BATCH: 1000 },
    });
    expect(lines.at(-1)).toMatchObject({ msg: 'stopped' });
    const line = (id: string) => lines.find(({ requestId }) => requestId === id);
    const common = { level: 30, time: expect.any(Number), by: null, duration: expect.any(Number), msg: 'request' };
    const [first, second, , fourth] = answers.map(({ decisionId }) => decisionId);
    expect(line('one')).toEqual({
      ...common,
      requestId: 'one',
      route: 'POST /v1/decisions',
      status: 200,
      decisionId: first,
      decision: 'Allow',
      reason: 'ALLOWED',
      traceparent: TRACE,
    });
    expect(line('two "quoted" \\')).toMatchObject({ decisionId: second, decision: 'Deny', reason: 'UNKNOWN_ENDPOINT' });
    expect(line('three')).toMatchObject({ route: 'POST /v1/decisions/batch', decisions: 2 });
    expect(line('four')).toMatchObject({ route: 'POST /v1/decisions/explain', decisionId: fourth });
    expect(line('four')).not.toHaveProperty('traceparent');
    expect(line('five')).toMatchObject({ status: 400, code: 'malformed-request' });
    expect(line('six')).toEqual({ ...common, requestId: 'six', route: null, status: 404, code: 'not-found' });
    expect(line('seven')).toEqual({ ...common, requestId: 'seven', route: 'GET /v1/apis/{apiId}', status: 200 });
    expect(lines.filter(({ msg }) => msg === 'request').length).toBe(requests.length + 3);
  });

  it('a request whose client has gone', async () => {
    const server = await start();
    const leaving = new AbortController();
    const waiting = fetch(`${server.address}/v1/changes?wait=30`, { signal: leaving.signal });
    await new Promise((resolve) => setTimeout(resolve, 300));
    leaving.abort();
    await expect(waiting).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(server.lines()).toMatchObject([
      { msg: 'started' },
      { msg: 'request', route: 'GET /v1/changes', status: null, aborted: true },
    ]);
  });

  it('no requests where only warnings are wanted', async () => {
    const server = await start({ POSTERN_LOG_LEVEL: 'warn' });
    await fill(server);
    await server.end();
    expect(server.lines()).toEqual([]);
  });
});

describe('no secret', { timeout: 60_000 }, () => {
  // What a caller may call secret, each planted somewhere else, so that a failure says where it came from.
  const secret = (place: string): string => `SECRET-${place}`;
  const KEY = secret('bootstrap-key-that-is-long-enough-to-be-one');

  it.each(['stdout', 'file'])('is in anything that a process writes, with the decision log to %s', async (where) => {
    const file = join(directory, `decisions-${made}.log`);
    const server = await start({
      POSTERN_LOG_LEVEL: 'trace',
      POSTERN_AUTH: 'required',
      POSTERN_BOOTSTRAP_KEY: KEY,
      POSTERN_DECISION_LOG: where,
      ...(where === 'file' && { POSTERN_DECISION_LOG_FILE: file }),
      POSTERN_DECISION_LOG_MASKS: JSON.stringify([
        '/request/context/acme:token',
        '/request/context/aws:PrincipalTag~1key',
        '/request/context/acme:list/1',
        '/request/identityPolicies/*',
        '/request/sessionPolicies',
      ]),
    });
    const { address } = server;
    const ask = (method: string, path: string, body?: object, headers: Readonly<Record<string, string>> = {}) =>
      send(method, address + path, body, { authorization: `Bearer ${KEY}`, ...headers });
    const secretive = policy(
      statement({ Sid: 'SECRETsid', Condition: { StringNotEquals: { 'acme:k': secret('policy') } } }),
    );
    await ask('PUT', `/v1/policies/resource/open`, {
      document: secretive,
      description: secret('description'),
    });
    await ask('PUT', `/v1/endpoints/vpce-1a2b3c4d`, endpoint({ context: { 'acme:e': secret('record') } }));
    await ask('PUT', `/v1/apis/a1b2c3d4e5`, api({ policy: 'open', authorizationType: 'AWS_IAM' }));
    const inline = {
      Statement: {
        Sid: 'SECRETinline',
        Effect: 'Allow',
        Action: '*',
        Resource: '*',
        Condition: { StringNotEquals: { 'acme:k': secret('inline') } },
      },
    };
    const asked = call({
      context: {
        'ACME:Token': secret('mask-of-another-case'),
        'aws:principaltag/KEY': secret('mask-with-slash'),
        'acme:list': ['open', secret('mask-of-an-element')],
      },
      identityPolicies: [inline],
      sessionPolicies: [inline],
    });
    const headers = {
      cookie: `session=${secret('cookie')}`,
      'x-api-key': secret('header'),
      traceparent: secret('traceparent'),
      prefer: secret('prefer'),
      'postern-min-revision': secret('revision'),
    };
    const { 'postern-min-revision': _, ...accepted } = headers;
    const logged = await ask('POST', `/v1/decisions`, asked, accepted);
    expect(logged.status).toBe(200);
    // A mask that does not fit: the value is no list.
    await ask('POST', `/v1/decisions`, call({ context: { 'acme:list': secret('mask-that-fails') } }));
    await ask('POST', `/v1/decisions/batch`, { requests: [asked, { principal: secret('malformed') }] });
    await ask('POST', `/v1/decisions/explain`, asked, accepted);
    await ask('POST', `/v1/simulations`, { resourcePolicy: secretive, request: { principal: 'anonymous' } });
    await ask('POST', `/v1/decisions?token=${secret('query')}`, asked, headers);
    await ask('GET', `/${secret('path')}/%zz?key=${secret('query')}`);
    await ask('GET', `/v1/policies/resource/${secret('name')}`);
    await ask('POST', `/v1/import/aws`, { accountId: secret('import') });
    await fetch(`${address}/v1/decisions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"principal": "${secret('broken')}`,
    });
    expect((await ask('GET', '/v1/apis', undefined, { authorization: `Bearer ${secret('wrong-key')}` })).status).toBe(
      401,
    );
    const key = await ask('PUT', '/v1/keys/gateway', { roles: ['decide'] });
    const { key: shown } = (await key.json()) as { key: string };
    expect(shown.length).toBeGreaterThan(20);
    expect((await ask('POST', '/v1/decisions', asked, { authorization: `Bearer ${shown}` })).status).toBe(200);
    expect((await ask('GET', '/metrics', undefined, { authorization: `Bearer ${shown}` })).status).toBe(403);
    expect((await ask('GET', '/metrics')).status).toBe(200);
    expect(await server.end()).toBe(0);

    const decisions = where === 'file' ? readFileSync(file, 'utf8') : server.out();
    const entries = decisions.split('\n').filter((line) => line.startsWith('{"type":"decision"'));
    expect(entries.length).toBe(3);
    expect(entries.map((line) => JSON.parse(line).by)).toEqual([expect.any(String), expect.any(String), 'gateway']);
    expect(JSON.parse(entries[0] as string).masked.length).toBe(5);
    const written = server.out() + server.err() + decisions;
    expect([...written.matchAll(/SECRET[\w-]*/g)].map(([found]) => found)).toEqual([]);
    expect(written).not.toContain(shown);
    const requests = server.lines().filter(({ msg }) => msg === 'request');
    expect(requests.length).toBe(18);
    expect(requests.filter(({ by }) => by === 'gateway').length).toBe(2);
  });
});

describe('whoever does not read what a process writes', { timeout: 60_000 }, () => {
  it('holds up neither decisions nor the end of the process, and what comes too late is counted', async () => {
    const server = await start({ POSTERN_DECISION_LOG: 'stdout', POSTERN_MAX_BATCH: '1000' });
    await fill(server);
    server.child.stdout?.pause();
    const context = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`acme:${n}`, 'x'.repeat(2000)]));
    const requests = Array.from({ length: 40 }, () => call({ context }));
    // 40 times 20 kB each time: more than the 16 MB that are kept for a reader, and what the pipe holds.
    const durations: number[] = [];
    for (let n = 0; n < 30; n++) {
      const from = performance.now();
      const answer = await send('POST', `${server.address}/v1/decisions/batch`, { requests });
      expect(((await answer.json()) as { decisions: unknown[] }).decisions.length).toBe(requests.length);
      durations.push(performance.now() - from);
    }
    expect(Math.max(...durations)).toBeLessThan(3000);
    const text = await (await fetch(`${server.address}/metrics`)).text();
    const dropped = Number(/^postern_decision_log_dropped_total\{cause="buffer-full"\} (\d+)$/m.exec(text)?.[1]);
    expect(dropped).toBeGreaterThan(100);
    const held = Number(/^postern_decision_log_waiting_characters (\d+)$/m.exec(text)?.[1]);
    expect(held).toBeLessThanOrEqual(16 * 1024 * 1024);
    const from = performance.now();
    server.child.kill('SIGTERM');
    await once(server.child, 'exit');
    expect(performance.now() - from).toBeLessThan(15_000);
  });
});

describe('the decision log', { timeout: 60_000 }, () => {
  it('to a file keeps every decision over SIGTERM, and starts by going on with it', async () => {
    const file = join(directory, 'kept.log');
    const settings = {
      POSTERN_DATA_DIR: join(directory, 'kept'),
      POSTERN_DECISION_LOG: 'file',
      POSTERN_DECISION_LOG_FILE: file,
    };
    const ids: unknown[] = [];
    for (let run = 0; run < 2; run++) {
      const server = await start(settings);
      await fill(server);
      for (let n = 0; n < 20; n++) {
        const answer = await send('POST', `${server.address}/v1/decisions`, call());
        ids.push(((await answer.json()) as { decisionId: string }).decisionId);
      }
      expect(await server.end()).toBe(0);
    }
    const logged = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(logged.map(({ decisionId }) => decisionId)).toEqual(ids);
  });

  it('that cannot be written stops the start, as wrong settings do', async () => {
    const wrong = (settings: Readonly<Record<string, string>>) => start({ POSTERN_DECISION_LOG: 'file', ...settings });
    await expect(wrong({ POSTERN_DECISION_LOG_FILE: '/dev/null/log' })).rejects.toThrow(
      /POSTERN_DECISION_LOG_FILE: .*ENOTDIR/,
    );
    await expect(wrong({})).rejects.toThrow('POSTERN_DECISION_LOG_FILE: write it together');
    const file = { POSTERN_DECISION_LOG_FILE: join(directory, 'never.log') };
    await expect(wrong({ ...file, POSTERN_DECISION_LOG_MASKS: '["/request/contxt", "/by/x"]' })).rejects.toThrow(
      /MASKS: .*contxt.*\/by\/x/,
    );
    await expect(wrong({ ...file, POSTERN_DECISION_LOG_ALLOWS: '1.5' })).rejects.toThrow('from 0 to 1');
  });
});
