import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postern, type Server, serve } from './binary.js';

const TWO = 'examples/policies/endpoint/two-apis.json';
const USER = 'examples/policies/endpoint/one-user.json';

let server: Server;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'postern-diff-'));
  server = await serve();
  await postern(['import', 'examples/store.json', '--server', server.address]);
});
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true });
});

const file = async (name: string, value: object): Promise<string> => {
  await writeFile(join(directory, name), JSON.stringify(value));
  return join(directory, name);
};
const statement = (changed: object) => ({ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*', ...changed });

describe('postern diff', () => {
  it('tells what has changed between two files, by statement', async () => {
    const before = await file('before.json', {
      Version: '2012-10-17',
      Statement: [
        statement({ Sid: 'Gone', Effect: 'Deny', Resource: 'arn:aws:execute-api:*:*:*/test/*' }),
        statement({ Sid: 'Kept' }),
        statement({ Sid: 'Ours', Condition: { StringEquals: { 'aws:SourceVpc': ['vpc-1', 'vpc-2'] } } }),
      ],
    });
    const after = await file('after.json', {
      Version: '2012-10-17',
      Statement: [
        statement({ Sid: 'Ours', Condition: { StringEquals: { 'aws:SourceVpc': ['vpc-2', 'vpc-3'] } } }),
        statement({ Sid: 'Kept' }),
        statement({ Sid: 'New\u001b[31m', Action: 'execute-api:Invoke' }),
      ],
    });
    const { code, out, err } = await postern(['diff', before, after, '--kind', 'endpoint']);
    await expect(out.replaceAll(directory, '')).toMatchFileSnapshot('golden/diff.txt');
    expect([code, err]).toEqual([1, '']);
    expect(out).not.toContain('\u001b');
    const json = await postern(['diff', before, after, '--kind', 'endpoint', '--format', 'json']);
    expect(JSON.parse(json.out)).toMatchObject({ after, sameMeaning: false, statements: expect.any(Array) });
  });

  it('finds none in layout, and with --meaning none in what changes no decision', async () => {
    const one = await file('one.json', { Statement: [statement({ Sid: 'A', Action: ['a:b', 'c:d'] })] });
    const same = await file('same.json', {
      Statement: [{ Sid: 'A', ...statement({ Action: ['c:d', 'a:b'] }) }],
    });
    const named = await file('named.json', { Statement: [statement({ Sid: 'B', Action: ['a:b', 'c:d'] })] });
    const codes = async (...args: string[]) => (await postern(['diff', ...args])).code;
    expect((await postern(['diff', TWO, TWO])).out).toBe('no difference\n');
    expect(await codes(one, same, '--meaning')).toBe(0);
    expect([
      await codes(one, named),
      await codes(one, named, '--meaning'),
      await codes(TWO, USER, '--meaning'),
    ]).toEqual([1, 0, 1]);
  });

  it('compares a file with what a server has stored', async () => {
    const to = ['--server', server.address];
    expect(await postern(['diff', TWO, ...to])).toMatchObject({ code: 0, out: 'no difference\n' });
    const other = await postern(['diff', USER, '--name', 'two-apis', ...to]);
    expect(other.code).toBe(1);
    expect(other.out).toContain('--- two-apis@1\n+++ examples/policies/endpoint/one-user.json\n');
    expect((await postern(['diff', TWO, '--name', 'two-apis@1', '--kind', 'endpoint', ...to])).code).toBe(0);
    for (const name of ['two-apis@7', 'none'])
      expect((await postern(['diff', TWO, '--name', name, ...to])).code).toBe(4);
  });

  it.each<[what: string, args: string[], said: string]>([
    ['one file and no server', [TWO], 'say what to compare'],
    ['a policy that is not valid', [TWO, 'examples/store.json'], 'store.json:2:1  unknown-element'],
    ['a name without a server', [TWO, USER, '--name', 'x'], '--name is for a server'],
  ])('ends with 2 for %s', async (_, args, said) => {
    const { code, out, err } = await postern(['diff', ...args]);
    expect([code, out, err]).toEqual([2, '', expect.stringContaining(said)]);
  });
});
