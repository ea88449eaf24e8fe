import { settingsByTopic } from '../../src/settings.js';

/** As envalid keeps it. */
interface Setting {
  readonly default?: unknown;
  readonly desc?: string;
  readonly choices?: readonly unknown[];
  readonly _parse: (text: string) => unknown;
}

const MIB = 1024 * 1024;

/** `docs/settings.md` */
export const reference = (): string => `# Settings

Settings are environment variables, read once at start. If any is wrong, or none of these, all faults are listed and
nothing starts: the exit code is 1, that of \`postern serve\` is 2. Leave out what is not to be set: an empty one is wrong.
Sizes are in bytes: \`1048576\` is 1 MiB.

This page is what \`src/settings.ts\` says; \`npx vitest run test/docs/settings.test.ts -u\` writes it anew.

${Object.entries(settingsByTopic).map(topicText).join('\n')}
## The command line

| setting | what it does |
|---|---|
| \`POSTERN_KEY\` | the key that \`postern … --server\` asks with; the server does not look at it |
| \`NO_COLOR\` | no colours, unless it is empty |

Where \`postern\` judges files by itself, the limits \`POSTERN_MAX_…\` and \`POSTERN_REQUIRE_IDENTITY_POLICIES\` count as on a server.
`;

const topicText = ([topic, settings]: [string, Readonly<Record<string, Setting>>]): string => `## ${topic}

| setting | default | what it does | how to write it |
|---|---|---|---|
${Object.entries(settings)
  .map(([name, setting]) => `| \`${name}\` | ${fallback(setting)} | ${setting.desc} | ${takes(setting)} |\n`)
  .join('')}`;

function fallback({ default: value }: Setting): string {
  if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) return '';
  const size = typeof value === 'number' && value >= MIB && value % MIB === 0 ? ` (${value / MIB} MiB)` : '';
  return `\`${value}\`${size}`;
}

/** As whoever has written something else is told. */
function takes({ choices, _parse }: Setting): string {
  if (choices !== undefined) return choices.map((choice) => `\`${choice}\``).join(', ');
  try {
    _parse('\0');
    return '';
  } catch (fault) {
    return (fault as Error).message.replace(/^write /, '');
  }
}
