import type { Command } from 'commander';
import { foundIf, teaching } from './command.js';
import type { ExitCode } from './exit-codes.js';
import { expand } from './expand.js';
import { judgeOf } from './judge-of.js';
import { junitReport, type TestedFile } from './junit.js';
import { readTests } from './policy-tests.js';
import { Progress } from './progress.js';
import { labelKey } from './question.js';
import { type ServerOptions, serverOf, withServer } from './server.js';
import { type Terminal, visible } from './terminal.js';
import { runTest, type TestOutcome } from './test-run.js';
import { writeWhole } from './write-file.js';

interface Options extends ServerOptions {
  readonly junit?: string;
  readonly store?: string;
}

const EXAMPLE = `
A file of tests (*.test.yaml):
  name: The endpoint policy two-apis
  given:                                  # a body of POST /v1/simulations, without its request
    scope: endpoint
    endpointPolicy: { file: ../endpoint/two-apis.json }
  request:                                # what every test asks, unless it says otherwise
    principal: anonymous
  tests:
    - name: lets everybody call the first API
      request: { resource: "arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/GET/pets" }
      expect: Allow
    - name: says nothing of a third API
      request: { resource: "arn:aws:execute-api:us-east-1:123412341234:bbbbb22222/prod/GET/pets" }
      expect: { decision: Deny, reason: IMPLICIT_DENY, layer: endpoint }

In \`expect\` there may also be \`statement\`: the Sid or the pointer of a statement that decided.
A policy is a document, { file: … } beside the test file, or with --store or --server the name of a stored one.`;

export const testCommand = (terminal: Terminal): Command =>
  withServer(
    teaching('test', {
      summary: 'run tests of policies',
      description:
        'Asks the questions of test files and compares the answers with what they expect. Of a test that fails it tells ' +
        'the difference, and the statements that decided.',
      examples: [
        { does: 'every test below a directory', run: 'postern test examples/policies' },
        { does: 'with a report for CI', run: 'postern test examples/policies --junit report.xml' },
        {
          does: 'against the policies and records that a server has stored',
          run: 'postern test examples/stored.test.yaml --server http://127.0.0.1:8080',
        },
      ],
    })
      .addHelpText('after', EXAMPLE)
      .argument('<path...>', 'test files, directories of them (*.test.yaml, *.test.yml), or patterns')
      .option('--junit <file>', 'also write a JUnit report')
      .option('--store <file>', 'ask by what this export of a store holds'),
  ).action(async (paths: string[], options: Options) => {
    terminal.exit = await test(terminal, paths, options);
  });

async function test(terminal: Terminal, paths: readonly string[], options: Options): Promise<ExitCode> {
  const server = await serverOf(terminal, options);
  const files = await expand(paths, ['.test.yaml', '.test.yml']);
  // All are read before any is asked: a file that cannot be read is no test that passes.
  const read = [];
  for (const file of files) read.push(await readTests(terminal, file));
  const judge = await judgeOf(terminal, server, options.store);
  const progress = new Progress(terminal.stderr);
  const count = read.reduce((sum, { tests }) => sum + tests.length, 0);
  const tested: TestedFile[] = [];
  try {
    let done = 0;
    for (const file of read) {
      const outcomes: TestOutcome[] = [];
      const milliseconds: number[] = [];
      for (const each of file.tests) {
        progress.show(`test ${++done} of ${count}`);
        const start = performance.now();
        outcomes.push(await runTest(each, judge));
        milliseconds.push(performance.now() - start);
      }
      tested.push({ ...file, outcomes, milliseconds });
    }
  } finally {
    progress.clear();
    await judge.close();
  }
  terminal.stdout.write(tested.map((file) => fileText(file, terminal)).join(''));
  if (options.junit !== undefined) await writeWhole(terminal, options.junit, [junitReport(tested, linesOf)]);
  const passed = tested.flatMap(({ outcomes }) => outcomes).filter(({ state }) => state === 'passed').length;
  terminal.line(`${count} ${count === 1 ? 'test' : 'tests'}: ${passed} passed, ${count - passed} failed`);
  return foundIf(passed < count);
}

function fileText({ file, name, tests, outcomes }: TestedFile, terminal: Terminal): string {
  const lines = tests.flatMap((each, at) => {
    const outcome = outcomes[at]!;
    if (outcome.state === 'passed') return [`  ${terminal.paint('green', '✓')} ${visible(each.name)}`];
    const where = terminal.paint('dim', visible(`${file}:${each.line}`));
    const more = linesOf(outcome, each.labels).map((line) => `      ${visible(line)}`);
    return [`  ${terminal.paint('red', '✗')} ${visible(each.name)}  ${where}`, ...more];
  });
  return `${terminal.paint('bold', visible(name))}\n${lines.join('\n')}\n\n`;
}

/** What went wrong: the difference, and how the answer came about. */
function linesOf(outcome: TestOutcome, labels: ReadonlyMap<string, string> = new Map()): readonly string[] {
  if (outcome.state === 'passed') return [];
  if (outcome.state === 'error') return outcome.lines;
  const { differences, answer } = outcome;
  const by = answer.determining.map(({ layer, index, name, pointer, sid, effect }) => {
    const policy = name ?? labels.get(labelKey(layer, index));
    return `decided by ${effect} ${pointer}${sid === null ? '' : ` "${sid}"`} of the ${layer} policy${policy === undefined ? '' : ` ${policy}`}`;
  });
  return [
    ...differences.map(({ what, expected, actual }) => `${what}: expected ${expected}, was ${actual}`),
    ...by,
    ...answer.summary.map((sentence) => `- ${sentence}`),
  ];
}
