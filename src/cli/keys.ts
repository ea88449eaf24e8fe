import { type Command, InvalidArgumentError, Option } from 'commander';
import { ROLES } from '../service/roles.js';
import { teaching, textOrJson } from './command.js';
import { EXIT } from './exit-codes.js';
import { Failure } from './failure.js';
import { type Server, type ServerOptions, serverOf, withServer } from './server.js';
import { type Terminal, visible } from './terminal.js';
import { writeWhole } from './write-file.js';

const URL = 'http://127.0.0.1:8080';

export const keysCommand = (terminal: Terminal): Command =>
  teaching('keys', {
    summary: 'make, list and revoke the keys of a server',
    description:
      'Administers the keys of a server that asks for them (POSTERN_AUTH=required). It takes a key with the role admin; the ' +
      'first one is the POSTERN_BOOTSTRAP_KEY that the server was started with.',
    examples: [
      {
        does: 'a key for a gateway that asks for decisions',
        run: `postern keys create gateway-blue --role decide --server ${URL}`,
      },
      { does: 'who has keys', run: `postern keys list --server ${URL}` },
    ],
  })
    .addCommand(createCommand(terminal))
    .addCommand(listCommand(terminal))
    .addCommand(revokeCommand(terminal));

interface CreateOptions extends ServerOptions {
  readonly role: readonly string[];
  readonly description?: string;
  readonly expiresIn?: number;
  readonly output?: string;
}

const createCommand = (terminal: Terminal): Command =>
  withServer(
    teaching('create', {
      summary: 'make a key',
      description:
        'Makes a key and prints it: alone on standard output, and never again. To replace a key, make one of another name, ' +
        'hand it out, and revoke the old one once it is no longer used.',
      examples: [
        {
          does: 'for CI, for 90 days, into a file',
          run: `postern keys create ci --role read --expires-in 90 --output ci.key --server ${URL}`,
        },
      ],
    })
      .argument('<name>', 'what history calls whoever uses it')
      .addOption(new Option('--role <role...>', 'what it lets do').choices(ROLES).makeOptionMandatory())
      .option('--description <text>', 'what it is for')
      .option('--expires-in <days>', 'for how long it is taken (default: for ever)', readDays)
      .option('--output <file>', 'write it into a file that only you may read'),
  ).action(async (name: string, options: CreateOptions) => {
    const server = await mustHaveServer(terminal, options);
    const { role: roles, description, expiresIn, output } = options;
    const expiresAt = expiresIn && new Date(Date.now() + expiresIn * DAY).toISOString();
    const made = await server.ask<{ readonly key?: unknown }>({
      method: 'PUT',
      path: `/v1/keys/${encodeURIComponent(name)}`,
      // One that is there would be changed, and not shown.
      headers: { 'if-none-match': '*' },
      onConflict: `there is a key ${visible(name)} already: choose another name, or revoke that one`,
      body: { roles, ...(description === undefined ? {} : { description }), ...(expiresAt ? { expiresAt } : {}) },
    });
    if (typeof made?.key !== 'string') throw new Failure(EXIT.noAnswer, `${server.address} answers without a key`);
    await writeWhole(terminal, output ?? null, [`${made.key}\n`], { mode: 0o600 });
    terminal.note(
      `made ${visible(name)}: ${output === undefined ? 'this is the only time that it is shown' : `it is in ${visible(output)}`}`,
    );
  });

const DAY = 24 * 60 * 60 * 1000;

function readDays(text: string): number {
  const days = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (days >= 1 && days <= 36_500) return days;
  throw new InvalidArgumentError('Write a whole number of days, from 1 to 36500.');
}

interface Key {
  readonly name: string;
  readonly roles: readonly string[];
  readonly description: string | null;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
}

interface ListOptions extends ServerOptions {
  readonly format: 'text' | 'json';
}

const listCommand = (terminal: Terminal): Command =>
  withServer(
    teaching('list', {
      summary: 'who has keys, what they let do, and when they were last used',
      description:
        'Lists all keys that were made and not revoked. The keys themselves are kept nowhere, and not shown.',
      examples: [{ does: 'for programs', run: `postern keys list --format json --server ${URL}` }],
    }).addOption(textOrJson()),
  ).action(async (options: ListOptions) => {
    const server = await mustHaveServer(terminal, options);
    const keys: Key[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const path: string = `/v1/keys?limit=1000${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
      const page: { items: Key[]; nextCursor: string | null } = await server.ask({ method: 'GET', path });
      keys.push(...page.items);
      cursor = page.nextCursor;
    }
    if (options.format === 'json') return terminal.line(JSON.stringify({ keys }, null, 2));
    const rows = keys.map(({ name, roles, expiresAt, lastUsedAt, description }) =>
      [name, roles.join(','), expiresAt ?? 'never', lastUsedAt ?? 'never', description ?? ''].map(visible),
    );
    for (const line of table([['name', 'roles', 'expires', 'last used', ''], ...rows])) terminal.line(line);
  });

const revokeCommand = (terminal: Terminal): Command =>
  withServer(
    teaching('revoke', {
      summary: 'revoke a key',
      description: 'Revokes a key: from now on it is refused, on other replicas as soon as they hear of it.',
      examples: [{ does: 'of the gateway', run: `postern keys revoke gateway-blue --server ${URL}` }],
    }).argument('<name>', 'of the key'),
  ).action(async (name: string, options: ServerOptions) => {
    const server = await mustHaveServer(terminal, options);
    await server.ask({ method: 'DELETE', path: `/v1/keys/${encodeURIComponent(name)}` });
    terminal.line(`revoked ${visible(name)}`);
  });

async function mustHaveServer(terminal: Terminal, options: ServerOptions): Promise<Server> {
  const server = await serverOf(terminal, options);
  if (server === null) throw new Failure(EXIT.unusable, 'keys are those of a server: add --server');
  return server;
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
}
