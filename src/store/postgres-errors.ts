import pg from 'pg';
import { ConnectionLost } from './postgres-pool.js';
import { StoreError, type StoreErrorCode } from './store.js';

interface Meaning {
  readonly code: StoreErrorCode;
  readonly message: string;
}

const unavailable = (message: string): Meaning => ({ code: 'unavailable', message });
const unusable = (message: string): Meaning => ({ code: 'unusable', message });

const STOPPING = unavailable('the database is stopping or starting');
const FOREIGN = unusable('it has tables of another program: use another database');
const REFUSED = unavailable('the database refuses the user: check the name, the password and what they may connect to');

/** The codes (https://www.postgresql.org/docs/current/errcodes-appendix.html) that the world causes, or their classes. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  '08': unavailable('the connection to the database was lost: a write that was under way may have been made'),
  '25006': unavailable('the database is read-only: connect to the primary'),
  '25P03': unavailable('the database ended the transaction because this process stood still'),
  '28': REFUSED,
  '3D000': unavailable('there is no such database: create it'),
  '40': unavailable('the database took another transaction first: try again'),
  '42501': unavailable('the user may not do this: make it the owner of the database'),
  '42703': FOREIGN,
  '42P01': FOREIGN,
  '42P07': FOREIGN,
  '53': unavailable('the database is short of space, memory or connections'),
  '55P03': unavailable('another process is writing for a long time: try again'),
  '57014': unavailable('the database took too long'),
  '57': STOPPING,
  '58': unavailable('the database cannot read or write its files'),
  XX001: unusable('the database is damaged: restore it from a backup'),
  XX002: unusable('the database is damaged: restore it from a backup'),
};

/** What an error of the driver means; undefined for one that only a bug explains. */
export function postgresError(error: unknown): StoreError | undefined {
  if (error instanceof ConnectionLost) return new StoreError('unavailable', error.message, null, [], { cause: error });
  if (!(error instanceof pg.DatabaseError)) return undefined;
  const { code = '' } = error;
  const meaning = MEANINGS[code] ?? MEANINGS[code.slice(0, 2)];
  return meaning && new StoreError(meaning.code, meaning.message, null, [], { cause: error });
}
