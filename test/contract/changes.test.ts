import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.js';
import { type Running, startServer } from '../../src/server.js';
import { allowAll, api, denyAll, endpoint, type Postern, postern, problem, problemOf, stored } from './postern.js';

interface Change {
  readonly revision: number;
  readonly at: string;
  readonly id: string;
  readonly [member: string]: unknown;
}
interface Part {
  readonly changes: readonly Change[];
  readonly revision: number;
}

const pause = (time: number) => new Promise((resolve) => setTimeout(resolve, time));

describe('changes', () => {
  let served: Postern;
  beforeEach(async () => {
    served = await postern({ POSTERN_REVISION_WAIT: '0.2' });
  });
  const changes = (query = '') => served.http.get(`/v1/changes${query}`);

  it('are told in order: when, by whom, what was done to what', async () => {
    const writes = [
      await stored(served, 'policies/resource/p', { document: allowAll }),
      await stored(served, 'endpoints/e', endpoint()),
      await stored(served, 'apis/a', api({ policy: 'p' })),
      await stored(served, 'policies/resource/p', { document: denyAll }),
    ];
    // Changes nothing, and is none.
    await stored(served, 'policies/resource/p', { document: denyAll });
    await served.http.delete('/v1/apis/a');
    await served.http.delete('/v1/policies/resource/p');

    const { status, headers, body } = await changes();
    expect([status, headers['postern-revision'], body.revision]).toEqual([200, '6', 6]);
    const at = (write: number) => ({ revision: write + 1, at: writes[write]!.body.updatedAt, by: null });
    const later = { at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/), by: null };
    expect(body.changes).toEqual([
      { ...at(0), op: 'put', type: 'policy', kind: 'resource', id: 'p', version: 1 },
      { ...at(1), op: 'put', type: 'endpoint', id: 'e' },
      { ...at(2), op: 'put', type: 'api', id: 'a' },
      { ...at(3), op: 'put', type: 'policy', kind: 'resource', id: 'p', version: 2 },
      { revision: 5, ...later, op: 'delete', type: 'api', id: 'a' },
      { revision: 6, ...later, op: 'delete', type: 'policy', kind: 'resource', id: 'p' },
    ]);
  });

  it('after a revision are those that it has not, and none when there are none', async () => {
    expect((await changes()).body).toEqual({ changes: [], revision: 0 });
    for (const id of ['a', 'b', 'c']) await stored(served, `endpoints/${id}`, endpoint());
    expect((await changes('?after=1')).body).toMatchObject({ changes: [{ id: 'b' }, { id: 'c' }], revision: 3 });
    expect((await changes('?after=3')).body).toEqual({ changes: [], revision: 3 });
  });

  it.each(['after=-1', 'after=x', 'after=1.5', 'after=1e1', 'after=', 'after=99999999999999999999'])(
    '%s is malformed',
    async (query) => {
      expect(problemOf(await changes(`?${query}`))).toEqual(problem(400, 'malformed-request', ''));
    },
  );
  it.each(['wait=-1', 'wait=x', 'wait=61', 'wait=1s', 'after=0&after=1', 'since=0', 'limit=5', 'after=0&x'])(
    '%s is malformed',
    async (query) => {
      expect(problemOf(await changes(`?${query}`))).toEqual(problem(400, 'malformed-request', ''));
    },
  );

  /** In bytewise order, in which an import makes its changes. */
  const ids = (name: string, size: number) =>
    Array.from({ length: size }, (_, n) => `${name}-${String(n).padStart(4, '0')}`);
  const imported = (name: string, size: number) =>
    served.post('/v1/import', {
      formatVersion: 1,
      endpoints: ids(name, size).map((endpointId) => ({ endpointId, ...endpoint() })),
    });

  it('come in parts that end where a revision ends, with nothing missing and nothing twice', async () => {
    for (const [name, size] of Object.entries({ a: 600, b: 600, c: 5, d: 2500, e: 1 })) await imported(name, size);
    const parts: Part[] = [];
    do parts.push((await changes(`?after=${parts.at(-1)?.revision ?? 0}`)).body);
    while (parts.at(-1)!.changes.length > 0);

    expect(parts.at(-1)).toEqual({ changes: [], revision: 5 });
    expect(parts.length).toBeGreaterThan(2);
    let before = 0;
    for (const part of parts) {
      const revisions = part.changes.map(({ revision }) => revision);
      if (revisions.length > 0) expect([revisions[0], revisions.at(-1)]).toEqual([before + 1, part.revision]);
      before = part.revision;
    }
    expect(parts.flatMap((part) => part.changes.map(({ id }) => id))).toEqual([
      ...[...ids('a', 600), ...ids('b', 600), ...ids('c', 5), ...ids('d', 2500), ...ids('e', 1)],
    ]);
  });

  it('that others make are all seen by whoever goes on from part to part', async () => {
    const WRITERS = 8;
    const WRITES = 25;
    let writing = true;
    const seen: Change[] = [];
    const follow = async () => {
      let after = 0;
      for (let last = false; !last; ) {
        last = !writing;
        const { body }: { body: Part } = await changes(`?after=${after}&wait=${last ? 0 : 1}`);
        seen.push(...body.changes);
        after = body.revision;
      }
    };
    const following = follow();
    await Promise.all(
      Array.from({ length: WRITERS }, async (_, writer) => {
        for (let n = 0; n < WRITES; n++) await stored(served, `endpoints/w${writer}-${n}`, endpoint());
      }),
    );
    writing = false;
    await following;
    expect(seen.map(({ revision }) => revision)).toEqual(Array.from({ length: WRITERS * WRITES }, (_, n) => n + 1));
    expect(new Set(seen.map(({ id }) => id)).size).toBe(WRITERS * WRITES);
  });

  describe('after a revision that is not here yet', () => {
    it('are a 503, as of Postern-Min-Revision', async () => {
      await stored(served, 'endpoints/a', endpoint());
      const from = performance.now();
      expect(problemOf(await changes('?after=2'))).toEqual(problem(503, 'revision-not-reached'));
      expect(performance.now() - from).toBeGreaterThan(150);
    });

    it('are told when it comes in time', async () => {
      const waiting = changes('?after=1').then((answer) => answer);
      await pause(50);
      await stored(served, 'endpoints/a', endpoint());
      expect((await waiting).body).toEqual({ changes: [], revision: 1 });
    });
  });

  describe('that are waited for', () => {
    it('are told as soon as there are some', async () => {
      await stored(served, 'endpoints/a', endpoint());
      const waiting = Promise.all(Array.from({ length: 20 }, () => changes('?after=1&wait=30')));
      await pause(200);
      const from = performance.now();
      await stored(served, 'endpoints/b', endpoint());
      for (const { status, headers, body } of await waiting) {
        expect([status, headers['postern-revision']]).toEqual([200, '2']);
        expect(body).toMatchObject({ changes: [{ revision: 2, id: 'b' }], revision: 2 });
      }
      expect(performance.now() - from).toBeLessThan(5000);
    });

    it('are not waited for when there are some already', async () => {
      await stored(served, 'endpoints/a', endpoint());
      const from = performance.now();
      expect((await changes('?after=0&wait=60')).body.changes).toHaveLength(1);
      expect(performance.now() - from).toBeLessThan(5000);
    });

    it('and do not come are none, after the time that was given', async () => {
      await stored(served, 'endpoints/a', endpoint());
      const from = performance.now();
      expect((await changes('?after=1&wait=1')).body).toEqual({ changes: [], revision: 1 });
      expect(performance.now() - from).toBeGreaterThan(950);
    });
  });
});

describe('a server', () => {
  const directories: string[] = [];
  const running: Running[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((server) => server.stop()));
  });
  afterAll(() => {
    for (const each of directories) rmSync(each, { recursive: true });
  });

  async function start(settings: Readonly<Record<string, string>> = {}) {
    const directory = mkdtempSync(join(tmpdir(), 'postern-changes-'));
    directories.push(directory);
    const config = readConfig({
      POSTERN_PORT: '0',
      POSTERN_LOG_LEVEL: 'silent',
      POSTERN_DATA_DIR: directory,
      ...settings,
    });
    const server = await startServer(config);
    running.push(server);
    return server;
  }
  const codeOf = async (response: Response) => ((await response.json()) as { code?: string }).code;

  it('lets only so many wait, and forgets those who have gone', async () => {
    const { address } = await start({ POSTERN_MAX_WAITING: '2' });
    const leave = [new AbortController(), new AbortController()];
    const waiting = leave.map(({ signal }) => fetch(`${address}/v1/changes?wait=30`, { signal }));
    for (const each of waiting) each.catch(() => {});
    await pause(300);
    const refused = await fetch(`${address}/v1/changes?wait=30`);
    expect([refused.status, refused.headers.get('retry-after'), await codeOf(refused)]).toEqual([
      503,
      '1',
      'too-many-waiting',
    ]);
    expect((await fetch(`${address}/v1/changes`)).status).toBe(200);

    leave[0]!.abort();
    await pause(300);
    expect((await fetch(`${address}/v1/changes?wait=1`)).status).toBe(200);
    leave[1]!.abort();
  });

  it('that is to end answers those who wait', async () => {
    const server = await start();
    const waiting = Array.from({ length: 5 }, () => fetch(`${server.address}/v1/changes?wait=60`));
    await pause(300);
    const from = performance.now();
    running.splice(0);
    await server.stop();
    expect(performance.now() - from).toBeLessThan(5000);
    for (const answer of await Promise.all(waiting)) {
      expect([answer.status, await answer.json()]).toEqual([200, { changes: [], revision: 0 }]);
    }
  });
});
