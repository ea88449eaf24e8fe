import type { TestFile } from './policy-tests.js';
import type { TestOutcome } from './test-run.js';

/** A file of tests and what came of each, in the order of the file. */
export interface TestedFile extends TestFile {
  readonly outcomes: readonly TestOutcome[];
  /** Of each test. */
  readonly milliseconds: readonly number[];
}

/** A report as CI systems read it: Jenkins' `junit-10.xsd`, which is what the others follow. */
export function junitReport(
  files: readonly TestedFile[],
  linesOf: (outcome: TestOutcome) => readonly string[],
): string {
  const all = attributes({ name: 'postern test', ...totals(files) });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${all}>\n${files.map((file) => suite(file, linesOf)).join('')}</testsuites>\n`;
}

function suite(file: TestedFile, linesOf: (outcome: TestOutcome) => readonly string[]): string {
  const cases = file.tests.map((test, at) => {
    const outcome = file.outcomes[at]!;
    const who = attributes({
      classname: file.file,
      name: test.name,
      file: file.file,
      line: test.line,
      time: seconds(file.milliseconds[at]!),
    });
    if (outcome.state === 'passed') return `    <testcase${who}/>\n`;
    const element = outcome.state === 'failed' ? 'failure' : 'error';
    const [message = '', ...more] = linesOf(outcome);
    const body = escaped([message, ...more].join('\n'));
    return `    <testcase${who}>\n      <${element}${attributes({ message })}>${body}</${element}>\n    </testcase>\n`;
  });
  const head = attributes({ name: file.name, file: file.file, ...totals([file]) });
  return `  <testsuite${head}>\n${cases.join('')}  </testsuite>\n`;
}

function totals(files: readonly TestedFile[]) {
  const outcomes = files.flatMap((file) => file.outcomes);
  const count = (state: TestOutcome['state']): number => outcomes.filter((outcome) => outcome.state === state).length;
  const time = files.flatMap(({ milliseconds }) => milliseconds).reduce((sum, each) => sum + each, 0);
  return { tests: outcomes.length, failures: count('failed'), errors: count('error'), time: seconds(time) };
}

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(3);

const attributes = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(String(value)).replaceAll('\n', '&#10;')}"`)
    .join('');

/** Characters that XML 1.0 has no way to write are left out. */
const escaped = (text: string): string =>
  text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
