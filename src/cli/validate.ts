import { type Command, Option } from 'commander';
import { POLICY_KINDS, type PolicyKind } from '../policy/document.js';
import type { Issue } from '../policy/issue.js';
import { type JsonResult, parseJson } from '../policy/json.js';
import { type Validation, validateDocument } from '../service/validate-document.js';
import { awsOutput } from './aws-output.js';
import { foundIf, teaching } from './command.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { expand } from './expand.js';
import { Failure } from './failure.js';
import { JSON_LIMITS, MAX_SMALL_FILE, nameOf, readText } from './input.js';
import { placesAt } from './json-places.js';
import { guessKind } from './policy-kind.js';
import { Progress } from './progress.js';
import { type Server, type ServerOptions, serverOf, withServer } from './server.js';
import { jsonSource, type Source } from './source.js';
import type { Terminal } from './terminal.js';
import { type FileReport, type Placed, reports } from './validate-report.js';

interface Options extends ServerOptions {
  readonly kind?: PolicyKind;
  readonly strict?: boolean;
  readonly format: keyof typeof reports;
}

export const validateCommand = (terminal: Terminal): Command =>
  withServer(
    teaching('validate', {
      summary: 'find what is wrong with policy documents',
      description:
        'Reads policy documents as Postern does when they are stored, and tells every fault and every finding with its ' +
        'line and column. A fault stops a policy; a finding is advice: docs/findings.md explains each.',
      examples: [
        { does: 'every policy below a directory', run: 'postern validate examples/policies' },
        {
          does: 'a pattern that the shell does not expand',
          run: "postern validate 'examples/policies/**/*.json' --strict",
        },
        {
          does: 'from a pipe, of a kind that no path tells',
          run: 'cat examples/policies/endpoint/one-user.json | postern validate --kind endpoint -',
        },
        {
          does: 'as annotations of a pull request in GitHub Actions',
          run: 'postern validate --format github examples/policies',
        },
      ],
    })
      .argument('<file...>', 'policy documents, directories of them (*.json), patterns, or - for standard input')
      .addOption(
        new Option('--kind <kind>', 'what the documents are; else it is guessed, and said').choices([...POLICY_KINDS]),
      )
      .option('--strict', 'findings that are warnings count as faults')
      .addOption(new Option('--format <format>', 'form of the report').choices(Object.keys(reports)).default('text')),
  ).action(async (args: string[], options: Options) => {
    terminal.exit = await validate(terminal, args, options);
  });

async function validate(terminal: Terminal, args: readonly string[], options: Options): Promise<ExitCode> {
  const server = await serverOf(terminal, options);
  const files = await expand(args, ['.json']);
  const validator = server === null ? offlineValidator(terminal) : serverValidator(server);
  const progress = new Progress(terminal.stderr);
  const found: FileReport[] = [];
  try {
    for (const [at, file] of files.entries()) {
      progress.show(`validating ${at + 1} of ${files.length}`);
      found.push(await reportOn(file, await readText(terminal, file, MAX_SMALL_FILE), options.kind, validator));
    }
  } finally {
    progress.clear();
  }
  terminal.stdout.write(reports[options.format](found, terminal));
  const counts = ({ severity }: Placed): boolean =>
    severity === 'error' || (options.strict === true && severity === 'warning');
  return foundIf(found.some(({ issues }) => issues.some(counts)));
}

/** @param text of a document, which is JSON */
type Validator = (kind: PolicyKind, text: string, parsed: Parsed) => Promise<Validation>;

type Parsed = Extract<JsonResult, { readonly ok: true }>;

function offlineValidator({ config }: Terminal): Validator {
  const { policyLimits } = config;
  return async (kind, _, { value, duplicates }) => validateDocument(kind, value, duplicates, policyLimits);
}

function serverValidator(server: Server): Validator {
  return async (kind, text) => {
    // The text as it is: parsed and printed again, members that stand twice would be lost.
    const sent = { method: 'POST', path: `/v1/policies/${kind}/validate`, text: `{"document":${text}}` } as const;
    const answer = await server.ask<Validation>(sent);
    if (Array.isArray(answer?.errors) && answer.valid === (answer.errors.length === 0)) return answer;
    throw new Failure(EXIT.noAnswer, `${server.address} answers what is no validation: is it a Postern?`);
  };
}

async function reportOn(
  file: string,
  text: string,
  kind: PolicyKind | undefined,
  validate: Validator,
): Promise<FileReport> {
  const source = jsonSource(nameOf(file), text);
  const parsed = parseJson(text, JSON_LIMITS);
  const value = parsed.ok ? parsed.value : null;
  const guess = kind === undefined ? guessKind(file, value) : { kind, because: null };
  const report = { ...guess, file: source.name, text };
  if (!parsed.ok) {
    const [place] = placesAt(text, [Math.min(parsed.at ?? 0, text.length)]);
    return { ...report, issues: parsed.errors.map((error) => ({ severity: 'error', ...error, ...place! })) };
  }
  const around = awsOutput(value);
  if (around !== undefined) return { ...report, issues: placed(source, [around]) };
  const { errors, findings } = await validate(guess.kind, text, parsed);
  const issues = [...placed(source, errors), ...placed(source, findings)];
  return { ...report, issues: issues.sort((a, b) => a.line - b.line || a.column - b.column) };
}

function placed(source: Source, issues: readonly (Issue & { readonly severity?: Placed['severity'] })[]): Placed[] {
  const places = source.placesOf(issues.map(({ pointer }) => pointer));
  return issues.map(({ severity = 'error', pointer, code, detail }, at) => ({
    severity,
    pointer,
    code,
    detail,
    ...places[at]!,
  }));
}
