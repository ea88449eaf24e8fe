import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { allowAll, denyAll, endpoint } from '../contract/postern.js';
import { onPostgresServer } from '../store/on-postgres.js';
import { findPostgres } from '../store/postgres.js';
import { temporaryDirectory } from '../store/processes.js';
import { Replica } from '../store/replica.js';
import { decide, since, startOpen, startTwo } from './two-replicas.js';

const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');

/** The commands that `docs/operations.md` shows below a heading; each block begins with a word that tells them apart. */
function commands(heading: string, containing: string): string {
  const section = page.slice(page.indexOf(`\n## ${heading}\n`) + 1).split('\n## ')[0]!;
  const blocks = [...section.matchAll(/^```bash\n(.*?)^```$/gms)].map(([, text = '']) => text);
  const found = blocks.filter((text) => text.includes(containing));
  expect(found.length, `${heading}: ${containing}`).toBe(1);
  return found[0]!;
}

async function run(script: string, cwd: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
  const PATH = [findPostgres() ?? '', process.env.PATH].join(delimiter);
  await promisify(execFile)('bash', ['-euc', script], { cwd, env: { ...process.env, PATH, ...env } });
}

const hasSqlite = await run('command -v sqlite3', '.').then(
  () => true,
  () => false,
);

const AHEAD = 1_000_000;
const timeout = 60_000;

describe('a store that was restored as docs/operations.md says', { timeout }, () => {
  const running: { kill(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const each of running.splice(0)) await each.kill();
  });

  it.skipIf(!hasSqlite && 'no sqlite3 (apt-get install sqlite3)')('in a directory', async () => {
    const home = await temporaryDirectory();
    const settings = { POSTERN_DATA_DIR: join(home, 'data') };
    const first = await startOpen(settings);
    running.push(first);
    const before = await write(first);
    await run(commands('Back up', 'sqlite3'), home);
    const lost = await writeMore(first);
    await first.kill();

    await run(commands('Restore', 'sqlite3'), home);
    const again = await Replica.start(settings);
    running.push(again);
    await expectRestored([again], before, lost);
  });

  return onPostgresServer((server) => {
    it('in a database, while two replicas run', async () => {
      const POSTERN_DATABASE_URL = await server.createDatabase();
      const home = await temporaryDirectory();
      const replicas = await startTwo({ POSTERN_DATABASE_URL });
      running.push(replicas);
      const before = await write(replicas.both[0]);
      await run(commands('Back up', 'pg_dump'), home, { POSTERN_DATABASE_URL });
      const lost = await writeMore(replicas.both[0]);
      for (const replica of replicas.both) {
        expect((await decide(replica, since(lost.revision))).body.decision).toBe('Deny');
      }

      await run(commands('Restore', 'pg_restore'), home, { POSTERN_DATABASE_URL });
      const from = performance.now();
      for (const replica of replicas.both) {
        const isRestored = async () => expect((await decide(replica)).body.revision).toBe(before.revision + AHEAD);
        await vi.waitFor(isRestored, { timeout: 5_000 });
      }
      expect(performance.now() - from).toBeLessThan(5_000);
      await expectRestored(replicas.both, before, lost);

      // Nor need there be anything in whose place it is put.
      const empty = await server.createDatabase();
      await run(commands('Restore', 'pg_restore'), home, { POSTERN_DATABASE_URL: empty });
      const elsewhere = await Replica.start({ POSTERN_DATABASE_URL: empty });
      running.push(elsewhere);
      expect(await exported(elsewhere)).toBe(before.exported);
    });
  });
});

interface Written {
  readonly revision: number;
  readonly etag: string;
  /** All that is stored, as it is sent. */
  readonly exported: string;
}

const exported = async (replica: Replica): Promise<string> => (await fetch(`${replica.address}/v1/export`)).text();

/** What the backup has: a decision is Allow. */
async function write(replica: Replica): Promise<Written> {
  const revision = await replica.put('/v1/endpoints/kept', endpoint({ description: 'kept' }));
  return { revision, etag: `"${revision}"`, exported: await exported(replica) };
}

/** What it has not: a decision is Deny, and both records have been changed. */
async function writeMore(replica: Replica): Promise<Written> {
  await replica.put('/v1/policies/resource/open', { document: denyAll });
  const revision = await replica.put('/v1/endpoints/kept', endpoint({ description: 'lost' }));
  return { revision, etag: `"${revision}"`, exported: await exported(replica) };
}

async function expectRestored(replicas: readonly Replica[], before: Written, lost: Written): Promise<void> {
  const [first, last] = [replicas[0]!, replicas.at(-1)!];
  expect(lost.exported).not.toBe(before.exported);
  // Also for whoever has read of what is lost.
  for (const replica of replicas) {
    expect(await exported(replica)).toBe(before.exported);
    const { body } = await decide(replica, since(lost.revision));
    expect([body.decision, body.revision]).toEqual(['Allow', before.revision + AHEAD]);
  }
  const put = (etag: string) =>
    first.ask('PUT', '/v1/endpoints/kept', endpoint({ description: 'new' }), { 'if-match': etag });
  expect((await put(lost.etag)).status).toBe(412);
  for (const after of [before.revision, lost.revision]) {
    expect((await first.ask('GET', `/v1/changes?after=${after}`)).status).toBe(410);
  }

  const replaced = await put(before.etag);
  expect([replaced.status, replaced.headers.get('etag')]).toEqual([200, `"${before.revision + AHEAD + 1}"`]);
  const changes = await last.ask('GET', `/v1/changes?after=${before.revision + AHEAD}&wait=5`);
  expect(changes.body.changes).toMatchObject([{ id: 'kept', revision: before.revision + AHEAD + 1 }]);
  const policy = await first.ask('PUT', '/v1/policies/resource/open', { document: { ...allowAll, Id: 'again' } });
  expect(policy.body.version).toBe(2);
}
