import { lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BINARY, ended, postern, type Server, serve } from './binary.js';

const AWS = [
  ...['import', 'aws', '--account-id', '123412341234', '--region', 'us-east-1'],
  ...['--vpc-endpoints', 'examples/aws/vpc-endpoints.json', '--rest-apis', 'examples/aws/rest-apis.json'],
  ...['--resources', 'examples/aws/resources'],
];

let server: Server;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'postern-transfer-'));
  server = await serve();
});
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true });
});

const at = (name: string) => join(directory, name);

describe('postern import and export', () => {
  it('carry a store from a file to a server, to a file, to a data directory, and to a file again', async () => {
    const original = await readFile('examples/store.json', 'utf8');
    const there = ['--server', server.address];
    expect(await postern(['import', 'examples/store.json', '--dry-run', ...there])).toMatchObject({
      code: 0,
      out: expect.stringMatching(
        /^\+ endpoint policy two-apis\n[\s\S]*\n5 would change, 0 unchanged, compared with revision 0\n$/,
      ),
    });
    expect((await postern(['import', 'examples/store.json', ...there])).out).toContain(
      '5 changed, 0 unchanged, now at',
    );
    expect((await postern(['import', '-', ...there], { stdin: original })).out).toContain('0 changed, 5 unchanged');
    expect((await postern(['export', ...there])).out).toBe(original);
    expect(await postern(['export', ...there, '--output', at('one.json')])).toMatchObject({
      code: 0,
      out: '',
      err: '',
    });
    expect((await postern(['import', at('one.json'), '--data-dir', at('data')])).code).toBe(0);
    expect((await postern(['export', '--data-dir', at('data'), '--output', at('two.json')])).code).toBe(0);
    expect(await readFile(at('two.json'), 'utf8')).toBe(original);
  });

  it('a data directory that was filled is one to serve', async () => {
    expect((await postern([...AWS, '--data-dir', at('served')])).code).toBe(0);
    const filled = await serve({ POSTERN_DATA_DIR: at('served') });
    const asked = [
      '--principal',
      'anonymous',
      '--resource',
      'arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/GET/pets',
    ];
    const decided = await postern(['decide', '--server', filled.address, '--endpoint', 'vpce-1a2b3c4d', ...asked]);
    const busy = await postern(['export', '--data-dir', at('served')]);
    expect(await filled.stop()).toBe(0);
    expect([decided.code, decided.out]).toEqual([0, expect.stringContaining('Allow  ALLOWED')]);
    expect([busy.code, busy.out, busy.err]).toEqual([4, '', expect.stringContaining(at('served'))]);
  });

  it('prune what the document does not hold, and only then', async () => {
    const empty = '{"formatVersion":1,"policies":[],"endpoints":[],"apis":[]}';
    await postern(['import', 'examples/store.json', '--data-dir', at('pruned')]);
    expect((await postern(['import', '-', '--data-dir', at('pruned')], { stdin: empty })).out).toContain('0 changed');
    const { out } = await postern(['import', '-', '--prune', '--data-dir', at('pruned')], { stdin: empty });
    expect(out).toMatch(/- endpoint policy two-apis\n[\s\S]*5 changed/);
  });

  it.each(['--server', '--data-dir'])('tell a fault where it is in the file: %s', async (to) => {
    const text =
      '{\n  "formatVersion": 1,\n  "policies": [\n    { "kind": "endpoint", "name": "x", "document": {} }\n  ]\n}';
    await writeFile(at('faulty.json'), text);
    const { code, out, err } = await postern([
      'import',
      at('faulty.json'),
      to,
      to === '--server' ? server.address : at('faulty'),
    ]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(`${at('faulty.json')}:4:40  missing-statement`);
  });

  it.each<[what: string, args: string[]]>([
    ['no store', ['import', 'examples/store.json']],
    ['two stores', ['import', 'examples/store.json', '--server', 'http://127.0.0.1:1', '--data-dir', 'x']],
    ['no file', ['import', '--data-dir', 'x']],
    ['no store to export', ['export']],
    ['an option that aws has not', [...AWS, '--prune']],
    ['an output and a store', [...AWS, '--output', 'x', '--data-dir', 'x']],
  ])('end with 2 for %s', async (_, args) => {
    const { code, out, err } = await postern(args, { cwd: directory, env: {} });
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^(?:postern|error): .+\n/);
  });

  it('an export that breaks off leaves what was there', async () => {
    await writeFile(at('kept.json'), 'kept');
    const gone = await serve();
    await gone.stop();
    const { code } = await postern(['export', '--server', gone.address, '--output', at('kept.json')]);
    expect([code, await readFile(at('kept.json'), 'utf8')]).toEqual([4, 'kept']);
    expect((await readdir(directory)).filter((name) => name.startsWith('.postern-'))).toEqual([]);
  });
});

describe('an output', () => {
  it('stays what it is: a link, what may read it, a device', async () => {
    await writeFile(at('behind.json'), 'old', { mode: 0o640 });
    await symlink('behind.json', at('link.json'));
    expect((await postern([...AWS, '--output', at('link.json')])).code).toBe(0);
    expect((await lstat(at('link.json'))).isSymbolicLink()).toBe(true);
    expect(((await stat(at('behind.json'))).mode & 0o777).toString(8)).toBe('640');
    expect(JSON.parse(await readFile(at('behind.json'), 'utf8'))).toHaveProperty('formatVersion');
    const command = `"${process.execPath}" "${BINARY}" ${[...AWS, '--output', '/dev/stdout'].join(' ')} | cat`;
    const { code, out } = await ended('bash', ['-o', 'pipefail', '-c', command], {});
    expect([code, out]).toEqual([0, expect.stringMatching(/^\{\n"formatVersion": 1/)]);
  });

  it('that nobody reads to its end is no success', async () => {
    const command = `"${process.execPath}" "${BINARY}" ${[...AWS, '--output', '-'].join(' ')} 2>&1 | true`;
    const { code, err } = await ended('bash', ['-o', 'pipefail', '-c', command], {});
    expect([code, err]).toEqual([4, '']);
  });
});

describe('postern import aws', () => {
  it('writes a store document without a server, which decisions can be made by', async () => {
    const { code, out, err } = await postern([...AWS, '--output', at('aws.json')]);
    await expect(out).toMatchFileSnapshot('golden/import-aws.txt');
    expect([code, err]).toEqual([0, '']);
    const ask = async (endpoint: string) => {
      const resource = 'arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/GET/pets';
      const args = ['--principal', 'anonymous', '--resource', resource, '--endpoint', endpoint];
      return (await postern(['decide', '--store', at('aws.json'), ...args])).code;
    };
    expect([await ask('vpce-1a2b3c4d'), await ask('vpce-99999999')]).toEqual([0, 3]);
  });

  it('writes the document alone to standard output', async () => {
    const { out, err } = await postern([...AWS, '--output', '-']);
    expect(JSON.parse(out)).toMatchObject({ formatVersion: 1, endpoints: [{}, {}], apis: [{}, {}] });
    expect(err).toContain('6 changed');
  });

  it('stores on a server what it would write, and changes nothing the second time', async () => {
    const other = await serve();
    const dry = await postern([...AWS, '--server', other.address, '--dry-run']);
    const first = await postern([...AWS, '--server', other.address]);
    const second = await postern([...AWS, '--server', other.address]);
    const exported = await postern(['export', '--server', other.address]);
    await other.stop();
    expect([dry, first, second].map(({ out }) => /(\d) (?:would change|changed)/.exec(out)?.[1])).toEqual([
      '6',
      '6',
      '0',
    ]);
    expect(exported.out).toBe((await postern([...AWS, '--output', '-'])).out);
  });

  it('tells a bad entry at its place and ends with 1; with --strict it is refused', async () => {
    const broken = (await readFile('examples/aws/vpc-endpoints.json', 'utf8')).replace('"vpc-99999999"', '"none"');
    await writeFile(at('vpc-endpoints.json'), broken);
    const args = [...AWS.slice(0, 6), '--vpc-endpoints', at('vpc-endpoints.json'), '--output', at('part.json')];
    const { code, out } = await postern(args);
    expect([code, out]).toEqual([1, expect.stringMatching(/^error malformed \S+vpc-endpoints\.json:\d+:7\n/)]);
    expect(JSON.parse(await readFile(at('part.json'), 'utf8')).endpoints).toHaveLength(1);
    expect(await postern([...args, '--strict'])).toMatchObject({ code: 2, out: '' });
  });

  it('takes methods by the names of their files', async () => {
    await writeFile(at('not-an-api.json'), '{"items":[]}');
    const args = [...AWS.slice(0, 6), '--output', '-'];
    const named = await postern([...args, '--resources', 'examples/aws/resources/a1b2c3d4e5.json']);
    expect(named.err).toContain('/resources/');
    const wrong = await postern([...args, '--resources', at('not-an-api.json')]);
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('is not named after an API')]);
    expect((await postern(args)).code).toBe(2);
  });
});
