import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { withSubcommands } from './command.js';
import { decideCommand, explainCommand } from './decide.js';
import { diffCommand } from './diff.js';
import { EXIT, exitMeanings } from './exit-codes.js';
import { exportCommand } from './export.js';
import { importCommand } from './import.js';
import { keysCommand } from './keys.js';
import { replayCommand } from './replay.js';
import { serveCommand } from './serve.js';
import type { Terminal } from './terminal.js';
import { testCommand } from './test.js';
import { validateCommand } from './validate.js';

const COMMANDS = [
  serveCommand,
  validateCommand,
  decideCommand,
  explainCommand,
  testCommand,
  diffCommand,
  replayCommand,
  importCommand,
  exportCommand,
  keysCommand,
];

/** The command line as a whole: what `--help` and the reference are made of, and what runs. */
export function program(terminal: Terminal): Command {
  const postern = new Command('postern')
    .description(
      'A policy decision point for private REST APIs on AWS: may this principal invoke this ARN via this endpoint, and why?\n\n' +
        'Commands judge files by themselves, or ask a server with --server.',
    )
    .version(version)
    .addHelpText('after', exitCodeHelp)
    // Else `import` would take what is said to `import aws` for its own.
    .enablePositionalOptions()
    .exitOverride()
    .showHelpAfterError('(run with --help for usage)')
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
    });
  for (const make of COMMANDS) postern.addCommand(make(terminal));
  for (const command of withSubcommands(postern)) if (command !== postern) command.copyInheritedSettings(postern);
  return postern;
}

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const exitCodeHelp = `
Exit codes:
${Object.entries(EXIT)
  .map(([name, code]) => `  ${String(code).padEnd(3)} ${exitMeanings[name as keyof typeof EXIT]}`)
  .join('\n')}`;
