import { shapeOf } from '../http/schemas.js';
import { ServiceError } from '../service/errors.js';
import type { StoreDocument } from '../service/store-document.js';
import { createServices } from '../services.js';
import { openSqlite } from '../store/sqlite.js';
import { EXIT } from './exit-codes.js';
import { Failure, toldBy } from './failure.js';
import { readJson } from './input.js';
import { LOCAL } from './local.js';
import type { Terminal } from './terminal.js';

type Opened = Awaited<ReturnType<typeof createServices>>['services'];

/** The services of a Postern in this process, without a door before them. */
export interface Offline {
  readonly services: Opened;
  close(): Promise<void>;
}

/** @param where in memory, or the data directory of a server that is not running */
export async function openOffline(
  { config }: Terminal,
  where: { readonly memory: true } | { readonly directory: string },
): Promise<Offline> {
  const store = await openSqlite(where);
  const { services } = await createServices(store, config);
  return { services, close: () => store.close() };
}

/** One that holds what an export says. */
export async function openStoreDocument(terminal: Terminal, path: string | undefined): Promise<Offline> {
  const offline = await openOffline(terminal, { memory: true });
  if (path === undefined) return offline;
  const { value, source } = await readJson(terminal, path, terminal.config.maxImport);
  const filled = asServed('StoreDocument', value as StoreDocument, (document) =>
    offline.services.transfer.import(document, { ...LOCAL, dryRun: false, prune: false }),
  );
  await toldBy([{ at: '', source }], filled);
  return offline;
}

/**
 * Does a job as the door would let it be done: what is not of the shape that the operation takes is refused, and what
 * the services refuse is a failure.
 */
export async function asServed<B, T>(schema: string, body: B, job: (body: B) => T | Promise<T>): Promise<T> {
  const issues = shapeOf(schema)(body);
  if (issues.length > 0) throw new Failure(EXIT.unusable, 'this is not what can be asked', issues);
  return orFailure(() => job(body));
}

/** What the services refuse is a failure. */
export async function orFailure<T>(job: () => T | Promise<T>): Promise<T> {
  try {
    return await job();
  } catch (error) {
    if (error instanceof ServiceError)
      throw new Failure(EXIT.unusable, error.message, error.errors, [], { cause: error });
    throw error;
  }
}
