import { Command, Option } from 'commander';
import { EXIT, type ExitCode } from './exit-codes.js';

/** A command line that does what it says: tests run every one of them. */
export interface Example {
  readonly does: string;
  readonly run: string;
  /** Where it is not 0. */
  readonly exit?: ExitCode;
  /** Whether it goes on until it is ended. */
  readonly serves?: true;
}

interface Teaching {
  /** One line, in the list of commands. */
  readonly summary: string;
  /** What it is for, in its own help. */
  readonly description: string;
  readonly examples: readonly Example[];
}

/** A command whose help teaches: what for, the options, and examples to begin with. */
export function teaching(name: string, { summary, description, examples }: Teaching): Command {
  const shown = examples.map(({ does, run }) => `  # ${does}\n  $ ${run}`).join('\n\n');
  const command = new Command(name)
    .summary(summary)
    .description(description)
    .addHelpText('after', `\nExamples:\n${shown}`);
  examplesOfCommands.set(command, examples);
  return command;
}

const examplesOfCommands = new WeakMap<Command, readonly Example[]>();

export const examplesOf = (command: Command): readonly Example[] => examplesOfCommands.get(command) ?? [];

/** A command and all below it. */
export const withSubcommands = (command: Command): Command[] => [command, ...command.commands.flatMap(withSubcommands)];

/** Values of an option that may be given several times. */
export const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** For people, or for programs. */
export const textOrJson = (): Option =>
  new Option('--format <format>', 'form of the answer').choices(['text', 'json']).default('text');

/** What a shell may rely on: something was found, or nothing. */
export const foundIf = (found: boolean): ExitCode => (found ? EXIT.found : EXIT.ok);
