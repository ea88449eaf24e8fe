#!/usr/bin/env node
import { CommanderError } from 'commander';
import { EXIT } from './cli/exit-codes.js';
import { Failure } from './cli/failure.js';
import { program } from './cli/program.js';
import { Terminal } from './cli/terminal.js';
import { ConfigError } from './config.js';
import { faultText, isMendable } from './fault-text.js';

/** The command line: `postern validate policies`. */
async function main(): Promise<void> {
  hideExperimentalWarnings();
  // Whoever reads no further (`postern export | head`) has no whole answer, and nobody to tell it to.
  process.stdout.on('error', (error: NodeJS.ErrnoException) =>
    process.exit(error.code === 'EPIPE' ? EXIT.noAnswer : EXIT.bug),
  );
  const terminal = new Terminal(process.stdin, process.stdout, process.stderr, process.env);
  try {
    await program(terminal).parseAsync();
    process.exitCode = terminal.exit;
  } catch (error) {
    process.exitCode = tell(error, terminal);
  }
}

/** What the caller can mend is said in words; anything else with its stack. */
function tell(error: unknown, terminal: Terminal): number {
  // Commander has said it already; of `--help` it makes an error with 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.unusable;
  if (error instanceof Failure) {
    for (const line of error.lines()) terminal.note(line);
    return error.exit;
  }
  terminal.note(faultText(error));
  if (error instanceof ConfigError) return EXIT.unusable;
  return isMendable(error) ? EXIT.noAnswer : EXIT.bug;
}

/** SQLite of Node 22 says that it is experimental; whoever validates a policy has nothing to do with that. */
function hideExperimentalWarnings(): void {
  const listeners = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name !== 'ExperimentalWarning') for (const listener of listeners) listener(warning);
  });
}

await main();
