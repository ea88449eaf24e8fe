import { type Command, InvalidArgumentError } from 'commander';
import { POLICY_KINDS } from '../policy/document.js';
import { collect, foundIf, teaching, textOrJson } from './command.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { Failure, toldBy } from './failure.js';
import { MAX_SMALL_FILE, readJson } from './input.js';
import { judgeOf } from './judge-of.js';
import { logLines } from './log-lines.js';
import { Progress } from './progress.js';
import { replayText } from './replay-text.js';
import { replayed } from './replayed.js';
import { type ServerOptions, serverOf, withServer } from './server.js';
import type { Mount } from './source.js';
import type { Terminal } from './terminal.js';

interface Options extends ServerOptions {
  readonly policy?: readonly string[];
  readonly store?: string;
  readonly limit: number;
  readonly format: 'text' | 'json';
}

const LOG = 'examples/decisions.ndjson';
const DRAFT = '--policy endpoint/two-apis=examples/policies/endpoint/get-of-one-stage.json';

export const replayCommand = (terminal: Terminal): Command =>
  withServer(
    teaching('replay', {
      summary: 'which decisions of a log would come out differently now, or with drafts',
      description:
        'Makes the decisions of decision logs again, each as of its own time, by what a server or an export of its store ' +
        'holds, with drafts in place of some policies. It ends with 1 where one would be another, or have another reason; and ' +
        'with 2 where no entry at all can be judged. Logs may be longer than memory; give rotated ones oldest first.',
      examples: [
        {
          does: 'what a draft would have changed, by a server',
          run: `postern replay ${LOG} --server http://127.0.0.1:8080 ${DRAFT}`,
          exit: EXIT.found,
        },
        { does: 'what has changed since, by an export', run: `postern replay ${LOG} --store examples/store.json` },
        {
          does: 'out of a log with other lines, for programs',
          run: `grep '^{"type":"decision"' ${LOG} | postern replay - --store examples/store.json ${DRAFT} --format json`,
          exit: EXIT.found,
        },
      ],
    })
      .argument('<log...>', 'decision logs, or - for standard input')
      .option('--policy <kind/name=file>', 'a draft in place of a stored policy (repeatable)', readDraft)
      .option('--store <file>', 'judge by this export of a store')
      .option(
        '--limit <count>',
        'how many changes to list, and how many entries that cannot be judged',
        readLimit,
        1000,
      )
      .addOption(textOrJson()),
  ).action(async (logs: string[], options: Options) => {
    terminal.exit = await replay(terminal, logs, options);
  });

/** Bytes that are judged at once: below what a server takes, unless it takes very little. */
const PART = 8 * 1024 * 1024;

async function replay(terminal: Terminal, logs: readonly string[], options: Options): Promise<ExitCode> {
  const server = await serverOf(terminal, options);
  if (server === null && options.store === undefined)
    throw new Failure(EXIT.unusable, 'say what to judge by: --server or --store');
  const { drafts, mounts } = await readDrafts(terminal, options.policy ?? []);
  const judge = await judgeOf(terminal, server, options.store);
  const progress = new Progress(terminal.stderr);
  try {
    const answer = await toldBy(
      mounts,
      replayed(judge, logLines(terminal, logs), {
        drafts,
        room: Math.min(PART, terminal.config.maxImport),
        most: options.limit,
        told: (entries) => progress.show(`${entries} entries judged`),
      }),
    );
    progress.clear();
    if (options.format === 'json') terminal.line(JSON.stringify(answer, null, 2));
    else terminal.stdout.write(replayText(answer, terminal));
    const { entries, counts } = answer;
    // A file that is no log, or all masked, must not pass for one in which nothing changes.
    if (entries > 0 && counts.notReplayable === entries) return EXIT.unusable;
    return foundIf(counts.unchanged + counts.notReplayable < entries);
  } finally {
    progress.clear();
    await judge.close();
  }
}

const DRAFT_OPTION = new RegExp(`^(${POLICY_KINDS.join('|')})/([^=]+)=(.+)$`, 's');

function readDraft(text: string, before?: readonly string[]): string[] {
  if (DRAFT_OPTION.test(text)) return collect(text, before);
  throw new InvalidArgumentError(`Write KIND/NAME=FILE, with the kind ${POLICY_KINDS.join(', ')}.`);
}

function readLimit(text: string): number {
  const count = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= 100_000) return count;
  throw new InvalidArgumentError('Write a number from 1 to 100000.');
}

/** Drafts as lines, and where what is said of them belongs. */
async function readDrafts(
  terminal: Terminal,
  options: readonly string[],
): Promise<{ readonly drafts: string[]; readonly mounts: Mount[] }> {
  const drafts: string[] = [];
  const mounts: Mount[] = [];
  for (const [at, option] of options.entries()) {
    const [, kind, name, path] = DRAFT_OPTION.exec(option) as unknown as [string, string, string, string];
    const { value: document, source } = await readJson(terminal, path, MAX_SMALL_FILE);
    drafts.push(JSON.stringify({ type: 'draft', kind, name, document }));
    mounts.push({ at: `/policies/${at}/document`, source });
    mounts.push({ at: `/policies/${at}/name`, option: `--policy ${kind}/${name}` });
  }
  return { drafts, mounts };
}
