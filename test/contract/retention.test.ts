import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConfigError, readConfig } from '../../src/config.js';
import { type Running, startServer } from '../../src/server.js';
import { allowAll, denyAll, silent } from './postern.js';

const DAY = 86_400_000;

/** What is read of the answers here. */
interface Answer {
  readonly code?: string;
  readonly version: number;
  readonly items: readonly { readonly version: number }[];
  readonly changes: readonly unknown[];
  readonly before: { readonly version: number };
}

/** The clock is set on and the server started anew: it forgets when it starts, and then once an hour. */
describe('what is past', () => {
  let directory: string;
  let server: Running | undefined;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'postern-retention-'));
  });
  afterEach(async () => {
    vi.useRealTimers();
    await server?.stop();
    server = undefined;
    rmSync(directory, { recursive: true });
  });

  async function start(day: number, settings: Readonly<Record<string, string>>) {
    await server?.stop();
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) + day * DAY, toFake: ['Date'] });
    const config = readConfig({
      POSTERN_PORT: '0',
      POSTERN_LOG_LEVEL: 'silent',
      POSTERN_DATA_DIR: directory,
      ...settings,
    });
    server = await startServer(config);
  }
  async function send(method: string, path: string, body?: object) {
    const response = await fetch(`${server!.address}/v1/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = (await response.text()) || '{}';
    return { status: response.status, body: JSON.parse(text) as Answer };
  }
  const put = (document: object) => send('PUT', 'policies/resource/p', { document });
  const versions = async () =>
    (await send('GET', 'policies/resource/p/versions')).body.items.map(({ version }) => version);
  /** Forgetting goes on beside requests. */
  async function eventually(check: () => Promise<void>): Promise<void> {
    await vi.waitFor(check, { timeout: 10_000, interval: 50 });
  }

  it('is kept without a setting', async () => {
    await start(0, {});
    await put(allowAll);
    await put(denyAll);
    await start(20_000, {});
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await send('GET', 'changes')).body.changes).toHaveLength(2);
    expect(await versions()).toEqual([2, 1]);
  });

  it('of changes is forgotten after POSTERN_RETAIN_CHANGES days: 410', async () => {
    const settings = { POSTERN_RETAIN_CHANGES: '30' };
    await start(0, settings);
    await put(allowAll);
    await start(20, settings);
    await put(denyAll);
    await start(40, settings);
    await eventually(async () => {
      const { status, body } = await send('GET', 'changes?after=0&wait=30');
      expect([status, body.code]).toEqual([410, 'changes-forgotten']);
    });
    expect((await send('GET', 'changes?after=1')).body).toMatchObject({ changes: [{ version: 2 }], revision: 2 });
    expect(await versions()).toEqual([2, 1]);

    await start(60, settings);
    await eventually(async () => expect((await send('GET', 'changes?after=1')).status).toBe(410));
    expect((await send('GET', 'changes?after=2')).body).toEqual({ changes: [], revision: 2 });
    await put(allowAll);
    expect((await send('GET', 'changes?after=2')).body).toMatchObject({ changes: [{ version: 3 }], revision: 3 });
  });

  it('of versions is forgotten POSTERN_RETAIN_VERSIONS days after another has replaced them: 404', async () => {
    const settings = { POSTERN_RETAIN_VERSIONS: '30' };
    await start(0, settings);
    await put(allowAll);
    await start(100, settings);
    expect(await versions()).toEqual([1]);
    await put(denyAll);
    await start(120, settings);
    await put(silent);
    await start(140, settings);
    await eventually(async () => expect(await versions()).toEqual([3, 2]));
    expect((await send('GET', 'policies/resource/p/versions/1')).status).toBe(404);
    expect((await send('POST', 'policies/resource/p/versions/1/restore')).status).toBe(404);
    expect((await send('GET', 'policies/resource/p/versions/2/diff')).status).toBe(404);
    expect((await send('GET', 'policies/resource/p/versions/3/diff')).body.before.version).toBe(2);
    expect((await send('GET', 'changes')).body.changes).toHaveLength(3);

    await send('DELETE', 'policies/resource/p');
    await start(10_000, settings);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await put(allowAll)).body.version).toBe(4);
  });

  it.each(['0', '-1', '1.5', '36501', 'all', ''])('%s is no number of days', (days) => {
    const env = { POSTERN_RETAIN_CHANGES: days, POSTERN_RETAIN_VERSIONS: days };
    expect(() => readConfig(env)).toThrow(ConfigError);
  });
});
