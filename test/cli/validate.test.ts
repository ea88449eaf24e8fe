import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postern, type Server, serve } from './binary.js';

const SEED = ['two-apis', 'get-of-one-stage', 'one-user'].map((name) => `examples/policies/endpoint/${name}.json`);
const BROKEN = 'test/cli/broken/endpoint.json';
const golden = (name: string) => `golden/${name}`;

let directory: string;
let server: Server;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'postern-validate-'));
  server = await serve();
});
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true });
});

const file = async (name: string, text: string): Promise<string> => {
  const path = join(directory, name);
  await writeFile(path, text);
  return path;
};

const allow = (changed: object = {}) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: '*', ...changed }],
});

describe('postern validate', () => {
  it('says that the documented policies are fine', async () => {
    const { code, out, err } = await postern(['validate', ...SEED]);
    await expect(out).toMatchFileSnapshot(golden('validate-seed.txt'));
    expect([code, err]).toEqual([0, '']);
  });

  it.each(['text', 'json', 'github'])('tells every fault with its place, as %s', async (format) => {
    const { code, out, err } = await postern(['validate', '--format', format, BROKEN]);
    await expect(out).toMatchFileSnapshot(golden(`validate-broken.${format === 'json' ? 'json' : `${format}.txt`}`));
    expect([code, err]).toEqual([1, '']);
  });

  it('says the same of a server as of files, members that stand twice too', async () => {
    const files = [...SEED, BROKEN, 'examples/policies/resource/only-our-vpc.json'];
    const [here, there] = await Promise.all([
      postern(['validate', '--format', 'json', ...files]),
      postern(['validate', '--format', 'json', ...files, '--server', server.address]),
    ]);
    expect(there).toEqual(here);
    expect(here.out).toContain('duplicate-member');
  });

  it('counts warnings as faults with --strict, and nothing less', async () => {
    const warned = await file('warned.json', JSON.stringify(allow({ Action: 's3:GetObject' })));
    const informed = 'examples/policies/resource/only-our-vpc.json';
    const codes = await Promise.all(
      [[warned], [warned, '--strict'], [informed, '--strict']].map(async (args) => {
        const { code, out } = await postern(['validate', ...args]);
        return [code, /(\d+ \w+)\n$/.exec(out)?.[1]];
      }),
    );
    expect(codes).toEqual([
      [0, '1 warning'],
      [1, '1 warning'],
      [0, '1 info'],
    ]);
  });

  it.each<[kind: string, name: string, document: object]>([
    ['endpoint', 'a.json', allow()],
    ['identity', 'b.json', allow({ Principal: undefined })],
    ['resource', 'c.json', allow({ Resource: ['execute-api:/*'] })],
    ['resource', 'resource-of-orders.json', allow()],
    ['endpoint', 'orders.endpoint.json', allow()],
    [
      'resource',
      'as-aws-prints-it.json',
      allow({ Condition: { StringEquals: { 'AWS:sourceVpce': 'vpce-1a2b3c4d' } } }),
    ],
  ])('takes a document for one of kind %s: %s', async (kind, name, document) => {
    const { out } = await postern(['validate', '--format', 'json', await file(name, JSON.stringify(document))]);
    expect(JSON.parse(out).files).toMatchObject([{ kind, guessed: true, valid: true }]);
  });

  it.each<[prints: string, output: object, says: string]>([
    ['get-policy-version', { PolicyVersion: { Document: allow(), VersionId: 'v1' } }, '--query PolicyVersion.Document'],
    ['get-role-policy', { RoleName: 'r', PolicyName: 'p', PolicyDocument: allow() }, '--query PolicyDocument'],
    ['describe-vpc-endpoints', { VpcEndpoints: [] }, 'postern import aws'],
    ['get-rest-apis', { items: [] }, 'postern import aws'],
    ['get-rest-api', { id: 'a', policy: '{}', endpointConfiguration: {} }, 'postern import aws'],
  ])('tells what to do with what aws … %s prints', async (_, output, says) => {
    const path = await file('aws.json', JSON.stringify(output));
    const { code, out } = await postern(['validate', '--format', 'json', path]);
    const [{ issues }] = JSON.parse(out).files;
    expect([code, issues]).toEqual([1, [expect.objectContaining({ code: 'aws-output', line: 1, column: 1 })]]);
    expect(issues[0].detail).toContain(says);
  });

  it('does not say of what it cannot read that it has no Principal', async () => {
    const { out } = await postern(['validate', await file('empty.json', '')]);
    expect(out).toContain('(guessed: it has no Statement)');
  });

  it('takes it for what --kind says', async () => {
    const path = await file('d.json', JSON.stringify(allow()));
    const { code, out } = await postern(['validate', '--kind', 'identity', '--format', 'json', path]);
    expect(code).toBe(1);
    expect(JSON.parse(out).files).toMatchObject([
      { kind: 'identity', guessed: false, issues: [{ code: 'unsupported-principal', line: 1 }] },
    ]);
  });

  it('reads standard input', async () => {
    const { code, out } = await postern(['validate', '--kind', 'endpoint', '-'], { stdin: '{\n "Statement": [],\n}' });
    expect(code).toBe(1);
    expect(out).toContain('<stdin>:3:1 error malformed-json');
  });

  it('takes off a byte order mark, and shows no control characters of a file', async () => {
    const text = `\uFEFF${JSON.stringify(allow({ Effect: 'x\u009b31m\u202e' }), null, 2)}`;
    const { out } = await postern(['validate', await file('e\u001b[31m.json', text)]);
    expect(out).toContain('invalid-effect');
    expect(out).toContain('\\u{1b}[31m');
    expect(out).toContain('\\u{9b}');
    for (const hidden of ['\u001b', '\u009b', '\u202e']) expect(out).not.toContain(hidden);
  });

  it('shows of a very long line what is around the place', async () => {
    const long = { Statement: { Sid: 'x'.repeat(5000), ...allow().Statement[0], Effect: 'allow' } };
    const { out } = await postern(['validate', await file('f.json', JSON.stringify(long))]);
    const excerpt = out.split('\n').findIndex((line) => line.includes('1 | …'));
    const [line = '', caret = ''] = out.split('\n').slice(excerpt);
    expect(line.length).toBeLessThan(120);
    expect(line.slice(caret.indexOf('^'))).toMatch(/^"Effect":"allow"/);
  });

  it('finds files in directories, by patterns, and through links', async () => {
    await symlink(join(process.cwd(), 'examples'), join(directory, 'linked'));
    const count = async (arg: string, cwd = process.cwd()) => {
      const { out, err } = await postern(['validate', '--format', 'json', arg], { cwd });
      return err === '' ? JSON.parse(out).files.length : err;
    };
    expect(await count('examples/policies')).toBe(4);
    expect(await count('examples/policies/*/*.json')).toBe(4);
    expect(await count('examples/**/one-*.json')).toBe(1);
    expect(await count('./examples/policies/**/t?o-apis.json')).toBe(1);
    expect(await count('linked/policies', directory)).toBe(4);
    expect(await count(join(process.cwd(), 'examples/policies/endpoint/*'))).toBe(3);
  });

  it.each<[what: string, args: string[], said: string]>([
    ['a file that is not there', ['no/such/file.json'], 'no/such/file.json does not exist'],
    ['a pattern that matches nothing', ['examples/*.nothing'], 'names no file'],
    ['a directory without policies', ['src'], 'names no file'],
    ['no file', [], "missing required argument 'file'"],
    ['an unknown option', ['--colour', 'x'], "unknown option '--colour'"],
    ['an unknown kind', ['--kind', 'bucket', 'x'], 'Allowed choices are endpoint, resource, identity'],
    ['a server without http', ['--server', 'postern:8080', 'x'], 'Write an http or https address'],
    ['a key for nobody', ['--key-file', 'x', 'x'], '--key-file is for a server'],
  ])('ends with 2 for %s', async (_, args, said) => {
    const { code, out, err } = await postern(['validate', ...args]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(said);
    expect(err).not.toMatch(/\n\s+at /);
  });

  it('reads no more than a mebibyte, and nothing that is not UTF-8', async () => {
    const large = await postern(['validate', await file('large.json', ' '.repeat(1024 * 1024 + 1))]);
    expect([large.code, large.err]).toEqual([2, expect.stringContaining('is larger than 1048576 bytes')]);
    const endless = await postern(['validate', '/dev/zero']);
    expect([endless.code, endless.err]).toEqual([2, expect.stringContaining('is larger than')]);
    const path = join(directory, 'latin.json');
    await writeFile(path, Buffer.from([0x22, 0xe4, 0x22]));
    const latin = await postern(['validate', path]);
    expect([latin.code, latin.err]).toEqual([2, expect.stringContaining('is not UTF-8 text')]);
  });

  it('ends with 4 where no server answers, and passes nothing', async () => {
    const stopped = await serve();
    await stopped.stop();
    const { code, out, err } = await postern(['validate', ...SEED, '--server', stopped.address]);
    expect([code, out]).toEqual([4, '']);
    expect(err).toContain(`no answer from ${stopped.address}: nothing listens there`);
  });

  it('keeps to the limits of the server that it is for', async () => {
    const { code, out } = await postern(['validate', ...SEED], { env: { POSTERN_MAX_ENDPOINT_POLICY: '150' } });
    expect(code).toBe(1);
    expect(out).toContain('error too-large');
    const wrong = await postern(['validate', ...SEED], {
      env: { POSTERN_MAX_ENDPOINT_POLICY: 'x', POSTERN_PORT: 'x' },
    });
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('POSTERN_MAX_ENDPOINT_POLICY')]);
    expect(wrong.err).not.toContain('POSTERN_PORT');
  });
});
