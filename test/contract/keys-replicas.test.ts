import { afterEach, describe, expect, it, vi } from 'vitest';
import { readConfig } from '../../src/config.js';
import { type Running, startServer } from '../../src/server.js';
import { onPostgres } from '../store/on-postgres.js';
import { BOOTSTRAP } from './secured.js';

await onPostgres((databases) =>
  describe('keys on two replicas', { timeout: 60_000 }, () => {
    const running: Running[] = [];
    afterEach(async () => {
      await Promise.all(running.splice(0).map((server) => server.stop()));
    });

    async function start(url: string) {
      const settings = { POSTERN_AUTH: 'required', POSTERN_BOOTSTRAP_KEY: BOOTSTRAP, POSTERN_DATABASE_URL: url };
      const server = await startServer(readConfig({ POSTERN_PORT: '0', POSTERN_LOG_LEVEL: 'silent', ...settings }));
      running.push(server);
      return async (key: string, method: string, path: string, body?: object) => {
        const response = await fetch(`${server.address}${path}`, {
          method,
          headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
          ...(body && { body: JSON.stringify(body) }),
        });
        const text = await response.text();
        return { status: response.status, body: text === '' ? null : JSON.parse(text) };
      };
    }
    type Ask = Awaited<ReturnType<typeof start>>;
    const make = async (ask: Ask, name: string): Promise<string> =>
      (await ask(BOOTSTRAP, 'PUT', `/v1/keys/${name}`, { roles: ['read'] })).body.key;

    it('are taken by the other at once, in the request after the one that made them', async () => {
      const url = await databases.createDatabase();
      const [one, other] = [await start(url), await start(url)];
      for (let n = 0; n < 30; n++) {
        const key = await make(n % 2 ? one : other, `k${n}`);
        expect((await (n % 2 ? other : one)(key, 'GET', '/v1/endpoints')).status).toBe(200);
      }
    });

    it('are refused by the other as soon as it hears that they are revoked', async () => {
      const url = await databases.createDatabase();
      const [one, other] = [await start(url), await start(url)];
      const key = await make(one, 'blue');
      expect((await other(key, 'GET', '/v1/endpoints')).status).toBe(200);
      expect((await one(BOOTSTRAP, 'DELETE', '/v1/keys/blue')).status).toBe(204);
      expect((await one(key, 'GET', '/v1/endpoints')).status).toBe(401);
      const from = performance.now();
      await vi.waitFor(async () => expect((await other(key, 'GET', '/v1/endpoints')).status).toBe(401), {
        timeout: 5000,
        interval: 5,
      });
      expect(performance.now() - from).toBeLessThan(2000);
    });

    it('are known to have been used, whichever replica took them', async () => {
      const url = await databases.createDatabase();
      const [one, other] = [await start(url), await start(url)];
      const key = await make(one, 'blue');
      const lastUse = async (ask: Ask) => (await ask(BOOTSTRAP, 'GET', '/v1/keys/blue')).body.lastUsedAt;
      expect(await lastUse(one)).toBeNull();
      await other(key, 'GET', '/v1/endpoints');
      expect(await lastUse(other)).not.toBeNull();
      // It is noted in the end.
      await running.pop()!.stop();
      expect(await lastUse(one)).not.toBeNull();
    });
  }),
);
