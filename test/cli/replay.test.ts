import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { postern, type Server, serve } from './binary.js';

const ARN = 'arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5';
const STAGE = 'endpoint/two-apis=examples/policies/endpoint/get-of-one-stage.json';
/** Bytes of a body that the server takes: fewer than the log has. */
const MAX_IMPORT = '2000';

let server: Server;
let directory: string;
/** What a server has written of its decisions; the export of its store. */
let log: string;
let store: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'postern-replay-'));
  log = join(directory, 'decisions.log');
  server = await serve({
    POSTERN_DECISION_LOG: 'file',
    POSTERN_DECISION_LOG_FILE: log,
    POSTERN_DECISION_LOG_MASKS: '["/request/context/acme:token"]',
    POSTERN_MAX_IMPORT: MAX_IMPORT,
  });
  store = join(directory, 'store.json');
  await postern(['import', 'examples/store.json', '--server', server.address]);
  await postern(['export', '--server', server.address, '--output', store]);
  for (const [path, context] of [
    ['other/GET/pets', {}],
    ['stageName/GET/pets', {}],
    ['stageName/POST/pets', {}],
    ['stageName/GET/pets', { 'acme:token': 'secret' }],
    ['stageName/GET/pets/7', { 'aws:SourceVpc': 'vpc-1a2b3c4d' }],
  ] as const) {
    const body = JSON.stringify({
      principal: 'anonymous',
      resource: `${ARN}/${path}`,
      endpoint: 'vpce-1a2b3c4d',
      context,
    });
    const headers = { 'content-type': 'application/json' };
    expect((await fetch(`${server.address}/v1/decisions`, { method: 'POST', headers, body })).status).toBe(200);
  }
  await vi.waitFor(async () => expect((await readFile(log, 'utf8')).split('\n')).toHaveLength(6), 5000);
});
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true });
});

const file = async (name: string, text: string): Promise<string> => {
  await writeFile(join(directory, name), text);
  return join(directory, name);
};
/** Who judges: the server in parts of what it takes, or this command by its export. */
const judges = (): [args: string[], env: Record<string, string>][] => [
  [['--server', server.address], { POSTERN_MAX_IMPORT: MAX_IMPORT }],
  [['--store', store], {}],
];

describe('postern replay', () => {
  it('ends with 0 where nothing has changed since', async () => {
    for (const [by, env] of judges()) {
      const { code, out, err } = await postern(['replay', log, ...by], { env });
      expect([code, err]).toEqual([0, '']);
      expect(out).toContain(`${log}:4  masked  `);
      expect(out).toMatch(/^5 entries: 4 the same, 0 changed .*, 1 not replayable; at revision 1$/m);
    }
  });

  it('tells what a draft changes, and where in the logs', async () => {
    const answers: object[] = [];
    for (const [by, env] of judges()) {
      const text = await postern(['replay', log, ...by, '--policy', STAGE], { env });
      expect([text.code, text.err]).toEqual([1, '']);
      expect(text.out).toContain(
        `${log}:3  Allow ALLOWED -> Deny IMPLICIT_DENY (endpoint)\n    anonymous ${ARN}/stageName/POST/pets vpce-1a2b3c4d\n`,
      );
      const stdin = await readFile(log, 'utf8');
      const args = ['replay', log, '-', ...by, '--policy', STAGE, '--format', 'json'];
      const { code, out } = await postern(args, { env, stdin: `\n${stdin}` });
      expect(code).toBe(1);
      answers.push(JSON.parse(out));
    }
    const [byServer, byStore] = answers;
    expect(byServer).toEqual(byStore);
    // The second log begins with an empty line.
    const changes = [`${log}:1`, `${log}:3`, '<stdin>:2', '<stdin>:4'];
    expect(byServer).toMatchObject({
      entries: 10,
      counts: { unchanged: 4, allowToDeny: 4, denyToAllow: 0, otherReason: 0, notReplayable: 2 },
      changes: changes.map((where) => ({ where })),
      notReplayable: [
        { entry: 3, where: `${log}:4` },
        { entry: 8, where: '<stdin>:5' },
      ],
    });
  });

  it('lists no more than it is asked for, and counts all', async () => {
    for (const [by, env] of judges()) {
      const { code, out } = await postern(['replay', log, ...by, '--policy', STAGE, '--limit', '1'], { env });
      expect(code).toBe(1);
      expect(out.match(/ -> /g)).toHaveLength(1);
      expect(out).toMatch(/^and 1 more: see --limit\n5 entries: 2 the same, 2 changed/m);
    }
  });

  it('takes an empty log for one in which nothing changes, but not drafts that are none', async () => {
    const empty = await file('empty.log', '\n');
    for (const [by, env] of judges()) {
      const of = (...args: string[]) => postern(['replay', empty, ...by, ...args], { env });
      expect(await of()).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^0 entries: 0 the same/) });
      const bad = await file('bad.json', '{\n"Statement": [],\n"Extra": 1 }');
      const { code, out, err } = await of('--policy', `endpoint/two-apis=${bad}`);
      expect([code, out]).toEqual([2, '']);
      expect(err).toMatch(/bad\.json:3:\d+ {2}unknown-element/);
      const unknown = await of('--policy', 'endpoint/none=examples/policies/endpoint/two-apis.json');
      expect([unknown.code, unknown.err]).toEqual([
        2,
        expect.stringContaining('--policy endpoint/none  unknown-policy'),
      ]);
    }
  });

  it('ends with 2 where nothing of it can be judged: such a log says nothing', async () => {
    for (const [by, env] of judges()) {
      const { code, out } = await postern(['replay', '-', ...by], { env, stdin: 'no log\n{"type":"request"}\n' });
      expect(code).toBe(2);
      expect(out).toContain('<stdin>:2  malformed  ');
      expect(out).toMatch(/^2 entries: 0 the same, .* 2 not replayable/m);
    }
  });

  it.each<[what: string, args: string[], said: string]>([
    ['nobody who judges', ['-'], 'say what to judge by'],
    ['two who judge', ['-', '--store', 'x', '--server', 'http://127.0.0.1:1'], 'two answers'],
    ['a log that is not there', ['none.log', '--store', 'examples/store.json'], 'none.log does not exist'],
    ['a draft without a name', ['-', '--policy', 'endpoint=x.json'], 'KIND/NAME=FILE'],
    ['a draft within a log', ['-', '--store', 'examples/store.json'], '<stdin>:1 is a draft'],
  ])('ends with 2 for %s', async (_, args, said) => {
    const stdin = '{"type":"dr\\u0061ft","kind":"endpoint","name":"two-apis","document":{}}\n';
    const { code, out, err } = await postern(['replay', ...args], { stdin });
    expect([code, out, err]).toEqual([2, '', expect.stringContaining(said)]);
  });

  it('ends with 4 where no server answers, or what answers has not judged all', async () => {
    const none = await postern(['replay', log, '--server', 'http://127.0.0.1:1']);
    expect([none.code, none.out]).toEqual([4, '']);
    const answer = { revision: 1, lastRevision: 1, entries: 1, counts: {}, changes: [], notReplayable: [] };
    const other = createServer((request, response) =>
      request.resume().on('end', () => response.end(JSON.stringify(answer))),
    );
    await once(other.listen(0, '127.0.0.1'), 'listening');
    const address = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    const { code, out, err } = await postern(['replay', log, '--server', address]);
    other.close();
    expect([code, out, err]).toEqual([4, '', expect.stringContaining('of 5 entries 1 have been judged')]);
  });
});
