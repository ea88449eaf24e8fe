import type { Command } from 'commander';
import { EXIT } from './exit-codes.js';
import { Failure } from './failure.js';
import type { Offline } from './offline.js';
import { type Server, type ServerOptions, serverOf, withServer } from './server.js';
import type { Terminal } from './terminal.js';

/** A store that can be read and written: behind a server, or a data directory that no server uses. */
export type Target = { readonly server: Server } | { readonly offline: Offline };

export interface TargetOptions extends ServerOptions {
  readonly dataDir?: string;
}

export const withTarget = (command: Command): Command =>
  withServer(command.option('--data-dir <directory>', 'use this data directory, of a Postern that is not running'));

/** @throws Failure unless exactly one is named */
export async function targetOf(terminal: Terminal, options: TargetOptions): Promise<Target> {
  const server = await serverOf(terminal, options);
  if ((server === null) === (options.dataDir === undefined)) {
    throw new Failure(EXIT.unusable, 'say which store: --server or --data-dir');
  }
  return server === null ? openTarget(terminal, { directory: options.dataDir! }) : { server };
}

/** A store of this process. Loading what it needs takes half a second, which a client of a server need not wait for. */
export async function openTarget(
  terminal: Terminal,
  where: { readonly memory: true } | { readonly directory: string },
): Promise<{ readonly offline: Offline }> {
  const { openOffline } = await import('./offline.js');
  return { offline: await openOffline(terminal, where) };
}

export const close = async (target: Target): Promise<void> =>
  'offline' in target ? target.offline.close() : undefined;

interface Operation<B> {
  readonly path: string;
  /** Of the body, which a server checks by itself. */
  readonly schema: string;
  readonly body: B;
  /** The JSON that the body was read from, where it was. */
  readonly text?: string;
}

/** The same operation in both ways. */
export async function onTarget<B extends object, T>(
  target: Target,
  { path, schema, body, text }: Operation<B>,
  here: (services: Offline['services'], body: B) => T | Promise<T>,
): Promise<T> {
  if ('server' in target)
    return target.server.ask<T>({ method: 'POST', path, ...(text === undefined ? { body } : { text }) });
  const { asServed } = await import('./offline.js');
  return asServed(schema, body, (checked) => here(target.offline.services, checked));
}
