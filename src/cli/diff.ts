import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { POLICY_KINDS, type PolicyDocument, type PolicyKind } from '../policy/document.js';
import { diffDocuments } from '../policy/document-diff.js';
import { parsePolicy } from '../policy/parse.js';
import type { VersionView } from '../service/pap.js';
import { foundIf, teaching, textOrJson } from './command.js';
import { diffText } from './diff-text.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { Failure } from './failure.js';
import { MAX_SMALL_FILE, readJson } from './input.js';
import { guessKind } from './policy-kind.js';
import { type Server, type ServerOptions, serverOf, withServer } from './server.js';
import type { Terminal } from './terminal.js';

interface Options extends ServerOptions {
  readonly kind?: PolicyKind;
  readonly name?: string;
  readonly meaning?: boolean;
  readonly format: 'text' | 'json';
}

const POLICIES = 'examples/policies/endpoint';

export const diffCommand = (terminal: Terminal): Command =>
  withServer(
    teaching('diff', {
      summary: 'what has changed between two policies, by statement',
      description:
        'Compares two policy documents, or one with what a server has stored, statement by statement: layout, order of ' +
        'members and of values are no differences. It ends with 1 where there is one.',
      examples: [
        {
          does: 'two files',
          run: `postern diff ${POLICIES}/two-apis.json ${POLICIES}/one-user.json`,
          exit: EXIT.found,
        },
        {
          does: 'what is stored as two-apis, and a file that is to replace it',
          run: `postern diff ${POLICIES}/two-apis.json --server http://127.0.0.1:8080`,
        },
        {
          does: 'a certain version, and only what can change a decision',
          run: `postern diff ${POLICIES}/two-apis.json --server http://127.0.0.1:8080 --kind endpoint --name two-apis@1 --meaning`,
        },
      ],
    })
      .argument('<file>', 'a policy document, or - for standard input; without a server the one before')
      .argument('[after]', 'the document after')
      .addOption(new Option('--kind <kind>', 'what the documents are; else it is guessed').choices([...POLICY_KINDS]))
      .option('--name <name[@version]>', 'the stored policy to compare with (default: the name of the file)')
      .option('--meaning', 'pass over what cannot change a decision')
      .addOption(textOrJson()),
  ).action(async (file: string, after: string | undefined, options: Options) => {
    terminal.exit = await diff(terminal, file, after, options);
  });

/** One side of the comparison. */
interface Side {
  readonly name: string;
  readonly document: PolicyDocument;
}

async function diff(terminal: Terminal, file: string, after: string | undefined, options: Options): Promise<ExitCode> {
  const server = await serverOf(terminal, options);
  if ((server === null) === (after === undefined)) {
    throw new Failure(EXIT.unusable, 'say what to compare: two files, or one file and --server');
  }
  if (server === null && options.name !== undefined)
    throw new Failure(EXIT.unusable, '--name is for a server: add --server');
  const one = await readSide(terminal, file, options.kind);
  const other = server === null ? await readSide(terminal, after!, options.kind ?? one.kind) : undefined;
  const [before, then] =
    server === null
      ? [one, other!]
      : [await storedSide(server, one.kind, options.name ?? basename(file, '.json')), one];
  const found = diffDocuments(before.document, then.document);
  if (options.format === 'json')
    terminal.line(JSON.stringify({ before: before.name, after: then.name, ...found }, null, 2));
  else terminal.stdout.write(diffText(before.name, then.name, found, terminal));
  const differs = found.elements.length + found.statements.length > 0;
  return foundIf(options.meaning ? !found.sameMeaning : differs);
}

/** @throws Failure for what is no valid policy: a difference of such would mean nothing */
async function readSide(
  terminal: Terminal,
  path: string,
  given: PolicyKind | undefined,
): Promise<Side & { kind: PolicyKind }> {
  const { value, source } = await readJson(terminal, path, MAX_SMALL_FILE);
  const kind = given ?? guessKind(path, value).kind;
  const parsed = parsePolicy(kind, value, terminal.config.policyLimits[kind]);
  if (parsed.ok) return { name: source.name, document: parsed.document, kind };
  throw new Failure(EXIT.unusable, `${source.name} is no valid ${kind} policy`, parsed.errors, [{ at: '', source }]);
}

async function storedSide(server: Server, kind: PolicyKind, called: string): Promise<Side> {
  const [name = '', version] = called.split(/@(.*)/s);
  const path = `/v1/policies/${kind}/${encodeURIComponent(name)}`;
  const versions = version === undefined ? '' : `/versions/${encodeURIComponent(version)}`;
  const stored = await server.ask<VersionView>({ method: 'GET', path: path + versions });
  // What a server says is as strange as a file.
  const parsed = parsePolicy(kind, stored?.document, MAX_SMALL_FILE);
  if (parsed.ok) return { name: `${name}@${stored.version}`, document: parsed.document };
  throw new Failure(EXIT.noAnswer, `${server.address} answers what is no ${kind} policy: is it a Postern?`);
}
