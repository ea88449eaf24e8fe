import { afterEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.js';
import { type Running, startServer } from '../../src/server.js';
import { onPostgres } from '../store/on-postgres.js';
import { endpoint } from './postern.js';

interface Part {
  readonly changes: readonly { readonly revision: number; readonly id: string }[];
  readonly revision: number;
}

const WRITES = 40;
const IMPORTED = 1500;

await onPostgres((databases) =>
  describe('changes on two replicas', { timeout: 60_000 }, () => {
    const running: Running[] = [];
    afterEach(async () => {
      await Promise.all(running.splice(0).map((server) => server.stop()));
    });

    async function start(POSTERN_DATABASE_URL: string): Promise<string> {
      const config = readConfig({ POSTERN_PORT: '0', POSTERN_LOG_LEVEL: 'silent', POSTERN_DATABASE_URL });
      const server = await startServer(config);
      running.push(server);
      return server.address;
    }
    async function send(method: string, address: string, body: object): Promise<Response> {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(address, { method, headers, body: JSON.stringify(body) });
      expect(response.ok, await response.clone().text()).toBe(true);
      return response;
    }
    const write = (replica: string, id: string) => send('PUT', `${replica}/v1/endpoints/${id}`, endpoint());

    it('are all seen, once and in order, whichever replica made them and whichever is asked next', async () => {
      const url = await databases.createDatabase();
      const replicas = [await start(url), await start(url)];
      let writing = true;
      const seen: Part['changes'][number][] = [];
      const follow = async () => {
        for (let after = 0, asked = 0, last = false; !last; asked++) {
          last = !writing;
          const response = await fetch(`${replicas[asked % 2]}/v1/changes?after=${after}&wait=${last ? 0 : 1}`);
          const part = (await response.json()) as Part;
          expect(Number(response.headers.get('postern-revision'))).toBeGreaterThanOrEqual(part.revision);
          seen.push(...part.changes);
          after = part.revision;
          // What one has told, the other may not know yet.
          last &&= Number(response.headers.get('postern-revision')) === 2 * WRITES + 1;
        }
      };
      const following = follow();
      const writers = replicas.map(async (replica, at) => {
        for (let n = 0; n < WRITES; n++) await write(replica, `w${at}-${n}`);
      });
      const endpoints = Array.from({ length: IMPORTED }, (_, n) => ({ endpointId: `i-${n}`, ...endpoint() }));
      // Beside other writers an import may be a conflict: it comes last.
      await Promise.all(writers);
      await send('POST', `${replicas[0]}/v1/import`, { formatVersion: 1, endpoints });
      writing = false;
      await following;

      const revisions = seen.map(({ revision }) => revision);
      expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
      expect(new Set(revisions).size).toBe(2 * WRITES + 1);
      expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
      expect(seen.length).toBe(2 * WRITES + IMPORTED);
    });

    it('are told by the other as soon as they are made', async () => {
      const url = await databases.createDatabase();
      const [one, other] = [await start(url), await start(url)];
      const waiting = fetch(`${other}/v1/changes?wait=30`);
      await new Promise((resolve) => setTimeout(resolve, 300));
      const from = performance.now();
      await write(one, 'e');
      expect(await (await waiting).json()).toMatchObject({ changes: [{ id: 'e' }], revision: 1 });
      expect(performance.now() - from).toBeLessThan(5000);
    });
  }),
);
