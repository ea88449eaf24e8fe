import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { postern, serve } from './binary.js';

describe('postern serve', () => {
  it('serves, passes over what is for clients, and ends with 0 on SIGTERM', async () => {
    const server = await serve({ POSTERN_KEY: 'for-clients' });
    const ready = await fetch(`${server.address}/readyz`);
    expect([ready.status, await server.stop()]).toEqual([200, 0]);
  });

  it('ends with 2 for settings that are wrong, and tells all of them', async () => {
    const { code, out, err } = await postern(['serve'], { env: { POSTERN_PORT: 'x', POSTERN_NONE: 'y' } });
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('POSTERN_PORT');
    expect(err).toContain('POSTERN_NONE: there is no such setting');
  });

  it('ends with 4 where the port, or the data directory, is taken', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'postern-serve-'));
    const server = await serve({ POSTERN_DATA_DIR: join(directory, 'first') });
    const { port } = new URL(server.address);
    const [one, other] = await Promise.all([
      postern(['serve'], { env: { POSTERN_PORT: port, POSTERN_DATA_DIR: join(directory, 'second') } }),
      postern(['serve'], { env: { POSTERN_PORT: '0', POSTERN_DATA_DIR: join(directory, 'first') } }),
    ]);
    await server.stop();
    await rm(directory, { recursive: true });
    expect([one.code, one.out, one.err]).toEqual([4, '', expect.stringContaining(port)]);
    expect([other.code, other.out, other.err]).toEqual([4, '', expect.stringContaining(directory)]);
    expect(one.err + other.err).not.toMatch(/\n\s+at /);
  });
});
