import { withSubcommands } from '../../src/cli/command.js';
import { program } from '../../src/cli/program.js';
import { Terminal } from '../../src/cli/terminal.js';

const silent = { write: () => true };

/** The commands as they are defined; nothing is run. */
export const commands = () =>
  withSubcommands(program(new Terminal((async function* () {})(), silent, silent, {}))).map((command) => {
    const path: string[] = [];
    for (let each: typeof command | null = command; each !== null; each = each.parent) path.unshift(each.name());
    return { command, path };
  });

/** What `--help` prints, which is told in events beside what `helpInformation` gives. */
function helpOf({ command, path }: ReturnType<typeof commands>[number]): string {
  let text = '';
  command.configureOutput({
    writeOut: (written) => {
      text += written;
    },
    getOutHelpWidth: () => 100,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return `## ${path.join(' ')}\n\n\`\`\`\n${text.trimEnd()}\n\`\`\`\n`;
}

/** `docs/command-line.md` */
export const reference = (): string => `# The command line

The package brings a command \`postern\`: in a checkout \`node dist/cli.js\` after \`npm ci\`, elsewhere \`postern\` once the
package is installed that \`npm pack\` writes there. It judges files by the code that the server runs; with \`--server\` it asks
one. Whoever asks a server with keys gives one in the environment variable \`POSTERN_KEY\` or with \`--key-file\`.

| command, with \`--server\` | role of the key |
|---|---|
| \`decide\` | \`decide\`; \`read\` with a draft |
| \`explain\`, \`test\`, \`diff\`, \`validate\`, \`replay\`, \`export\` | \`read\` |
| \`import\`, \`keys\` | \`admin\` |

Colours are for terminals, and \`NO_COLOR\` turns them off. The limits \`POSTERN_MAX_…\` and \`POSTERN_REQUIRE_IDENTITY_POLICIES\`
count for files, too. For certificates of a CA of your own, set \`NODE_EXTRA_CA_CERTS\`.

This page is what \`--help\` prints; \`npx vitest run test/cli/reference.test.ts -u\` writes it anew. How to use it all in CI
is told in [policies in CI](howto-policies-in-ci.md).

${commands().map(helpOf).join('\n')}`;
