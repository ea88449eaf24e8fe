import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postern, type Server, serve } from './binary.js';

const BOOTSTRAP = 'bootstrap-key-of-the-tests-0123456789abcdef';
let server: Server;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'postern-keys-'));
  server = await serve({ POSTERN_AUTH: 'required', POSTERN_BOOTSTRAP_KEY: BOOTSTRAP });
});
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true });
});

const keys = (args: readonly string[], key = BOOTSTRAP) =>
  postern(['keys', ...args, '--server', server.address], { env: key === '' ? {} : { POSTERN_KEY: key } });
const exported = (key: string) => postern(['export', '--server', server.address], { env: { POSTERN_KEY: key } });

describe('postern keys', () => {
  it('makes a key that does what its roles say, lists it, and revokes it', async () => {
    const made = await keys([
      'create',
      'ci',
      '--role',
      'read',
      '--description',
      'CI of team blue',
      '--expires-in',
      '90',
    ]);
    expect([made.code, made.out, made.err]).toEqual([
      0,
      expect.stringMatching(/^postern_\w{49}\n$/),
      'made ci: this is the only time that it is shown\n',
    ]);
    const key = made.out.trim();
    expect((await exported(key)).code).toBe(0);
    const above = await keys(['list'], key);
    expect([above.code, above.out, above.err]).toEqual([4, '', expect.stringContaining('403')]);
    const listed = await keys(['list']);
    expect(listed.out).toMatch(
      /^name\s+roles\s+expires\s+last used\nci\s+read\s+\d{4}-\d\d-\d\dT\S+\s+\S+\s+CI of team blue\n$/,
    );
    expect(listed.out).not.toContain(key);
    const { keys: told } = JSON.parse((await keys(['list', '--format', 'json'])).out);
    expect(told).toMatchObject([{ name: 'ci', roles: ['read'] }]);
    const days = (Date.parse(told[0].expiresAt) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(89);
    expect(days).toBeLessThanOrEqual(90);

    expect(await keys(['revoke', 'ci'])).toMatchObject({ code: 0, out: 'revoked ci\n' });
    const refused = await exported(key);
    expect([refused.code, refused.out, refused.err]).toEqual([4, '', expect.stringContaining('401')]);
    expect((await keys(['revoke', 'ci'])).code).toBe(4);
  });

  it('writes a key into a file that only its owner may read', async () => {
    const path = join(directory, 'gateway.key');
    await writeFile(path, 'of yesterday', { mode: 0o644 });
    const made = await keys(['create', 'gateway', '--role', 'decide', '--role', 'read', '--output', path]);
    expect([made.code, made.out]).toEqual([0, '']);
    expect(((await stat(path)).mode & 0o777).toString(8)).toBe('600');
    expect(made.err).not.toContain((await readFile(path, 'utf8')).trim());
    const used = await postern(['export', '--server', server.address, '--key-file', path]);
    expect(used.code).toBe(0);
  });

  it('does not change a key that is there', async () => {
    await keys(['create', 'kept', '--role', 'read']);
    const again = await keys(['create', 'kept', '--role', 'admin']);
    expect([again.code, again.out, again.err]).toEqual([
      4,
      '',
      expect.stringContaining('already: choose another name'),
    ]);
    expect((await keys(['list'])).out).toMatch(/^kept\s+read /m);
  });

  it.each<[what: string, args: string[], code: number]>([
    ['no server', ['keys', 'list'], 2],
    ['no role', ['keys', 'create', 'x'], 2],
    ['an unknown role', ['keys', 'create', 'x', '--role', 'root'], 2],
    ['a time that is none', ['keys', 'create', 'x', '--role', 'read', '--expires-in', 'soon'], 2],
    ['nothing to do', ['keys'], 2],
  ])('ends with 2 for %s', async (_, args, code) => {
    expect((await postern(args)).code).toBe(code);
  });

  it('is refused without a key', async () => {
    const { code, err } = await keys(['list'], '');
    expect([code, err]).toEqual([4, expect.stringContaining('401')]);
  });
});
