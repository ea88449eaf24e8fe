import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postern, ROOT, type Server, serve } from './binary.js';
import { type Element, parseXml } from './xml.js';

let server: Server;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'postern-tests-'));
  server = await serve();
  await postern(['import', 'examples/store.json', '--server', server.address]);
});
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true });
});

async function files(texts: Readonly<Record<string, string>>): Promise<string> {
  const base = await mkdtemp(join(directory, 'case-'));
  for (const [name, text] of Object.entries(texts)) {
    await mkdir(dirname(join(base, name)), { recursive: true });
    await writeFile(join(base, name), text);
  }
  return base;
}

const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Sid: 'Pets', Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: '*' },
    {
      Sid: 'NoDelete',
      Effect: 'Deny',
      Principal: '*',
      Action: 'execute-api:Invoke',
      Resource: 'arn:aws:execute-api:*:*:*/*/DELETE/*',
    },
  ],
});
const FAILING = `name: Pets & <others>
given: { scope: endpoint, endpointPolicy: { file: ../pets.json } }
request: { principal: anonymous, resource: "arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/GET/pets" }
tests:
  - name: passes
    expect: { decision: Allow, statement: Pets }
  - name: expects "too" little \\ <b>
    request: { resource: "arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/DELETE/pets" }
    expect: Allow
  - name: expects another reason
    request: { resource: "arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/DELETE/pets" }
    expect: { decision: Deny, reason: IMPLICIT_DENY, layer: resource, statement: /Statement/0 }
  - name: asks what cannot be asked
    request: { resource: nonsense, context: { "aws:SourceIp": "x" } }
    expect: Deny
`;

describe('postern test', () => {
  it('runs the tests of the documented policies', async () => {
    const { code, out, err } = await postern(['test', 'examples/policies']);
    await expect(out).toMatchFileSnapshot('golden/test-examples.txt');
    expect([code, err]).toEqual([0, '']);
  });

  it('tells of a test that fails the difference, the place, and what decided', async () => {
    const base = await files({ 'tests/pets.test.yaml': FAILING, 'pets.json': POLICY });
    const { code, out, err } = await postern(['test', 'tests', '--junit', 'report.xml'], { cwd: base });
    await expect(out).toMatchFileSnapshot('golden/test-failing.txt');
    expect([code, err]).toEqual([1, '']);

    const report = await readFile(join(base, 'report.xml'), 'utf8');
    const untimed = ({ name, attributes: { time, ...attributes }, children, text }: Element): object => {
      if (name !== 'failure' && name !== 'error') expect(time).toMatch(/^\d+\.\d{3}$/);
      return { name, attributes, children: children.map(untimed), text: text.trim().split('\n')[0] };
    };
    const cases = ['passes', 'expects "too" little \\ <b>', 'expects another reason', 'asks what cannot be asked'];
    const counts = { tests: '4', failures: '2', errors: '1' };
    expect(untimed(parseXml(report))).toMatchObject({
      name: 'testsuites',
      attributes: counts,
      children: [
        {
          name: 'testsuite',
          attributes: { name: 'Pets & <others>', ...counts },
          children: cases.map((name, at) => ({
            name: 'testcase',
            attributes: { name, file: 'tests/pets.test.yaml' },
            children: [[], ['failure'], ['failure'], ['error']][at]!.map((name) => ({ name })),
          })),
        },
      ],
    });
    expect(report).toContain('message="decision: expected Allow, was Deny"');
  });

  it('asks what a server has stored, and what an export says', async () => {
    const [there, here] = await Promise.all([
      postern(['test', 'examples/stored.test.yaml', '--server', server.address]),
      postern(['test', 'examples/stored.test.yaml', '--store', 'examples/store.json']),
    ]);
    expect([there.code, there.out]).toEqual([0, expect.stringContaining('3 tests: 3 passed')]);
    expect(here.out).toBe(there.out);
  });

  it('does not pass where the server is gone', async () => {
    const gone = await serve();
    await gone.stop();
    const { code, out } = await postern(['test', 'examples/stored.test.yaml', '--server', gone.address]);
    expect(code).toBe(4);
    expect(out).not.toContain('✓');
  });

  it('takes policies that are written into the test, and YAML for what it says', async () => {
    const base = await files({
      'inline.test.yml': `
given:
  authorizationType: AWS_IAM
  resourcePolicy: &all { Version: "2012-10-17", Statement: { Effect: Allow, Principal: { AWS: "123412341234" }, Action: execute-api:Invoke, Resource: "*" } }
  identityPolicies: [{ file: no.json }, { Statement: { Effect: Allow, Action: "*", Resource: "*", Condition: { StringEquals: { "aws:PrincipalTag/on": no } } } }]
request:
  principal: arn:aws:iam::123412341234:user/MyUser
  resource: arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/GET/pets
tests:
  - { name: "no is a text", request: { context: { "aws:PrincipalTag/on": "no" } }, expect: Allow }
  - { name: and nothing else, request: { context: { "aws:PrincipalTag/on": "false" } }, expect: { decision: Deny, layer: identity } }
`,
      'no.json': '{"Statement":{"Effect":"Deny","Action":"execute-api:ManageConnections","Resource":"*"}}',
    });
    const { code, out } = await postern(['test', base]);
    expect([code, out]).toEqual([0, expect.stringContaining('2 passed')]);
  });

  it.each<[what: string, text: string, said: string]>([
    ['no YAML', 'tests: [', 'x.test.yaml:1:9 is not YAML'],
    ['a key twice', 'tests: []\ntests: []', 'x.test.yaml:2:1 is not YAML'],
    [
      'two documents',
      'tests: []\n---\ntests: []',
      'x.test.yaml:2:1 is not YAML that can be used: write one document a file',
    ],
    ['a tag', 'tests: !!js/function "x"', 'is not YAML that can be used'],
    ['no tests', 'tests: []', 'x.test.yaml:1:1  out-of-range'],
    ['nothing', '', 'x.test.yaml:1:1  wrong-type'],
    [
      'a member that does not exist',
      'tests:\n - name: a\n   expect: Allow\n   expected: Deny',
      'x.test.yaml:4:4  unknown-member',
    ],
    ['a test that expects nothing', 'tests:\n - name: a', 'x.test.yaml:2:4  missing-member'],
    ['a decision that is none', 'tests:\n - name: a\n   expect: allow', 'x.test.yaml:3:4'],
    ['a reason that is none', 'tests:\n - name: a\n   expect: { decision: Deny, reason: NO }', 'x.test.yaml:3'],
    [
      'a policy that is not there',
      'given: { endpointPolicy: { file: none.json } }\ntests:\n - { name: a, expect: Allow }',
      'none.json does not exist',
    ],
  ])('ends with 2 for a file with %s', async (_, text, said) => {
    const base = await files({ 'x.test.yaml': text, 'good.test.yaml': 'tests: [{ name: a, expect: Deny }]' });
    const { code, out, err } = await postern(['test', base]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(said);
    expect(err).not.toMatch(/\n\s+at /);
  });

  it('is not overwhelmed by aliases of aliases, or by depth', async () => {
    const levels = Array.from({ length: 30 }, (_, at) => `a${at + 1}: &a${at + 1} [${`*a${at},`.repeat(9)}]`);
    const bomb = await files({ 'x.test.yaml': `a0: &a0 [x]\n${levels.join('\n')}\ntests: []` });
    const deep = await files({ 'x.test.yaml': `tests: ${'['.repeat(200_000)}` });
    for (const base of [bomb, deep]) {
      const { code, err } = await postern(['test', base]);
      expect([code, err]).toEqual([2, expect.stringContaining('is not YAML that can be used')]);
    }
  });

  it('ends with 2 where there are no test files', async () => {
    const { code, err } = await postern(['test', 'src']);
    expect([code, err]).toEqual([2, expect.stringContaining('names no file (.test.yaml, .test.yml)')]);
  });

  it('writes no report that says less than it ran', async () => {
    const { code, err } = await postern([
      'test',
      join(ROOT, 'examples/policies'),
      '--junit',
      join(directory, 'no/such/report.xml'),
    ]);
    expect([code, err]).toEqual([2, expect.stringContaining('cannot be written')]);
  });
});
