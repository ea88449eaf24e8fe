import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examplesOf } from '../../src/cli/command.js';
import { EXIT } from '../../src/cli/exit-codes.js';
import { postern, ROOT, serve } from './binary.js';
import { commands, reference } from './reference.js';
import { type Workbench, workbench } from './workbench.js';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});
afterAll(() => bench.clear());

describe('the reference', () => {
  it('is what the commands say of themselves', async () => {
    await expect(reference()).toMatchFileSnapshot('../../docs/command-line.md');
  });

  it.each(commands().map(({ path }) => path.slice(1)))(
    '%s %s --help shows examples and ends with 0',
    async (...path) => {
      const { code, out, err } = await postern([...path.filter(Boolean), '--help']);
      expect([code, err]).toEqual([0, '']);
      expect(out).toContain(`Usage: ${['postern', ...path].join(' ').trim()}`);
      expect(out).toContain(path.length === 0 ? 'Exit codes:' : 'Examples:\n  # ');
    },
  );

  it('tells the version of the package', async () => {
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
    expect(await postern(['--version'])).toMatchObject({ code: 0, out: `${version}\n` });
  });

  it('a command that does not exist ends with 2', async () => {
    const { code, out, err } = await postern(['vaildate']);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('Did you mean validate?');
    expect((await postern([])).code).toBe(2);
  });
});

const examples = commands().flatMap(({ command }) => examplesOf(command));

describe('an example', () => {
  it.each(examples.filter(({ serves }) => !serves).map((example) => [example.run, example] as const))(
    'of the help works: %s',
    async (_, { run, exit = EXIT.ok }) => {
      const { code, out, err } = await bench.run(run);
      expect(code, err).toBe(exit);
      if (!run.includes('--output') && !run.includes('--format github')) expect(out).not.toBe('');
    },
  );

  // Not the one with a database: that it is served is shown where there is one.
  const servers = examples.filter(({ serves, run }) => serves && !run.includes('POSTERN_DATABASE_URL'));
  it.each(servers.map(({ run }) => run))('of a server starts one: %s', async (run) => {
    const settings = [...run.matchAll(/(POSTERN_\w+)=(\S+)/g)].map(([, name, value]) => [name, value]);
    // Of port and directory only what the tests may have.
    const directory = join(bench.directory, 'elsewhere');
    const server = await serve({ ...Object.fromEntries(settings), POSTERN_PORT: '0', POSTERN_DATA_DIR: directory });
    const ready = await fetch(`${server.address}/readyz`);
    expect([ready.status, await server.stop()]).toEqual([200, 0]);
    await rm(directory, { recursive: true, force: true });
  });
});
